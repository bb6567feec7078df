"""Counts what one stream delivered and, by its sequence numbers, what was lost."""

from dataclasses import dataclass


@dataclass
class StreamMeter:
    """Counters of one stream within one episode."""

    count: int = 0
    dropped: int = 0
    restarts: int = 0
    """How often the sequence began anew because the publisher was started again."""
    first_t_ns: int = 0
    last_t_ns: int = 0
    _last_seq: int | None = None

    def observe(self, seq: int, t_ns: int) -> int:
        """Count one message and return how many were lost just before it."""
        lost = 0
        if self._last_seq is None:
            self.first_t_ns = t_ns
        elif seq <= self._last_seq:
            self.restarts += 1
        else:
            lost = seq - self._last_seq - 1
        self._last_seq = seq
        self.last_t_ns = t_ns
        self.count += 1
        self.dropped += lost
        return lost
