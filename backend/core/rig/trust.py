"""Whether what a tracker says can be trusted now."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.rig import TrackState

LOST_NS = 100_000_000
"""A tracker that is missing for this long is lost. Until then its last pose stands in for it."""
FROZEN_NS = 150_000_000
"""A worn tracker never repeats its values for this long; one that does is stuck."""
ZERO = 1e-6


class Track:
    """One tracked thing: its newest pose and its state.

    NEVER -> LIVE (a pose arrived) -> LOST (missing) or FROZEN (the same values) -> LIVE (it moves again)
    """

    def __init__(self) -> None:
        self.last_pose: Array | None = None
        """(7,) newest pose, however old."""
        self._seen_ns = 0
        self._changed_ns = 0

    def update(self, pose: Array | None, now_ns: int) -> None:
        """Take one sample; None, or a pose with a zero quaternion, says that it is missing."""
        if pose is None or float(pose[3:] @ pose[3:]) < ZERO:
            return
        if (
            self.last_pose is None
            or now_ns - self._seen_ns > LOST_NS
            or not np.array_equal(pose, self.last_pose)
        ):
            self._changed_ns = now_ns
        self.last_pose = pose
        self._seen_ns = now_ns

    def state(self, now_ns: int) -> TrackState:
        """Return how far it can be trusted."""
        if self.last_pose is None:
            return TrackState.NEVER
        if now_ns - self._seen_ns >= LOST_NS:
            return TrackState.LOST
        return TrackState.FROZEN if now_ns - self._changed_ns >= FROZEN_NS else TrackState.LIVE

    def pose(self, now_ns: int) -> Array | None:
        """Return the pose if it can be trusted now."""
        return self.last_pose if self.state(now_ns) is TrackState.LIVE else None

    def age_ns(self, now_ns: int) -> int:
        """Return how long ago it was seen [ns]."""
        return now_ns - self._seen_ns
