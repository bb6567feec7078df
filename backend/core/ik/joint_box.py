"""Position, velocity and acceleration limits as one box on the displacement of this tick."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.safety.limiter import stopping_speed


class JointBox:
    """Bounds slowest <= dq <= fastest that are never empty.

    Each joint may change its speed by a h per tick, and may go only as fast as it can still brake
    before its limit. One box instead of three limits keeps the QP feasible: full braking is always in
    it. The bounds are a little tighter than those of safety, which then has nothing to clip.
    """

    def __init__(self, lower: Array, upper: Array, velocity: Array, acceleration: Array) -> None:
        self._lower, self._upper = lower, upper
        self._velocity = 0.99 * velocity
        self._acceleration = 0.99 * acceleration
        self.slowest = np.zeros(len(lower))
        """(nv,) smallest displacement of this tick [rad, m]."""
        self.fastest = np.zeros(len(lower))
        """(nv,) largest one."""

    def update(self, q: Array, velocity: Array, period_s: float) -> None:
        """Find the bounds of this tick.

        Args:
            q: (nv,) configuration [rad, m].
            velocity: (nv,) velocity of the tick before [rad/s, m/s].
            period_s: Control period [s].
        """
        step = self._acceleration * period_s
        above = stopping_speed(self._upper - q, self._acceleration, period_s)
        below = stopping_speed(q - self._lower, self._acceleration, period_s)
        fastest = np.minimum(np.minimum(self._velocity, above), velocity + step)
        slowest = np.maximum(np.maximum(-self._velocity, -below), velocity - step)
        self.fastest = fastest * period_s
        # Just inside a limit the two may cross by rounding; braking wins.
        self.slowest = np.minimum(slowest, fastest) * period_s
