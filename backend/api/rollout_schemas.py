"""Shapes of rollouts."""

import uuid
from typing import Literal

from pydantic import Field, model_validator

from backend.api.schemas import Shape

Phase = Literal[
    "away",
    "idle",
    "loading",
    "connecting",
    "warming_up",
    "waiting",
    "driving",
    "taken_over",
    "paused",
    "ended",
    "failed",
]


class RolloutIn(Shape):
    """A rollout to start: either a policy of the registry, or a policy server that runs already."""

    client: str = Field(min_length=1, max_length=64)
    """This page's client id: it must hold control, and supervises."""
    policy_id: uuid.UUID | None = None
    url: str = Field("", max_length=300)
    """`ws://` or `wss://` address."""
    token: str = Field("", max_length=300)
    dialect: Literal["bunraku", "openpi"] = "bunraku"
    task: str = Field("", max_length=2000)
    """Instruction in words."""
    merge: Literal["blend", "ensemble", "naive", "rtc"] = "blend"
    s_min: int = Field(10, ge=1, le=200)
    """Steps of a chunk that are consumed before the next is asked for."""
    hand_back: bool = True
    """The policy drives on when the operator lets go after a takeover; else it is paused then."""

    @model_validator(mode="after")
    def _one_source(self) -> "RolloutIn":
        if (self.policy_id is None) == (not self.url):
            raise ValueError("give either policy_id or url")
        return self


class RolloutClient(Shape):
    """Who asks."""

    client: str = Field(min_length=1, max_length=64)


class Latency(Shape):
    """Where the time of the last answer went [ms]."""

    queue: float
    pre: float
    infer: float
    post: float


class Rollout(Shape):
    """How the rollout is doing."""

    phase: Phase
    reason: str
    """Why it is so, in words."""
    policy: str
    """Driver name in recordings; empty before the server is known."""
    task: str
    merge: str
    fps: float
    chunk_size: int
    level: int
    """Actions left."""
    d_est: int
    """Steps the next answer is expected to take."""
    d_real: int
    """Steps the last one took."""
    latency_ms: Latency
    round_trip_ms: float
    round_trip_p95_ms: float
    observation_age_ms: float
    chunks: int
    late: int
    discarded: int
    stalls: int
    stalled_steps: int
    border_jump_rad: float | None
    jerk_inside_rad_s3: float | None
    jerk_border_rad_s3: float | None
    takeovers: int
    step: int
    plan: list[list[float]]
    """Every third action of what will be executed next, in the order of the robot's `action_names`."""
