"""Every table, imported so that `Base.metadata` is complete."""

from backend.db.base import Base
from backend.db.dataset import DatasetEpisodeRow, DatasetRow
from backend.db.episode import EpisodeRow
from backend.db.evaluation import EvaluationRow, TrialRow
from backend.db.job import JobRow
from backend.db.policy import PolicyRow
from backend.db.task import TaskRow

__all__ = [
    "Base",
    "DatasetEpisodeRow",
    "DatasetRow",
    "EpisodeRow",
    "EvaluationRow",
    "JobRow",
    "PolicyRow",
    "TaskRow",
    "TrialRow",
]
