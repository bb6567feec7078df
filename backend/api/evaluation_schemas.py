"""Shapes of /api/evaluations."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import Field

from backend.api.schemas import Shape
from backend.db.evaluation import EvaluationMode, EvaluationState
from backend.evaluation.plan import LABELS
from backend.evaluation.trial import Score

MOST = len(LABELS)
Line = Annotated[str, Field(min_length=1, max_length=200)]


class EvaluationIn(Shape):
    """An evaluation to begin."""

    name: str = Field(min_length=1, max_length=120)
    mode: EvaluationMode = EvaluationMode.SIMULATION
    task: str = Field(min_length=1, max_length=120)
    """In simulation one of `simulated_tasks`; otherwise what it is called."""
    policy_ids: list[uuid.UUID] = Field(default_factory=list, max_length=MOST)
    baselines: list[str] = Field(default_factory=list, max_length=MOST)
    trials: int = Field(20, ge=1, le=10_000)
    """Starts; every policy has one trial from each."""
    seed: int = Field(100_000, ge=0, le=2**31 - 1)
    level: int = Field(0, ge=0, le=2)
    """How much simulated starts vary."""
    latency_ms: float | None = Field(100.0, ge=0, le=10_000)
    """Of an answer in simulation; null takes what inference takes there."""
    merge: str = Field("blend", max_length=40)
    workers: int = Field(1, ge=1, le=256)
    instruction: str = Field("", max_length=2000)
    subtasks: list[Line] = Field(default_factory=list, max_length=12)
    """In words; only of an evaluation that is scored by hand."""


class EvaluationOptions(Shape):
    """What an evaluation can be made of."""

    simulated_tasks: list[str]
    baselines: list[str]
    mergers: list[str]
    cores: int
    """Of the server: simulations that make sense at the same time."""


class EvaluationSubtask(Shape):
    """One step of the task."""

    name: str
    text: str


class EvaluatedPolicy(Shape):
    """A policy that is compared. While the evaluation is blind, the list is in the order of the names."""

    label: str | None
    """Its letter; null while the evaluation is blind."""
    name: str
    kind: str
    policy_id: uuid.UUID | None


class EvaluationStart(Shape):
    """A start that is set up by hand."""

    note: str
    picture: str
    """Address of its picture; empty without one."""


class Evaluation(Shape):
    """An evaluation and how far it is."""

    id: uuid.UUID
    name: str
    mode: EvaluationMode
    task: str
    instruction: str
    level: int | None
    seed: int
    trials: int
    state: EvaluationState
    message: str
    blind: bool
    """Nobody may see yet which letter is which policy."""
    policies: list[EvaluatedPolicy]
    scored: int
    total: int
    """Trials of all policies."""
    job_id: uuid.UUID | None
    created_at: datetime
    finished_at: datetime | None


class ProportionOut(Shape):
    """`successes` out of `trials` with Wilson's 95 % interval."""

    successes: int
    trials: int
    low: float
    high: float


class SpreadOut(Shape):
    """Median and quartiles of `count` values."""

    median: float
    lower: float
    upper: float
    count: int


class SubtaskReportOut(Shape):
    """One subtask of one policy."""

    success: ProportionOut
    given_previous: ProportionOut
    """Out of the trials in which it was come to."""
    assisted: int
    failed: int


class PolicyReportOut(Shape):
    """All trials of one policy."""

    label: str
    subtasks: list[SubtaskReportOut]
    overall: ProportionOut
    time_s: SpreadOut | None
    """Of the successful trials."""
    jerk_ratio: SpreadOut | None
    """Arms' jerk where chunks meet over that elsewhere."""
    interventions: int
    underruns: int
    falls: int


class ComparisonOut(Shape):
    """Two policies on the starts that both have tried."""

    first: str
    second: str
    pairs: int
    first_only: int
    second_only: int
    p_value: float
    """McNemar's exact test, adjusted by Holm for the number of comparisons."""
    better: str
    """Letter of the better one; empty when the difference is not significant."""
    text: str


class ReportOut(Shape):
    """What the trials so far say."""

    policies: list[PolicyReportOut]
    comparisons: list[ComparisonOut]


class Trial(Shape):
    """One trial in the order of the evaluation."""

    number: int
    condition: int
    """Which start; trials of one start are a pair."""
    label: str
    scores: list[Score] | None
    """One per subtask; null until the trial is over."""
    success: bool | None
    time_s: float | None
    interventions: int
    fell: bool
    underruns: int | None
    ended: str
    episode: str
    """Id of its episode in the library, if it is there."""
    video: str
    """Address of its film; empty without one."""
    note: str
    scored_by: str
    scored_at: datetime | None


class EvaluationDetail(Evaluation):
    """An evaluation with its trials and its report."""

    subtasks: list[EvaluationSubtask]
    starts: list[EvaluationStart]
    names: dict[str, str]
    """What each letter is called now."""
    latency_ms: float | None
    merge: str
    trial_list: list[Trial]
    report: ReportOut
    next_number: int | None
    """The trial to do next; null when all are scored."""


class TrialScore(Shape):
    """How a trial went, as a person saw it."""

    scores: list[Score] = Field(min_length=1, max_length=12)
    scored_by: str = Field("", max_length=120)
    time_s: float | None = Field(None, ge=0, le=86_400)
    interventions: int = Field(0, ge=0, le=10_000)
    fell: bool = False
    episode: str = Field("", pattern=r"^([0-9a-f-]{36})?$")
    note: str = Field("", max_length=2000)


class TrialClient(Shape):
    """Who starts the policy of a trial."""

    client: str = Field(min_length=1, max_length=64)
    """This page's client id: it must hold control, and supervises."""


class StartNote(Shape):
    """How to set up a start."""

    note: str = Field(max_length=2000)
