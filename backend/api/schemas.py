"""Shapes of every HTTP request and response. TypeScript types are generated from them."""

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.db.dataset import DatasetState
from backend.db.episode import EpisodeStatus

JOB_NAME = r"^[a-z0-9][a-z0-9_-]{0,59}$"


class Shape(BaseModel):
    """Base: reads attributes of rows, refuses unknown fields and non-finite numbers."""

    model_config = ConfigDict(from_attributes=True, extra="forbid", allow_inf_nan=False)


class Error(Shape):
    """Why a request was refused, and what was allowed."""

    code: str
    text: str


class TaskIn(Shape):
    """A task to create."""

    name: str = Field(min_length=1, max_length=120)
    instruction: str = Field(min_length=1, max_length=2000)
    goal: int = Field(0, ge=0, le=1_000_000)


class TaskChange(Shape):
    """Fields to change; those left out stay."""

    name: str | None = Field(None, min_length=1, max_length=120)
    instruction: str | None = Field(None, min_length=1, max_length=2000)
    goal: int | None = Field(None, ge=0, le=1_000_000)
    archived: bool | None = None


class Task(Shape):
    """A task and how far its collection is."""

    id: uuid.UUID
    name: str
    instruction: str
    goal: int
    """Accepted episodes wanted; 0 when no goal is set."""
    archived: bool
    created_at: datetime
    counts: dict[EpisodeStatus, int]
    """Episodes per status; every status is present."""
    accepted_s: float
    """Total length of its accepted episodes."""


class TaskRef(Shape):
    """The task of an episode."""

    id: uuid.UUID
    name: str


class Finding(Shape):
    """One thing the quality check noticed."""

    check: str
    severity: Literal["note", "warn", "fail"]
    text: str


class EpisodeCamera(Shape):
    """One camera's video in an episode."""

    name: str
    width: int
    height: int
    fps: float
    frames: int
    dropped: int


class Episode(Shape):
    """An episode in the library."""

    id: uuid.UUID
    short_id: str
    task: TaskRef
    instruction: str
    operator: str
    robot: str
    controller: str
    started_at: datetime
    length_s: float
    cameras: list[EpisodeCamera]
    event_count: int
    policies: list[str] | None
    """Names of the policies that drove; null, like the three below, when its recording does not say."""
    interventions: int | None
    """How often a person took over from a policy."""
    person_s: float | None
    """Driven by people [s]."""
    policy_s: float | None
    """Driven by policies [s]."""
    recovered: bool
    """The recorder died while writing; all but at most the last second was recovered."""
    quality_score: float | None
    findings: list[Finding]
    status: EpisodeStatus
    reject_reason: str
    note: str
    reviewed_at: datetime | None
    version: int
    """Send it back with a review; it is refused when somebody else reviewed in between."""


class EpisodePage(Shape):
    """One page of the filtered library."""

    items: list[Episode]
    total: int
    """Episodes that match the filter, on all pages."""
    operators: list[str]
    """Every operator in the library, for the filter."""


class EpisodeEvent(Shape):
    """A mark on the time line."""

    t_s: float
    kind: str
    text: str


class EpisodeDetail(Episode):
    """An episode with what its player needs."""

    events: list[EpisodeEvent]
    folder: str
    """Absolute folder of the raw episode on the server."""
    next_id: uuid.UUID | None
    """The next older episode that waits for a review."""


class Review(Shape):
    """A reviewer's verdict; `new` takes an earlier one back."""

    version: int
    status: Literal["accepted", "rejected", "new"]
    reject_reason: str = Field("", max_length=200)
    note: str = Field("", max_length=4000)


class DatasetIn(Shape):
    """A version to build: the accepted episodes of a task, or those named."""

    name: str = Field(pattern=JOB_NAME, description="lower-case letters, digits, - and _")
    task_id: uuid.UUID | None = None
    episode_ids: list[uuid.UUID] | None = Field(None, min_length=1, max_length=20_000)
    fps: int = Field(30, ge=1, le=120)


class Dataset(Shape):
    """A dataset version."""

    id: uuid.UUID
    name: str
    number: int
    fps: int
    state: DatasetState
    progress: float
    """0 to 1."""
    message: str
    """What the build is doing, or why it failed."""
    content_hash: str
    episodes: int
    rows: int
    size_bytes: int
    folder: str
    """Absolute folder on the server; load it with `LeRobotDataset(name, root=folder)`."""
    created_at: datetime
    finished_at: datetime | None


class DatasetDetail(Dataset):
    """A dataset version and the episodes in it, in the order of its episode index."""

    episode_ids: list[uuid.UUID]


class Offer(Shape):
    """A WebRTC offer for the cameras named, of the client that `welcome` named."""

    client: str = Field(min_length=1, max_length=64)
    sdp: str = Field(min_length=1, max_length=200_000)
    cameras: list[str] = Field(max_length=16)


class Answer(Shape):
    """A WebRTC answer; cameras are in the order of its media sections."""

    sdp: str
    cameras: list[str]


class Process(Shape):
    """One process of the app; `alive` means its last heartbeat is younger than a second."""

    name: str
    pid: int
    state: str
    alive: bool
    age_s: float


class System(Shape):
    """What is running."""

    version: str
    protocol: int
    robot: str
    scene: str
    ice_servers: list[str]
    data_dir: str
    disk_free_bytes: int
    database: Literal["sqlite", "postgresql"]
    processes: list[Process]


class Health(Shape):
    """The api answers; `database` says whether it can reach its database."""

    status: Literal["ok"]
    database: Literal["ok", "unreachable"]
