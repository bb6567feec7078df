"""Values that follow others with limited speed and acceleration."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.safety.limiter import stopping_speed


class Ramp:
    """Vector follower; every entry starts and stops softly and never overshoots."""

    def __init__(self, value: Array, speed: Array | float, acceleration: Array | float) -> None:
        self._speed = np.broadcast_to(speed, value.shape)
        self._acceleration = np.broadcast_to(acceleration, value.shape)
        self.reset(value)

    def reset(self, value: Array) -> None:
        """Start anew from `value`, at rest."""
        self.value = value
        self._rate = np.zeros(value.shape)

    def update(self, wanted: Array, dt_s: float) -> Array:
        """Advance by one tick towards `wanted` and return the new value."""
        gap = wanted - self.value
        fastest = np.minimum(self._speed, stopping_speed(np.abs(gap), self._acceleration, dt_s))
        most = self._acceleration * dt_s
        change = np.copysign(fastest, gap) - self._rate
        self._rate = self._rate + np.minimum(np.maximum(change, -most), most)
        self.value = self.value + self._rate * dt_s
        return self.value
