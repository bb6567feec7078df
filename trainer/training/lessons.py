"""Which rows are learned from: stretches of episodes in which a person showed what to do (HG-DAgger).

Where a policy drove and a person took over, only the person's rows teach; the policy's own mistakes do not.
Kelly et al., "HG-DAgger: Interactive Imitation Learning with Human Experts", 2019, arXiv:1810.02890.
"""

from dataclasses import dataclass

import numpy as np

from trainer.training.data import TrainingData
from trainer.training.refused import DatasetRefused


@dataclass(frozen=True)
class Lessons:
    """Stretches of rows, ascending; none crosses the border of an episode."""

    starts: np.ndarray
    """(lessons,) first row of each"""
    ends: np.ndarray
    """(lessons,) row after the last of each"""

    @property
    def rows(self) -> np.ndarray:
        """The rows that are learned from, ascending."""
        return np.concatenate(
            [np.arange(start, end) for start, end in zip(self.starts, self.ends, strict=True)]
        )

    def end_of(self, row: int, otherwise: int) -> int:
        """Return where the lesson of a row ends; `otherwise` for a row that is in none."""
        place = int(np.searchsorted(self.starts, row, side="right")) - 1
        return int(self.ends[place]) if place >= 0 and row < self.ends[place] else otherwise


def find_lessons(data: TrainingData, episodes: tuple[int, ...], people_only: bool) -> Lessons:
    """Return the rows of some episodes to learn from.

    Args:
        data: the version.
        episodes: the episodes to be drawn from.
        people_only: leave out what policies did.

    Raises:
        DatasetRefused: nothing is left.
    """
    taught = np.isin(data.episode, episodes)
    if people_only:
        taught &= ~data.by_policy
    rows = np.flatnonzero(taught)
    if not len(rows):
        raise DatasetRefused("no person drives in these episodes; allow rows of policies, or choose others")
    first = np.concatenate([[True], (np.diff(rows) > 1) | (np.diff(data.episode[rows]) != 0)])
    last = np.concatenate([first[1:], [True]])
    return Lessons(starts=rows[first], ends=rows[last] + 1)
