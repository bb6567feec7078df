"""A trajectory follower that can always stop in time."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.safety.limits import Limits


def stopping_speed(distance: Array, acceleration: Array, period_s: float) -> Array:
    """Return the largest speed from which one can still stop within `distance`.

    In ticks of h = `period_s` a motion at speed v that brakes by a*h each tick covers

        d = h * (v + (v - a h) + (v - 2 a h) + ...)     while the terms are positive.

    This is that sum, solved exactly for v. The continuous-time sqrt(2 a d) would be slightly too fast:
    a follower that used it would have to break either the limit or the acceleration in its last tick.

    Args:
        distance: Free way [rad or m]; negative counts as none. Infinite is allowed.
        acceleration: Largest deceleration a [rad/s^2 or m/s^2].
        period_s: Control period h [s].

    Returns:
        Speed [rad/s or m/s], same shape as `distance`.
    """
    step = acceleration * period_s
    # Beyond 1e6 ticks of braking no limit is near; the bound keeps infinity out of the arithmetic.
    ways = np.minimum(np.maximum(distance / (step * period_s), 0.0), 1e12)
    ticks = np.floor((np.sqrt(1 + 8 * ways) - 1) / 2)
    return step * (ways / (ticks + 1) + ticks / 2)


class Limiter:
    """Moves a position towards a target inside position, velocity and acceleration limits.

    Invariant: whatever the targets, `position` stays inside the limits, |`velocity`| too, and
    `velocity` changes by at most acceleration * period per tick. It holds by induction because the
    bound of `stopping_speed` leaves full braking as an admissible choice in the next tick.
    """

    def __init__(self, limits: Limits, position: Array) -> None:
        self._limits = limits
        self.position = np.clip(position, limits.lower, limits.upper)
        self.velocity = np.zeros_like(self.position)

    def follow(self, last_target: Array, target: Array) -> None:
        """Take one tick along the line from `last_target` to `target`, catching up with what lags.

        A target that itself keeps the limits is followed without any lag.
        """
        limits = self._limits
        last_target = np.clip(last_target, limits.lower, limits.upper)
        target = np.clip(target, limits.lower, limits.upper)
        target_velocity = np.clip((target - last_target) / limits.period_s, -limits.velocity, limits.velocity)
        lag = last_target - self.position
        self._move(
            target_velocity + np.sign(lag) * stopping_speed(np.abs(lag), limits.acceleration, limits.period_s)
        )

    def rest(self) -> None:
        """Take one tick of braking; base velocities ramp to zero."""
        wanted = np.zeros_like(self.velocity)
        base = self._limits.base
        wanted[base] = -self.position[base] / self._limits.period_s
        self._move(wanted)

    def _move(self, wanted_velocity: Array) -> None:
        limits, h = self._limits, self._limits.period_s
        step = limits.acceleration * h
        above = stopping_speed(limits.upper - self.position, limits.acceleration, h)
        below = stopping_speed(self.position - limits.lower, limits.acceleration, h)
        fastest = np.minimum(np.minimum(limits.velocity, above), self.velocity + step)
        slowest = np.maximum(np.maximum(-limits.velocity, -below), self.velocity - step)
        velocity = np.minimum(np.maximum(wanted_velocity, slowest), fastest)
        # Rounding must not carry the last bit over a limit.
        position = np.clip(self.position + velocity * h, limits.lower, limits.upper)
        self.velocity = velocity
        self.position = position
