"""Brings samples of different clocks together: which row of one stream belongs to which time."""

import numpy as np


def steps(t_ns: np.ndarray, rate_hz: float) -> np.ndarray:
    """Return times from the first to the last of `t_ns`, `rate_hz` per second: (n,) int64 [ns]."""
    if not len(t_ns):
        return np.array([], np.int64)
    count = int((t_ns[-1] - t_ns[0]) * rate_hz / 1e9) + 1
    return t_ns[0] + (np.arange(count) * (1e9 / rate_hz)).astype(np.int64)


def last_before(t_ns: np.ndarray, at_ns: np.ndarray) -> np.ndarray:
    """Return the row of the newest sample that is not younger than each time; -1 where there is none.

    Args:
        t_ns: (n,) ascending times of the samples [ns].
        at_ns: (m,) times to look up [ns].
    """
    return np.searchsorted(t_ns, at_ns, side="right") - 1


def nearest(t_ns: np.ndarray, at_ns: np.ndarray) -> np.ndarray:
    """Return the row of the sample nearest to each time; arguments as in `last_before`, n at least 1."""
    before = np.clip(last_before(t_ns, at_ns), 0, len(t_ns) - 1)
    after = np.minimum(before + 1, len(t_ns) - 1)
    return np.where(np.abs(t_ns[after] - at_ns) < np.abs(at_ns - t_ns[before]), after, before)


def interpolate(t_ns: np.ndarray, values: np.ndarray, at_ns: np.ndarray) -> np.ndarray:
    """Interpolate linearly between the two samples around each time; the ends are held.

    Args:
        t_ns: (n,) ascending times of the samples [ns], n at least 1.
        values: (n, k) samples.
        at_ns: (m,) times to look up [ns].

    Returns:
        (m, k)
    """
    before = np.clip(last_before(t_ns, at_ns), 0, len(t_ns) - 1)
    after = np.minimum(before + 1, len(t_ns) - 1)
    span = np.maximum(t_ns[after] - t_ns[before], 1)
    weight = np.clip((at_ns - t_ns[before]) / span, 0.0, 1.0)[:, None]
    return values[before] * (1 - weight) + values[after] * weight
