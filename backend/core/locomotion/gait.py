"""Numbers of the gait and its periodic solution for the divergent component of motion (DCM).

With the centre of mass c at constant height, omega = sqrt(g / z), the DCM xi = c + dc/omega obeys
dxi/dt = omega (xi - p): it runs away from the zero-moment point p, and the robot keeps its balance by
placing p, hence its feet, so that xi stays close. See Englsberger et al., "Three-dimensional bipedal
walking control based on divergent component of motion", IEEE T-RO 31(2), 2015.
"""

from dataclasses import dataclass

import numpy as np

from backend.core.contracts.record import Array


@dataclass(frozen=True)
class GaitParameters:
    """Timing, reach and gains of the walk. Widths are between sole centres, across the heading."""

    swing_s: float = 0.38
    swing_range_s: tuple[float, float] = (0.28, 0.52)
    transfer_s: float = 0.05
    """Double support between two swings."""
    width_m: float = 0.20
    narrow_m: float = 0.16
    """Width of the trailing step when walking sideways."""
    width_range_m: tuple[float, float] = (0.13, 0.48)
    length_range_m: tuple[float, float] = (-0.32, 0.42)
    turn_range_rad: tuple[float, float] = (-0.22, 0.40)
    """Change of a foot's yaw over its support, inwards and outwards."""
    lift_m: float = 0.07
    sole_half_m: tuple[float, float] = (0.065, 0.025)
    """Where the zero-moment point may go about the sole's centre: along and across the foot."""
    dcm_gain: float = 1.6
    """Zero-moment point [m] added for each metre of DCM error, over the one that holds it."""


def step_displacement(side: int, velocity_m_s: Array, period_s: float, gait: GaitParameters) -> Array:
    """Return the displacement of the swing foot's sole from the stance sole in the heading frame.

    Sideways, the leading foot takes all of a stride and the trailing foot closes up to no less than
    `narrow_m`, so that the legs never need to cross.

    Args:
        side: +1 when the left foot swings, -1 for the right.
        velocity_m_s: (2,) vx, vy.
        period_s: Time from one touchdown to the next.
        gait: Parameters.

    Returns:
        (2,) forward and leftward displacement [m].
    """
    drift = abs(velocity_m_s[1]) * period_s
    trailing = max(gait.width_m - drift, min(gait.narrow_m, gait.width_m))
    leads = side * velocity_m_s[1] > 0
    width = trailing + 2 * drift if leads else trailing
    return np.array([velocity_m_s[0] * period_s, side * min(width, gait.width_range_m[1])])


def dcm_offset(this: Array, following: Array, growth: float) -> Array:
    """Return where the DCM must be, relative to the new foothold, when this step ends.

    In a gait of period two, steps of displacement d1 and d2 and growth e = exp(omega T) of the DCM over
    a step, the offset z of the DCM from its foothold satisfies z2 = z1 e - d1 and z1 = z2 e - d2, hence
    z2 = (d2 e + d1) / (e^2 - 1).

    Args:
        this: (2,) displacement of the step that ends [m].
        following: (2,) displacement of the next step [m].
        growth: exp(omega T), over 1.
    """
    return (following * growth + this) / (growth * growth - 1.0)
