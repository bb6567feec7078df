"""One recorded episode: the index of its folder and the verdict of its reviewer."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.db.base import Base, UtcDateTime, utc_now
from backend.db.task import TaskRow


class EpisodeStatus(StrEnum):
    """Life of an episode in the library. NEW and INTERRUPTED wait for a review."""

    NEW = "new"
    INTERRUPTED = "interrupted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class EpisodeRow(Base):
    """Facts of the manifest, the quality report and the review. The folder stays the truth."""

    __tablename__ = "episodes"
    __table_args__ = (
        Index("ix_episodes_task_status", "task_id", "status"),
        Index("ix_episodes_started_at", "started_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    short_id: Mapped[str] = mapped_column(String(8), index=True)
    task_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tasks.id"))
    instruction: Mapped[str] = mapped_column(Text)
    """What was asked at recording time; the task may be reworded later."""
    operator: Mapped[str] = mapped_column(String(120), index=True)
    robot: Mapped[str] = mapped_column(String(60))
    controller: Mapped[str] = mapped_column(String(60))
    folder: Mapped[str] = mapped_column(String(120))
    """Name of its folder under the episodes directory."""
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    length_s: Mapped[float]
    cameras: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    event_count: Mapped[int]
    policies: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Names of the policies that drove; None, like the three below, when its recording does not say."""
    interventions: Mapped[int | None]
    """How often a person took over from a policy."""
    person_s: Mapped[float | None]
    policy_s: Mapped[float | None]
    recovered: Mapped[bool]
    quality_score: Mapped[float | None]
    """0 unusable to 1 flawless; None when it was not measured."""
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)

    status: Mapped[EpisodeStatus] = mapped_column(
        Enum(EpisodeStatus, native_enum=False, length=20, values_callable=list)
    )
    reject_reason: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    registered_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    version: Mapped[int] = mapped_column(default=1)

    task: Mapped[TaskRow] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (declarative configuration)
