"""How smooth a rollout is: stalls, jumps where chunks meet, and jerk there against jerk elsewhere."""

from collections import deque

import numpy as np

from backend.core.contracts.record import Array, Record

WINDOW = 3000
"""Steps that count; at 30 Hz the last 100 s."""
ENOUGH = 20
"""Fewer samples than this are no statistic."""


class Smoothness(Record):
    """Figures over the last steps; not-a-number where too little was seen."""

    stalls: int
    """How often the actions ran out."""
    stalled_steps: int
    border_jump_rad: float
    """95th percentile of the largest joint's difference between old and new plan where they meet."""
    jerk_inside_rad_s3: float
    """95th percentile of the arms' jerk away from borders."""
    jerk_border_rad_s3: float
    """The same where a new chunk begins or motion resumes."""


class SmoothnessMeter:
    """Sees every action that is given out.

    Args:
        arms: Where the arm joints are in an action.
        period_s: Time between two actions [s].
    """

    def __init__(self, arms: slice, period_s: float) -> None:
        self._arms = arms
        self._cube = period_s**3
        self._last: deque[tuple[Array, bool]] = deque(maxlen=4)
        self._inside: deque[float] = deque(maxlen=WINDOW)
        self._border: deque[float] = deque(maxlen=WINDOW)
        self._jumps: deque[float] = deque(maxlen=WINDOW)
        self._was_stalled = False
        self.stalls = 0
        self.stalled_steps = 0

    def jumped(self, old: Array, new: Array) -> None:
        """Note what the (36,) old and new plan say about the same step."""
        self._jumps.append(float(np.abs(new[self._arms] - old[self._arms]).max()))

    def given(self, action: Array, border: bool, stalled: bool) -> None:
        """Note an action that is given out.

        Args:
            action: (36,) the action.
            border: It is the first one of a new chunk.
            stalled: There was none in the queue.
        """
        self.stalls += stalled and not self._was_stalled
        self.stalled_steps += stalled
        self._last.append((action[self._arms], border or stalled != self._was_stalled))
        self._was_stalled = stalled
        if len(self._last) < 4:
            return
        positions = np.array([position for position, _ in self._last])
        jerk = float(np.linalg.norm(np.diff(positions, 3, axis=0)[0]) / self._cube)
        at_border = any(first for _, first in list(self._last)[1:])
        (self._border if at_border else self._inside).append(jerk)

    def figures(self) -> Smoothness:
        """Return the figures so far."""
        return Smoothness(
            stalls=self.stalls,
            stalled_steps=self.stalled_steps,
            border_jump_rad=_p95(self._jumps),
            jerk_inside_rad_s3=_p95(self._inside),
            jerk_border_rad_s3=_p95(self._border),
        )


def _p95(values: deque[float]) -> float:
    return float(np.percentile(values, 95)) if len(values) >= ENOUGH else float("nan")
