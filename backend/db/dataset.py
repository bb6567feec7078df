"""One frozen version of a dataset, and the episodes it is made of."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Enum, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.db.base import Base, UtcDateTime, utc_now


class DatasetState(StrEnum):
    """Life of a version: QUEUED -> BUILDING -> READY or FAILED; a restart requeues BUILDING."""

    QUEUED = "queued"
    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


class DatasetEpisodeRow(Base):
    """Membership of an episode in a version; `position` is its episode index in the export."""

    __tablename__ = "dataset_episodes"

    dataset_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), primary_key=True
    )
    episode_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("episodes.id"), primary_key=True)
    position: Mapped[int]


class DatasetRow(Base):
    """A LeRobot v3 export of chosen episodes. Its content never changes once it is READY."""

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("name", "number", name="uq_datasets_name_number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    """Version number, counted per name from 1."""
    fps: Mapped[int]
    state: Mapped[DatasetState] = mapped_column(
        Enum(DatasetState, native_enum=False, length=20, values_callable=list)
    )
    progress: Mapped[float] = mapped_column(default=0.0)
    """0 to 1."""
    message: Mapped[str] = mapped_column(Text, default="")
    """What the build is doing, or why it failed."""
    content_hash: Mapped[str] = mapped_column(String(80), default="")
    rows: Mapped[int] = mapped_column(default=0)
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    folder: Mapped[str] = mapped_column(String(120))
    """Name of its folder under the datasets directory."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    members: Mapped[list[DatasetEpisodeRow]] = relationship(
        order_by=DatasetEpisodeRow.position,
        cascade="all, delete-orphan",
        passive_deletes=True,
        # There may be thousands, and a list of versions only wants their number.
        lazy="raise",
    )
