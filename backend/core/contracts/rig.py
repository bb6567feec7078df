"""Devices that a person wears: what the rig process asks of them, and what it says about them."""

from enum import StrEnum
from typing import Literal, Protocol

from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import Reply
from backend.core.contracts.record import Array, Record


class Role(StrEnum):
    """Where on the body a tracker is worn."""

    LEFT_WRIST = "left_wrist"
    RIGHT_WRIST = "right_wrist"
    WAIST = "waist"
    LEFT_FOOT = "left_foot"
    RIGHT_FOOT = "right_foot"

    @property
    def words(self) -> str:
        """Its name in a sentence."""
        return self.value.replace("_", " ")


class TrackState(StrEnum):
    """How far one tracked thing can be trusted."""

    LIVE = "live"
    LOST = "lost"
    """It does not appear in the frames that arrive, or none arrive."""
    FROZEN = "frozen"
    """Frames arrive, but its values do not change."""
    NEVER = "never"
    """It has not been seen since the device connected."""


class GloveState(StrEnum):
    """How far a glove's newest values can be trusted."""

    LIVE = "live"
    WAITING = "waiting"
    """It is there, but has not sent any values yet."""
    STALE = "stale"
    """Nothing comes from its bridge, or what comes is old."""
    FROZEN = "frozen"
    """Its bridge is well and says that it is there, but its values do not change."""
    UNPLUGGED = "unplugged"
    """Its bridge is well and says that it is gone."""


class TrackStatus(Record):
    """One tracked thing of a device."""

    name: str
    """Serial number of a tracker; head, left_controller, right_controller."""
    role: str
    """A `Role`; empty when it has none."""
    state: TrackState
    age_ms: float
    """Since it was last seen."""
    pose: Array | None = None
    """(7,) newest pose in the device's frame: x forward, y left, z up."""


class HandStatus(Record):
    """The glove of one side, or a side without one."""

    side: Literal["left", "right"]
    state: GloveState | None
    """None when no glove of this side was announced, or more than one is there."""
    glove: str = ""
    """Its number in the maker's software; empty when there is none."""
    trouble: str = ""
    """Why it moves no hand, in words; empty when it can be trusted."""
    age_ms: float = 0.0
    """Since its newest values, transport included."""
    angles_deg: Array | None = None
    """(20,) newest angles in the order of `human.ANGLES` [degrees]."""
    haptics: bool = False
    """It can vibrate."""


class ClockStatus(Record):
    """How the device's clock lies on the host's."""

    offset_ms: float
    """Host time minus device time."""
    uncertainty_ms: float | None
    """The offset is known to +- this; None when the device answers no round trips: then the shortest
    one-way delay is part of the offset and cannot be told apart."""
    round_trip_ms: float | None
    late_p95_ms: float
    """By how much samples come later than the fastest one, 95th percentile."""
    samples: int


class TaskStatus(Record):
    """Something the operator was asked to do for the rig: find a tracker, calibrate."""

    number: int
    """Grows with every task of the device, so that an answer can be told from that of an earlier one."""
    kind: str
    phase: Literal["running", "done", "failed"]
    text: str
    """What to do now, or how it went, in words."""
    about: str = ""
    """The `Role` or side that it is about; empty for the whole body."""
    step: str = ""
    """The pose that is asked for now, where a task has several."""
    progress: float = 0.0
    """How much of what must be watched has been seen, 0 to 1."""
    trouble: str = ""
    """Why the present step cannot be taken yet, in words."""


class RigDeviceStatus(Record):
    """How one device of the rig is doing."""

    source: str
    """Source of its frames."""
    state: str
    """`ok`, or what is wrong and what to do, in words."""
    rate_hz: float = 0.0
    late_ms: float = 0.0
    """By how much the newest sample came later than the fastest ones."""
    dropped: int = 0
    """Bytes that made no sense."""
    tracks: tuple[TrackStatus, ...] = ()
    hands: tuple[HandStatus, ...] = ()
    mirrored: bool = False
    """The trackers' axes are taken for left-handed."""
    clock: ClockStatus | None = None
    task: TaskStatus | None = None
    calibration: str = ""
    """Of whom, and what it says, in words; empty when there is none."""
    notes: tuple[str, ...] = ()
    """What is switched off and why, in words."""


class RigStatus(Record):
    """The rig process, ten times a second."""

    t_ns: int
    driver: str
    """For whom the rig is switched on; empty when for nobody."""
    driver_name: str
    engaged: bool
    """A deadman is held: the body moves the robot."""
    trouble: str
    """Why control is made to hold, in words; empty when it is not."""
    note: str
    """What to do next, in words."""
    devices: tuple[RigDeviceStatus, ...]


class RigRequest(Record):
    """A request to the rig process.

    kind: `use` and `leave`, and those its devices answer (see their `kinds`).
    """

    kind: str
    driver: str = ""
    name: str = ""
    """Display name of the operator, under which their calibration is stored."""
    role: str = ""
    """A `Role`."""
    side: str = ""
    """left or right, for a glove."""
    serial: str = ""
    value: float = 0.0


class Wearer(Record):
    """For whom a device works at this moment."""

    driver: str
    name: str
    driving: bool
    """Control says that this driver's deadman is held."""
    touch_n: Array | None = None
    """(6,) what the robot's fingers feel, as `RobotState.hand_force_n` [N]; None when nothing is known."""
    touch_t_ns: int = 0
    """When it was measured [ns]."""


class RigDevice(Protocol):
    """A worn device in the rig process; nothing here blocks."""

    source: str
    """Source of its frames."""
    kinds: tuple[str, ...]
    """Kinds of requests that `ask` answers."""

    def open(self) -> None:
        """Connect or listen; raises ConnectionError with what to do."""

    def fileno(self) -> int:
        """Return a descriptor that is readable when something has arrived; -1 when it must be polled."""

    def turn(self, wearer: Wearer | None, now_ns: int) -> DeviceFrame | None:
        """Take in what has arrived; return the newest frame of `wearer`, or None when nothing is new."""

    def ask(self, request: RigRequest, now_ns: int) -> Reply:
        """Answer a request of one of `kinds`; an error says what was allowed."""

    def status(self, now_ns: int) -> RigDeviceStatus:
        """Return how it is doing."""

    def close(self) -> None:
        """Release everything."""
