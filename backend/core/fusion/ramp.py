"""A value that follows another with limited speed and acceleration."""

import math


class Ramp:
    """Scalar follower; starts and stops softly."""

    def __init__(self, value: float, speed: float, acceleration: float) -> None:
        self.value = value
        self._rate = 0.0
        self._speed = speed
        self._acceleration = acceleration

    def reset(self, value: float) -> None:
        """Start anew from `value`, at rest."""
        self.value = value
        self._rate = 0.0

    def update(self, wanted: float, dt_s: float) -> float:
        """Advance by one tick towards `wanted` and return the new value."""
        gap = wanted - self.value
        fastest = min(self._speed, math.sqrt(2 * self._acceleration * abs(gap)), abs(gap) / dt_s)
        change = math.copysign(fastest, gap) - self._rate
        most = self._acceleration * dt_s
        self._rate += min(max(change, -most), most)
        self.value += self._rate * dt_s
        return self.value
