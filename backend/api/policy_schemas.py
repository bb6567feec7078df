"""Shapes of /api/policies."""

import uuid
from datetime import datetime

from pydantic import Field

from backend.api.job_schemas import GroupError
from backend.api.schemas import JOB_NAME, Dataset, Shape
from backend.db.policy import PolicyStage


class PolicyIn(Shape):
    """A checkpoint to put into the registry."""

    job_id: uuid.UUID
    step: int = Field(ge=0)
    name: str = Field(pattern=JOB_NAME, description="lower-case letters, digits, - and _")
    notes: str = Field("", max_length=4000)


class LatencyProfile(Shape):
    """Measured time of one inference [ms]."""

    device: str = Field(max_length=120)
    samples: int = Field(ge=1)
    median_ms: float = Field(ge=0)
    p95_ms: float = Field(ge=0)
    p99_ms: float = Field(ge=0)
    parts_ms: dict[str, float] = Field(default_factory=dict)
    """Median of its parts: queue, pre, infer, post."""


class PolicyChange(Shape):
    """Fields to change; those left out stay."""

    stage: PolicyStage | None = None
    notes: str | None = Field(None, max_length=4000)
    latency: LatencyProfile | None = None


class OpenLoopSummary(Shape):
    """Errors on held-out episodes when the checkpoint was written."""

    step: int
    episodes: list[int]
    samples: int
    score: float
    groups: list[GroupError]


class PolicyCamera(Shape):
    """A camera the policy sees, and the size its pictures are scaled to."""

    name: str
    height_px: int
    width_px: int


class PolicyManifest(Shape):
    """What a policy needs from the robot's side."""

    format: int
    robot: str
    fps: int
    state_names: list[str]
    action_names: list[str]
    cameras: list[PolicyCamera]
    controllers: list[str]
    """Locomotion controllers it was taught with."""
    dataset: dict[str, str]
    episodes: dict[str, list[int]]
    """Indices in the dataset version: train, held_out."""
    versions: dict[str, str]


class Policy(Shape):
    """A registered policy."""

    id: uuid.UUID
    name: str
    number: int
    type: str
    stage: PolicyStage
    notes: str
    job_id: uuid.UUID | None
    step: int
    dataset_id: uuid.UUID | None
    dataset: str | None
    """Name and number of the dataset version."""
    manifest: PolicyManifest
    size_bytes: int
    weights_sha256: str
    layout_hash: str
    stats_hash: str
    open_loop: OpenLoopSummary | None
    latency: LatencyProfile | None
    folder: str
    """Absolute folder on the server, with LeRobot's `pretrained_model` files."""
    created_at: datetime


class PolicyEpisode(Shape):
    """An episode that a policy's dataset version holds."""

    id: uuid.UUID
    short_id: str
    operator: str
    controller: str
    started_at: datetime
    length_s: float
    use: str
    """train, held_out or unused"""


class PolicyDetail(Policy):
    """A policy and where it comes from."""

    job: str | None
    """Name of its training job."""
    operators: list[str]
    episodes: list[PolicyEpisode]


class Corrections(Shape):
    """Takes in which a person took over from a policy, and the dataset version they would make."""

    policy: str
    """What recordings call it: name and number."""
    dataset: str | None
    """The version it learned from, such as `lift-v1`; null when the database does not know it."""
    next_version: str | None
    """The version that a build would make."""
    kept: int
    """Episodes of its own version that go in again."""
    withdrawn: int
    """Episodes of its own version that are not accepted any more: they stay out."""
    accepted: int
    """Takes with takeovers that would be added."""
    person_s: float
    """Driven by people in those [s]."""
    waiting: int
    """Takes with takeovers that wait for a review."""
    rejected: int
    included: int
    """Takes with takeovers that its own version holds already."""
    reason: str
    """Why nothing can be built now; empty when it can."""
    version: Dataset | None
    """A version that was asked for with exactly these episodes, whatever became of it."""
