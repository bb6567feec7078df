"""What is to be collected."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base, UtcDateTime, utc_now


class TaskRow(Base):
    """A task with its instruction and the number of accepted episodes wanted."""

    __tablename__ = "tasks"
    __table_args__ = (CheckConstraint("goal >= 0", name="goal_not_negative"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    instruction: Mapped[str] = mapped_column(Text)
    goal: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
