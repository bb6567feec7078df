"""Recorder requests and status, and the manifest that makes an episode's folder self-describing."""

from typing import Literal

import msgspec

from backend.core.contracts.record import Record

RecorderPhase = Literal["idle", "countdown", "recording", "review"]
EpisodeState = Literal["recording", "closed", "saved", "discarded", "interrupted"]


class RecorderRequest(Record):
    """A request to the recorder: `start`, `stop`, `save`, `discard`."""

    kind: str
    episode: str = ""
    """Episode id; for `start` the id to give it (a UUID), chosen by the caller."""
    task: str = ""
    """Task id."""
    task_name: str = ""
    instruction: str = ""
    operator: str = ""
    countdown_s: float = 0.0


class StreamStatus(Record):
    """What one stream has delivered to the open episode."""

    name: str
    count: int
    dropped: int
    age_ms: float


class RecorderStatus(Record):
    """What the recorder is doing, at 10 Hz."""

    t_ns: int
    phase: RecorderPhase
    episode: str = ""
    task: str = ""
    instruction: str = ""
    elapsed_s: float = 0.0
    countdown_s: float = 0.0
    take: int = 0
    disk_free_bytes: int = 0
    bytes_written: int = 0
    warning: str = ""
    streams: tuple[StreamStatus, ...] = ()


class CameraManifest(Record):
    """One camera's video in an episode."""

    name: str
    file: str
    width: int
    height: int
    fps: float
    frames: int = 0
    dropped: int = 0
    first_t_ns: int = 0
    last_t_ns: int = 0


class EpisodeEvent(Record):
    """Something worth marking: a fall, a hold, a stop, a change of driver, a lost stream."""

    t_ns: int
    kind: str
    text: str


class SubtaskOutcome(Record):
    """Whether one subtask was done, and when [ns]; 0 when it was not."""

    name: str
    text: str
    done: bool
    t_ns: int = 0


class EpisodeOutcome(Record):
    """How a task in simulation went, by its own success predicates."""

    success: bool
    subtasks: tuple[SubtaskOutcome, ...]
    seed: int
    level: int
    """How much the initial conditions vary; see `backend.core.contracts.task`."""


class Driving(Record):
    """Who drove in an episode, counted over its ticks."""

    policies: tuple[str, ...] = ()
    """Names of the policies that drove, sorted: their driver names without `policy:`."""
    interventions: int = 0
    """How often a person took over: drove although a policy was allowed to."""
    person_s: float = 0.0
    """Driven by people [s]."""
    policy_s: float = 0.0
    """Driven by policies [s]."""


class EpisodeManifest(Record):
    """`manifest.json` of an episode's folder. The folder is the truth; the database is its index."""

    format: int
    id: str
    state: EpisodeState
    task: str
    task_name: str
    instruction: str
    operator: str
    robot: str
    controller: str
    started_wall_ns: int
    started_t_ns: int
    ended_t_ns: int = 0
    cameras: tuple[CameraManifest, ...] = ()
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    """Messages written per MCAP topic."""
    dropped: dict[str, int] = msgspec.field(default_factory=dict)
    """Messages known to be lost per stream."""
    events: tuple[EpisodeEvent, ...] = ()
    recovered: bool = False
    """The recorder died while writing; everything up to its last flush was recovered."""
    driving: Driving | None = None
    """Who drove; None in manifests from before it was counted."""
    outcome: EpisodeOutcome | None = None
    """Of a task whose success is judged automatically; None when only a person can tell."""
    versions: dict[str, str] = msgspec.field(default_factory=dict)
