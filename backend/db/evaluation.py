"""An evaluation of policies, and its trials."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, UtcDateTime, utc_now


class EvaluationMode(StrEnum):
    """Who judges: the task's own predicates in simulation, or a person."""

    SIMULATION = "simulation"
    MANUAL = "manual"


class EvaluationState(StrEnum):
    """QUEUED -> RUNNING -> FINISHED, STOPPED or FAILED; only FINISHED says which policy is which.

    A stopped or failed one goes on when its job is resumed. One that is scored by hand is RUNNING at once.
    """

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


class EvaluationRow(Base):
    """What is compared, on what, from which starts."""

    __tablename__ = "evaluations"
    __table_args__ = (Index("ix_evaluations_created_at", "created_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(120))
    mode: Mapped[EvaluationMode] = mapped_column(
        Enum(EvaluationMode, native_enum=False, length=20, values_callable=list)
    )
    task: Mapped[str] = mapped_column(String(120))
    """Name in the catalogue of simulated tasks, or what a person calls it."""
    instruction: Mapped[str] = mapped_column(Text, default="")
    level: Mapped[int | None]
    seed: Mapped[int]
    """Of the order and of the letters; in simulation of the first start, too."""
    trials: Mapped[int]
    """Starts; every policy has one trial from each."""
    subtasks: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """`name` and `text` of each, in their order; in simulation filled in when the job has begun."""
    policies: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """`label`, `name`, `kind` and `policy_id` (null for a baseline) of each."""
    conditions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """`note` and `picture` (whether there is one) of each start that is set up by hand."""
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    """How policies are executed: `latency_ms`, `merge`."""
    state: Mapped[EvaluationState] = mapped_column(
        Enum(EvaluationState, native_enum=False, length=20, values_callable=list)
    )
    message: Mapped[str] = mapped_column(Text, default="")
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TrialRow(Base):
    """One trial: its place in the order, and its result once it has one."""

    __tablename__ = "trials"
    __table_args__ = (UniqueConstraint("evaluation_id", "number", name="uq_trials_evaluation_id_number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    evaluation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("evaluations.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    condition: Mapped[int]
    label: Mapped[str] = mapped_column(String(1))
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """`backend.evaluation.trial.TrialResult`; None until the trial is over."""
    success: Mapped[bool | None]
    scored_by: Mapped[str] = mapped_column(String(120), default="")
    scored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
