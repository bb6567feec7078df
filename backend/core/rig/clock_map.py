"""Where the times of a device's own clock lie on the host's clock."""

from collections import deque

import numpy as np

from backend.core.contracts.rig import ClockStatus

WINDOW_NS = 10_000_000_000
BIN_NS = 500_000_000
"""The fastest sample of each bin is kept; a clock that drifts by 100 ppm moves 1 ms within the window."""
RECENT = 200
"""So many newest samples say how even the delays are."""
COUNTER_NS = 1_000_000
"""Resolution of the stamps on answers to round trips."""


class ClockMap:
    """Offset of a source clock by the smallest delay over a window, with what is known of its error.

    A sample stamped s by the source arrives at a = s + offset + delay with delay >= 0, so the smallest a - s
    of a window is the offset plus the shortest delay. One-way samples cannot see that shortest delay; round
    trips bound it: it lies between 0 and the shortest round trip R, so the offset is
    min(a - s) - R/2 +- R/2. Method: the minimum filter of NTP (RFC 5905, section 10), one way.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything: another clock, or one that was set."""
        self._bins: deque[tuple[int, int]] = deque()
        self._recent: deque[int] = deque(maxlen=RECENT)
        self._trips: deque[tuple[int, int]] = deque()
        self._last_source_ns: int | None = None
        self.samples = 0

    def add(self, source_ns: int, arrival_ns: int) -> int:
        """Take a sample and return by how much it came later than the fastest one [ns].

        A source clock that goes backwards was set anew; the estimate starts again.
        """
        if self._last_source_ns is not None and source_ns < self._last_source_ns:
            self.reset()
        self._last_source_ns = source_ns
        difference_ns = arrival_ns - source_ns
        if not self._bins or arrival_ns - self._bins[-1][0] >= BIN_NS:
            self._bins.append((arrival_ns, difference_ns))
        elif difference_ns < self._bins[-1][1]:
            self._bins[-1] = (self._bins[-1][0], difference_ns)
        while arrival_ns - self._bins[0][0] > WINDOW_NS:
            self._bins.popleft()
        self._recent.append(difference_ns)
        self.samples += 1
        return difference_ns - self._fastest_ns()

    def add_round_trip(self, sent_ns: int, received_ns: int) -> None:
        """Take the host's times of a question and its answer."""
        self._trips.append((received_ns, received_ns - sent_ns))
        while received_ns - self._trips[0][0] > WINDOW_NS:
            self._trips.popleft()

    @property
    def round_trip_ns(self) -> int | None:
        """The shortest round trip of the window, or None when nobody answers."""
        return min((trip for _, trip in self._trips), default=None)

    @property
    def offset_ns(self) -> int:
        """Host time minus source time [ns]; 0 before the first sample."""
        return self._fastest_ns() - (self.round_trip_ns or 0) // 2 if self._bins else 0

    def to_host(self, source_ns: int) -> int:
        """Return a time of the source on the host's clock [ns]."""
        return source_ns + self.offset_ns

    def status(self) -> ClockStatus:
        """Return offset, uncertainty and evenness."""
        delays_ms = (np.array(self._recent, dtype=np.float64) - self._fastest_ns()) * 1e-6
        trip_ns = self.round_trip_ns
        return ClockStatus(
            offset_ms=self.offset_ns * 1e-6,
            uncertainty_ms=None if trip_ns is None else (trip_ns / 2 + COUNTER_NS) * 1e-6,
            round_trip_ms=None if trip_ns is None else trip_ns * 1e-6,
            late_p95_ms=float(np.percentile(delays_ms, 95)) if len(delays_ms) else 0.0,
            samples=self.samples,
        )

    def _fastest_ns(self) -> int:
        return min((difference for _, difference in self._bins), default=0)
