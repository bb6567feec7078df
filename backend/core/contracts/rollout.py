"""Messages between the robot's side and a policy server (msgpack), and to and from the rollout process."""

import msgspec
import numpy as np

from backend.core.contracts.record import Array, Record

PROTOCOL = 1
"""Version of the messages to and from a policy server."""

EMPTY = np.zeros((0, 36))


class CameraInput(Record):
    """A camera a policy looks through, in the size of its input; a server scales what it is sent."""

    name: str
    height: int
    width: int


class PolicyHello(Record, tag="hello"):
    """First message of a policy server."""

    protocol: int
    policy: str
    """Name of what it serves."""
    chunk_size: int
    """Actions in an answer."""
    fps: float
    """Rate of the actions [1/s]."""
    layout_hash: str
    """Of `ActionLayout.hash`: names and order of states and actions."""
    cameras: tuple[CameraInput, ...] = ()
    n_obs_steps: int = 1
    """How many consecutive observations, one per step, it wants to see."""
    supports_rtc: bool = False
    """It continues the left over of a request."""
    d_max: int = 0
    """The largest delay it can continue [steps]; 0 when it does not say."""


class Picture(Record):
    """One camera's picture."""

    camera: str
    t_ns: int
    """Capture time, host monotonic of the robot's side [ns]."""
    encoding: str
    """`jpeg`, or `rgb8` for (height, width, 3) raw bytes."""
    height: int
    width: int
    data: bytes


class Sight(Record):
    """What the robot knew at one step; columns as in a dataset version."""

    t_ns: int
    state: Array
    """(32,) `observation.state`: hands, arms, torso roll pitch yaw, base height; measured."""
    torso_base: Array
    """(17,) `observation.torso_base`."""
    torso_command: Array
    """(4,) `observation.torso_command`: as sent in the step before."""
    pictures: tuple[Picture, ...] = ()


class Observation(Record, tag="observation"):
    """A request for a chunk of actions."""

    seq: int
    start_step: int
    """The step that is executed at the time of the newest sight: the first action is for it."""
    task: str
    """Instruction in words."""
    delay: int
    """Steps that will have been executed when the answer comes."""
    left_over: Array
    """(n, 36) actions from `start_step` on that are decided already; empty for policies without RTC."""
    sights: tuple[Sight, ...]
    """`n_obs_steps` of them, oldest first."""


class Timings(Record):
    """Where the time of an answer went on the server [ms]."""

    queue: float = 0.0
    pre: float = 0.0
    infer: float = 0.0
    post: float = 0.0


class ChunkAnswer(Record, tag="chunk"):
    """Actions from `start_step` on."""

    seq: int
    start_step: int
    actions: Array
    """(n, 36)"""
    timings: Timings = Timings()


class PolicyRefusal(Record, tag="refused"):
    """A request cannot be answered; `text` says what was allowed."""

    seq: int
    text: str


ServerMessage = PolicyHello | ChunkAnswer | PolicyRefusal


class RolloutRequest(Record):
    """A request to the rollout process.

    kind: `start`, `pause`, `resume`, `stop`.
    """

    kind: str
    driver: str = ""
    """Who supervises: the holder of the lease."""
    url: str = ""
    """`ws://` or `wss://` address of the policy server."""
    token: str = ""
    name: str = ""
    """What the policy is called in recordings; the server's name for it when empty."""
    task: str = ""
    dialect: str = "bunraku"
    """Entry of `catalog.DIALECTS`."""
    merge: str = "blend"
    """Entry of `catalog.MERGERS`."""
    s_min: int = 10
    """Steps of a chunk that are consumed before the next is asked for."""
    hand_back: bool = True


class RolloutStatus(Record):
    """How the rollout is doing, ten times a second."""

    t_ns: int
    phase: str
    """idle, connecting, warming_up, waiting, driving, taken_over, paused, ended or failed."""
    reason: str = ""
    """Why it is so, in words."""
    policy: str = ""
    """Driver name."""
    task: str = ""
    merge: str = ""
    fps: float = 0.0
    chunk_size: int = 0
    level: int = 0
    """Actions left."""
    d_est: int = 0
    d_real: int = 0
    latency_ms: Timings = Timings()
    """Of the last answer, on the server."""
    round_trip_ms: float = 0.0
    round_trip_p95_ms: float = 0.0
    observation_age_ms: float = 0.0
    """Age of the oldest picture in the last request when it was sent."""
    chunks: int = 0
    late: int = 0
    discarded: int = 0
    stalls: int = 0
    stalled_steps: int = 0
    border_jump_rad: float | None = None
    jerk_inside_rad_s3: float | None = None
    jerk_border_rad_s3: float | None = None
    takeovers: int = 0
    step: int = 0
    """First step of `plan`."""
    plan: Array = msgspec.field(default_factory=lambda: EMPTY)
    """(n, 36) what will be executed next, every third step: the ghost and the plots."""
