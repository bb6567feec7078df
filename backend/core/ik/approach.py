"""How far to move towards a target within one tick, so that motion starts and stops smoothly."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.safety.limiter import stopping_speed


def approach(lag: Array, step: Array, speed: Array, acceleration: Array, period_s: float) -> Array:
    """Return the displacements of this tick for n vectors at once.

    Each is the target's own motion, so that a moving target is followed without delay, plus what can be
    caught up of the lag and still be stopped in time.

    Args:
        lag: (n, k) from where we are to the previous target [m or rad].
        step: (n, k) from the previous target to the new one.
        speed: (n,) largest speed [m/s or rad/s].
        acceleration: (n,) largest deceleration [m/s^2 or rad/s^2].
        period_s: Control period [s].
    """
    distance = np.sqrt(np.einsum("ij,ij->i", lag, lag))
    catch_up = stopping_speed(distance, acceleration, period_s) * period_s
    wanted = step + lag * (catch_up / np.maximum(distance, 1e-12))[:, None]
    length = np.sqrt(np.einsum("ij,ij->i", wanted, wanted))
    return wanted * np.minimum(1.0, speed * period_s / np.maximum(length, 1e-12))[:, None]
