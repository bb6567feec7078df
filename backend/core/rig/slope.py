"""Speed of a noisy value, by a straight line through its last samples."""

from collections import deque

import numpy as np

from backend.core.contracts.record import Array

GAP_S = 0.25
"""After a gap this long, or a step back in time, older samples are forgotten."""


class Slope:
    """Least-squares slope over the last `window_s` seconds.

    A straight line through a window says the speed in its middle: the latency is window_s / 2, for every
    frequency that passes. White noise of deviation s per sample leaves about s sqrt(12 / n) / window_s.
    """

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._samples: deque[tuple[float, Array]] = deque()

    @property
    def latency_s(self) -> float:
        """Delay of what `update` returns [s]."""
        return self._window_s / 2

    def reset(self) -> None:
        """Forget all samples."""
        self._samples.clear()

    def update(self, t_s: float, value: Array) -> Array:
        """Take a sample and return the slope [1/s]; zero until the window is half full."""
        if self._samples and not 0.0 < t_s - self._samples[-1][0] < GAP_S:
            self.reset()
        self._samples.append((t_s, value))
        while t_s - self._samples[0][0] > self._window_s:
            self._samples.popleft()
        t = np.array([sample[0] for sample in self._samples])
        if t[-1] - t[0] < self.latency_s:
            return np.zeros(np.shape(value))
        t -= t.mean()
        return t @ np.array([sample[1] for sample in self._samples]) / (t @ t)
