"""One job: the index of its run directory."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.contracts.job import JobState
from backend.db.base import Base, UtcDateTime, utc_now


class JobRow(Base):
    """What was asked for, and how far it is. The run directory stays the truth."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state", "state"), Index("ix_jobs_created_at", "created_at"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    runner: Mapped[str] = mapped_column(String(40))
    gpus: Mapped[int] = mapped_column(default=0)
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    dataset_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("datasets.id"), index=True)
    copied_from: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"))
    versions: Mapped[dict[str, str]] = mapped_column(JSON)
    """Of the code and of the libraries it was made with."""
    folder: Mapped[str] = mapped_column(String(120))
    """Name of its run directory under the jobs directory."""

    state: Mapped[JobState] = mapped_column(
        Enum(JobState, native_enum=False, length=20, values_callable=list)
    )
    message: Mapped[str] = mapped_column(Text, default="")
    """What it waits for, or why it ended as it did."""
    resume: Mapped[bool] = mapped_column(default=False)
    """Its next start continues from its newest checkpoint."""
    progress: Mapped[float] = mapped_column(default=0.0)
    """0 to 1."""
    eta_s: Mapped[float | None]
    metrics: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The newest value of everything it measures."""
    events_offset: Mapped[int] = mapped_column(BigInteger, default=0)
    """How much of its events the fields above contain."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
