"""The only place in the control path that reads a clock.

Every stamp in the project (`*_t_ns`) is the host's CLOCK_MONOTONIC in nanoseconds, which all
processes of one machine share. Wall-clock time is for people and is stored once per episode.
"""

import time


def now_ns() -> int:
    """Return the host's monotonic time [ns]."""
    return time.monotonic_ns()


def wall_ns() -> int:
    """Return the wall-clock time since the Unix epoch [ns]; for display and file metadata only."""
    return time.time_ns()
