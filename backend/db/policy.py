"""A trained policy that may be deployed: the index of its folder, and what people say about it."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Enum, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, UtcDateTime, utc_now


class PolicyStage(StrEnum):
    """What a policy is meant for."""

    CANDIDATE = "candidate"
    PRODUCTION = "production"
    RETIRED = "retired"


class PolicyRow(Base):
    """A checkpoint that was copied into the registry. Its files never change."""

    __tablename__ = "policies"
    __table_args__ = (
        UniqueConstraint("name", "number", name="uq_policies_name_number"),
        Index("ix_policies_stage", "stage"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    """Version number, counted per name from 1."""
    type: Mapped[str] = mapped_column(String(40))
    """LeRobot's policy type."""
    job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("jobs.id", ondelete="SET NULL"), index=True)
    step: Mapped[int]
    dataset_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("datasets.id"), index=True)
    folder: Mapped[str] = mapped_column(String(120))
    """Name of its folder under the policies directory."""
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    weights_sha256: Mapped[str] = mapped_column(String(64))
    layout_hash: Mapped[str] = mapped_column(String(64))
    """Over names and order of its states and actions."""
    stats_hash: Mapped[str] = mapped_column(String(64))
    """Over the statistics it normalises with."""
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Its cameras with sizes, names of states and actions, rate, controllers, versions."""
    open_loop: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Its errors on held-out episodes, as measured when the checkpoint was written."""
    latency: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Measured time of an inference, by part."""
    stage: Mapped[PolicyStage] = mapped_column(
        Enum(PolicyStage, native_enum=False, length=20, values_callable=list), default=PolicyStage.CANDIDATE
    )
    notes: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    @property
    def full_name(self) -> str:
        """Name and number: what recordings call it when it drives."""
        return f"{self.name}-{self.number}"
