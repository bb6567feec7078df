"""Where and when to put the swing foot down."""

from dataclasses import dataclass

import daqp
import numpy as np

from backend.core.contracts.record import Array

NO_LIMIT = 1e30
EQUALITY = 5


@dataclass(frozen=True)
class Foothold:
    """A planned touchdown, relative to the stance sole in the landing heading."""

    displacement_m: Array
    """(2,)"""
    remaining_s: float
    offset_error_m: float
    """Distance of the DCM from its nominal offset at touchdown; large when the step cannot save balance."""


@dataclass(frozen=True)
class FootstepWeights:
    """Costs of leaving the nominal step [1/m2], its time [1] and the nominal DCM offset [1/m2]."""

    displacement: float = 1.0
    growth: float = 0.2
    offset: float = 300.0


def plan_foothold(
    dcm_m: Array,
    cop_m: Array,
    nominal_m: Array,
    nominal_offset_m: Array,
    omega: float,
    remaining_s: tuple[float, float, float],
    delay_s: float,
    bounds_m: tuple[Array, Array],
    weights: FootstepWeights,
) -> Foothold | None:
    """Choose displacement u, DCM offset b and remaining time together.

    With s = exp(omega t), t the time until the weight is on the new foot, the DCM then is
    p + (xi - p) s = u + b, linear in (u, b, s): a small quadratic program, after Khadiv et al., "Walking
    control based on step timing adaptation", IEEE T-RO 36(3), 2020.

    Args:
        dcm_m: (2,) measured DCM, from the stance sole in the landing heading.
        cop_m: (2,) zero-moment point that is held until touchdown.
        nominal_m: (2,) nominal displacement.
        nominal_offset_m: (2,) nominal DCM offset at the end of the step.
        omega: sqrt(g / height) [1/s].
        remaining_s: Least, nominal and largest time to touchdown.
        delay_s: Time from touchdown until the weight is on the new foot.
        bounds_m: Least and largest displacement, each (2,).
        weights: Costs.

    Returns:
        The foothold, or None when the program has no solution.
    """
    least, nominal, largest = np.exp(omega * (np.array(remaining_s) + delay_s))
    lever = dcm_m - cop_m
    growth_weight = weights.growth / nominal**2
    hessian = np.diag([weights.displacement] * 2 + [weights.offset] * 2 + [growth_weight])
    goal = np.concatenate((nominal_m, nominal_offset_m, [nominal]))
    rows = np.zeros((2, 5))
    rows[:, :2] = rows[:, 2:4] = np.eye(2)
    rows[:, 4] = -lever
    lower = np.concatenate((bounds_m[0], [-NO_LIMIT, -NO_LIMIT, least], cop_m))
    upper = np.concatenate((bounds_m[1], [NO_LIMIT, NO_LIMIT, largest], cop_m))
    sense = np.array([0, 0, 0, 0, 0, EQUALITY, EQUALITY], np.int32)
    solution, _, flag, _ = daqp.solve(hessian, -hessian @ goal, rows, upper, lower, sense)
    if flag < 1 or not np.all(np.isfinite(solution)):
        return None
    return Foothold(
        displacement_m=solution[:2],
        remaining_s=float(np.log(solution[4]) / omega - delay_s),
        offset_error_m=float(np.linalg.norm(solution[2:4] - nominal_offset_m)),
    )
