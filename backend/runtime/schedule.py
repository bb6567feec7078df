"""When each camera is due: their deadlines are interleaved, so that pictures do not pile up."""

from collections.abc import Sequence

import numpy as np

PHASES = 16
"""Candidate phases tried per camera."""


def stagger(periods_s: Sequence[float]) -> list[float]:
    """Return a phase [s] for each period [s] that keeps the deadlines of all cameras apart.

    The first camera starts at zero; each further one takes the phase that leaves the largest gap to all
    deadlines given out before, over the longest period.
    """
    phases: list[float] = []
    horizon_s = 2 * max(periods_s, default=0.0)
    taken = np.empty(0)
    for period_s in periods_s:
        candidates = np.arange(PHASES) / PHASES * period_s
        gaps = [
            np.min(np.abs(np.subtract.outer(_deadlines(phase, period_s, horizon_s), taken)), initial=np.inf)
            for phase in candidates
        ]
        phases.append(float(candidates[int(np.argmax(gaps))]))
        taken = np.concatenate([taken, _deadlines(phases[-1], period_s, horizon_s)])
    return phases


def _deadlines(phase_s: float, period_s: float, horizon_s: float) -> np.ndarray:
    return np.arange(phase_s, horizon_s + period_s, period_s)


class CameraClock:
    """The deadlines of one camera: `phase + n * period`; deadlines that pass unserved are dropped.

    Args:
        start_ns: Origin of the deadlines, host monotonic [ns].
        period_s: Nominal period of the camera [s].
        phase_s: Offset of the first deadline [s].
    """

    def __init__(self, start_ns: int, period_s: float, phase_s: float) -> None:
        self.period_ns = int(period_s * 1e9)
        self.due_ns = start_ns + int(phase_s * 1e9)
        self.dropped = 0
        self._frames: list[int] = []

    def advance(self, now_ns: int) -> int:
        """Serve the newest passed deadline and return how late it is served [ns]."""
        skipped = max(0, (now_ns - self.due_ns) // self.period_ns)
        self.dropped += skipped
        late_ns = now_ns - self.due_ns - skipped * self.period_ns
        self.due_ns += (skipped + 1) * self.period_ns
        return late_ns

    def delivered(self, now_ns: int) -> None:
        """Note that a picture was published."""
        self._frames.append(now_ns)
        oldest_ns = now_ns - 2_000_000_000
        while self._frames[0] < oldest_ns:
            self._frames.pop(0)

    def rate_hz(self, now_ns: int) -> float:
        """Return the pictures per second published over the last two seconds."""
        recent = [t_ns for t_ns in self._frames if t_ns >= now_ns - 2_000_000_000]
        if len(recent) < 2:
            return 0.0
        return (len(recent) - 1) * 1e9 / (recent[-1] - recent[0])
