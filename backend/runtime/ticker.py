"""Paces a loop on absolute deadlines and says how well it keeps them."""

import time

import numpy as np

from backend.core import clock


class Ticker:
    """Deadlines at `first + n * period`, so that a late turn never shifts the following ones.

    A turn that takes too long makes deadlines pass before the loop asks for them: each of them is one
    overrun. The newest passed deadline is served at once, older ones are skipped.
    """

    def __init__(self, rate_hz: float, window_s: float = 5.0) -> None:
        self.period_ns = int(1e9 / rate_hz)
        self.ticks = 0
        self.overruns = 0
        self._late_ns = np.zeros(max(1, int(rate_hz * window_s)), dtype=np.int64)
        self._begun_ns = np.zeros_like(self._late_ns)
        self._deadline_ns = 0

    def wait(self) -> int:
        """Sleep until the next deadline and return how late the turn begins [ns]."""
        now_ns = clock.now_ns()
        self._deadline_ns = self._deadline_ns + self.period_ns if self.ticks else now_ns + self.period_ns
        if now_ns >= self._deadline_ns:
            skipped = (now_ns - self._deadline_ns) // self.period_ns
            self.overruns += 1 + skipped
            self._deadline_ns += skipped * self.period_ns
        else:
            time.sleep((self._deadline_ns - now_ns) * 1e-9)
            now_ns = clock.now_ns()
        late_ns = now_ns - self._deadline_ns
        slot = self.ticks % len(self._late_ns)
        self._late_ns[slot] = late_ns
        self._begun_ns[slot] = now_ns
        self.ticks += 1
        return late_ns

    @property
    def slack_ns(self) -> int:
        """Time left until the next deadline [ns]; negative when it has passed."""
        return self._deadline_ns + self.period_ns - clock.now_ns()

    @property
    def late_p99_ms(self) -> float:
        """99th percentile of the lateness over the last seconds [ms]."""
        count = min(self.ticks, len(self._late_ns))
        return float(np.percentile(self._late_ns[:count], 99)) * 1e-6 if count else 0.0

    @property
    def rate_hz(self) -> float:
        """Turns per second over the last seconds."""
        count = min(self.ticks, len(self._begun_ns))
        span_ns = int(self._begun_ns[:count].max() - self._begun_ns[:count].min()) if count > 1 else 0
        return (count - 1) * 1e9 / span_ns if span_ns else 0.0
