"""Shapes of /api/jobs and /api/training."""

import uuid
from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from backend.api.schemas import Shape
from backend.core.contracts.job import JobState

KIND_NAME = r"^[a-z0-9_]{1,40}$"


class JobIn(Shape):
    """A job to run."""

    kind: str = Field(pattern=KIND_NAME)
    name: str = Field(min_length=1, max_length=120)
    params: dict[str, Any] = Field(default_factory=dict)
    """Fields as the kind's `params_schema` says; those left out keep their default."""
    runner: str = Field("local", pattern=KIND_NAME)
    gpus: int = Field(0, ge=0, le=64)
    """0 leaves it to the job; more than 1 starts one process on each."""
    dataset_id: uuid.UUID | None = None


class JobCopy(Shape):
    """What is to be different in the copy of a job."""

    name: str | None = Field(None, min_length=1, max_length=120)
    params: dict[str, Any] = Field(default_factory=dict)


class Job(Shape):
    """A job and how far it is."""

    id: uuid.UUID
    kind: str
    name: str
    runner: str
    gpus: int
    params: dict[str, Any]
    dataset_id: uuid.UUID | None
    dataset: str | None
    """Name and number of the dataset version, such as `lift-v2`."""
    copied_from: uuid.UUID | None
    versions: dict[str, str]
    state: JobState
    message: str
    """What it is doing or waiting for, or why it ended as it did."""
    progress: float
    """0 to 1."""
    eta_s: float | None
    metrics: dict[str, float]
    """The newest value of everything it measures: step, loss, lr, grad_norm, samples_s, ..."""
    resumable: bool
    """`resume` is possible now."""
    folder: str
    """Absolute run directory on the server."""
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class Curve(Shape):
    """One measured value over the steps."""

    step: list[float]
    value: list[float]


class JobMetrics(Shape):
    """Everything a job measured."""

    curves: dict[str, Curve]


class JobLog(Shape):
    """A part of a job's log."""

    offset: int
    next_offset: int
    """Ask from here for what comes next."""
    size: int
    text: str


class Checkpoint(Shape):
    """A complete checkpoint of a training job."""

    step: int
    size_bytes: int
    written_at: datetime
    folder: str
    policy_id: uuid.UUID | None
    """The policy that was registered from it."""


class GroupError(Shape):
    """Mean absolute error of one group of action entries, in its own unit."""

    group: str
    unit: str
    policy: float
    repeat_last: float
    """Error of repeating the action before the chunk."""
    mean_action: float
    """Error of the mean action of the training episodes."""
    by_horizon: list[float]
    """Error of the policy at each step of its chunk."""


class Trace(Shape):
    """What was predicted and what a person did in one stretch of a held-out episode."""

    episode: int
    start: int
    """Row in that episode."""
    names: list[str]
    actual: list[list[float]]
    """One list per name."""
    predicted: list[list[float]]


class OpenLoop(Shape):
    """How well a checkpoint predicts held-out episodes."""

    step: int
    episodes: list[int]
    """Episode indices in the dataset version that were never trained on."""
    samples: int
    score: float
    """Mean over groups of policy error over repeat-last error; below 1 is better than doing nothing new."""
    groups: list[GroupError]
    traces: list[Trace]


class CheckResult(Shape):
    """One result of the checks before a job starts."""

    check: str
    severity: Literal["ok", "warn", "fail"]
    text: str


class Preflight(Shape):
    """Whether a job may start, and why."""

    ok: bool
    findings: list[CheckResult]


class JobTemplateOut(Shape):
    """A good place to start from."""

    name: str
    title: str
    text: str
    params: dict[str, Any]


class JobKindOut(Shape):
    """What can be run, and with which parameters."""

    name: str
    title: str
    needs_dataset: bool
    resumable: bool
    params_schema: dict[str, Any]
    """JSON schema with descriptions, defaults and bounds."""
    templates: list[JobTemplateOut]


class RunnerOut(Shape):
    """Where jobs can run."""

    name: str
    available: bool
    why_not: str


class PolicyType(Shape):
    """A policy type of LeRobot."""

    name: str
    title: str
    fields: int
    """How many fields its config has."""
