"""One trial: a policy, a start, and what came of it."""

from enum import StrEnum

import msgspec


class Score(StrEnum):
    """What became of one subtask.

    ASSISTED: a person helped past it, so that the subtasks after it could be judged; it counts as failed.
    """

    NONE = "none"
    """It was not come to."""
    SUCCESS = "success"
    ASSISTED = "assisted"
    FAIL = "fail"


PASSED = (Score.SUCCESS, Score.ASSISTED)
"""The next subtask could be tried."""


class TrialResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one trial went; a line of `trials.jsonl`."""

    number: int
    """Place in the order, from 0."""
    condition: int
    """Which start, from 0; trials of one start are a pair."""
    label: str
    """Letter of the policy."""
    scores: tuple[Score, ...]
    """One per subtask, in their order."""
    time_s: float | None = None
    """From the first action to success, or to the end."""
    interventions: int = 0
    """How often a person took over."""
    fell: bool = False
    jerk_border_rad_s3: float | None = None
    """95th percentile of the arms' jerk where chunks meet."""
    jerk_inside_rad_s3: float | None = None
    """The same elsewhere."""
    underruns: int | None = None
    """How often the actions ran out."""
    ended: str = ""
    """Why it ended, in words."""
    episode: str = ""
    """Id of the episode that was recorded."""
    video: str = ""
    """File of the film."""
    note: str = ""
    inference_ms: float | None = None
    """Median time of an inference on the machine it ran on."""
    wall_s: float | None = None
    """How long it took to simulate."""

    @property
    def success(self) -> bool:
        """Whether every subtask was done without help."""
        return all(score is Score.SUCCESS for score in self.scores)


def scores_of(done: list[bool]) -> tuple[Score, ...]:
    """Return the scores of subtasks that were judged automatically: failed at the first that is not done."""
    reached = done.index(False) if False in done else len(done)
    return tuple(
        Score.SUCCESS if place < reached else Score.FAIL if place == reached else Score.NONE
        for place in range(len(done))
    )
