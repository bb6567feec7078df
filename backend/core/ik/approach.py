"""How far to move towards a target within one tick, so that motion starts and stops smoothly."""

import numpy as np
import pinocchio as pin

from backend.core.contracts.record import Array
from backend.core.pose import limited
from backend.core.safety.limiter import stopping_speed


def approach(lag: Array, step: Array, speed: float, acceleration: float, period_s: float) -> Array:
    """Return the displacement of this tick.

    It is the target's own motion, so that a moving target is followed without delay, plus what can
    be caught up of the lag and still be stopped in time.

    Args:
        lag: (3,) from where we are to the previous target [m or rad].
        step: (3,) from the previous target to the new one.
        speed: Largest speed [m/s or rad/s].
        acceleration: Largest deceleration [m/s^2 or rad/s^2].
        period_s: Control period [s].
    """
    distance = float(np.linalg.norm(lag))
    if distance > 0:
        step = step + lag * (float(stopping_speed(distance, acceleration, period_s)) * period_s / distance)
    return limited(step, speed * period_s)


def waypoint(
    T_now: pin.SE3,
    T_previous: pin.SE3,
    T_target: pin.SE3,
    speed: tuple[float, float],
    acceleration: tuple[float, float],
    period_s: float,
) -> pin.SE3:
    """Return where a wrist should be after this tick on its way to `T_target`.

    Args:
        T_now: Pose of the wrist.
        T_previous: Target of the tick before.
        T_target: Target of this tick.
        speed: Largest linear [m/s] and angular [rad/s] speed.
        acceleration: Largest linear [m/s^2] and angular [rad/s^2] deceleration.
        period_s: Control period [s].
    """
    linear = approach(
        T_previous.translation - T_now.translation,
        T_target.translation - T_previous.translation,
        speed[0],
        acceleration[0],
        period_s,
    )
    angular = approach(
        pin.log3(T_previous.rotation @ T_now.rotation.T),
        pin.log3(T_target.rotation @ T_previous.rotation.T),
        speed[1],
        acceleration[1],
        period_s,
    )
    return pin.SE3(pin.exp3(angular) @ T_now.rotation, T_now.translation + linear)
