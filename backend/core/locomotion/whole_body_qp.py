"""One quadratic program that turns wished accelerations into joint torques.

Unknowns are the generalised accelerations a (nv,) and the contact forces f (3 per contact point):

    min   sum_i w_i |J_i a + dJ_i v - b_i|^2 + small |a|^2 + small |f|^2
    s.t.  base rows of  M a + h = S tau + sum J_c^T f
          f inside linearised friction cones, normal force positive
          |tau| <= effort limits
          joints slow down before their stops: dd_q >= -k_d dq - k_p (q - lower), likewise above

and tau follows from the remaining rows. This is inverse dynamics with soft tasks as in Herzog et al.,
"Momentum control with hierarchical inverse dynamics on a torque-controlled humanoid" (2016) and
Del Prete et al., "Prioritized motion-force control of constrained fully-actuated robots" (2015).
"""

from dataclasses import dataclass

import daqp
import numpy as np

from backend.core.contracts.record import Array
from backend.core.locomotion.body_model import BodyModel

FRICTION = 0.6
MIN_NORMAL_N = 1.0
ACCELERATION_COST = 1e-4
FORCE_COST = 2e-5
NO_LIMIT = 1e30
STOP_KP = 400.0
STOP_KD = 40.0
"""Gains [1/s2, 1/s] of the approach to a joint's stop: critically damped."""
STOP_MARGIN_RAD = 0.015
EQUALITY = 5
"""daqp's flag of an equality row."""


@dataclass(frozen=True)
class Task:
    """Wish that `jacobian @ a + bias` be `acceleration`, row by row with `weight`."""

    jacobian: Array
    bias: Array
    acceleration: Array
    weight: Array


class WholeBodyQp:
    """Builds and solves the program; holds nothing between ticks but constant matrices."""

    def __init__(self, model: BodyModel, effort_limit_nm: Array) -> None:
        self._model = model
        self._effort_nm = effort_limit_nm
        # fz >= minimum, |fx| <= mu fz, |fy| <= mu fz
        cone = np.array([[0, 0, 1], [1, 0, FRICTION], [-1, 0, FRICTION], [0, 1, FRICTION], [0, -1, FRICTION]])
        per_foot = len(model.sole_points_m)
        self._cones = {feet: np.kron(np.eye(feet * per_foot), cone) for feet in (1, 2)}
        self._cone_lower = {
            feet: np.tile([MIN_NORMAL_N, 0.0, 0.0, 0.0, 0.0], feet * per_foot) for feet in (1, 2)
        }
        self._points = model.sole_points_m

    def solve(
        self, tasks: list[Task], contacts: tuple[str, ...], posture_rad_s2: Array, posture_weight: Array
    ) -> Array | None:
        """Return the joint torques [Nm] in the order of `BodyModel.joints`, or None without a solution.

        Args:
            tasks: Wished accelerations of frames and of the centre of mass.
            contacts: Feet on the ground.
            posture_rad_s2: (nv - 6,) wished joint accelerations.
            posture_weight: (nv - 6,) their weights.
        """
        model, nv = self._model, self._model.nv
        contact_jacobian = self._contact_jacobian(contacts)
        nf = len(contact_jacobian)
        n = nv + nf
        jacobian = np.vstack([task.jacobian for task in tasks])
        wish = np.concatenate([task.acceleration - task.bias for task in tasks])
        weighted = jacobian.T * np.concatenate([task.weight for task in tasks])
        hessian = np.zeros((n, n))
        hessian[:nv, :nv] = weighted @ jacobian
        gradient = np.zeros(n)
        gradient[:nv] = -weighted @ wish
        gradient[6:nv] -= posture_weight * posture_rad_s2
        diagonal = np.einsum("ii->i", hessian)
        diagonal[:nv] += ACCELERATION_COST
        diagonal[6:nv] += posture_weight
        diagonal[nv:] += FORCE_COST

        cones, cone_lower = self._cones[len(contacts)], self._cone_lower[len(contacts)]
        rows = np.zeros((nv + len(cones), n))
        dynamics = rows[:nv]
        dynamics[:, :nv] = model.mass_matrix
        dynamics[:, nv:] = -contact_jacobian.T
        rows[nv:, nv:] = cones
        lower = np.concatenate((-model.nonlinear, cone_lower))
        upper = np.concatenate((-model.nonlinear, np.full(len(cones), NO_LIMIT)))
        lower[6:nv] -= self._effort_nm
        upper[6:nv] += self._effort_nm
        sense = np.zeros(len(rows), np.int32)
        sense[:6] = EQUALITY
        near, far = self._stops()
        # daqp takes the first entries of the bounds as simple bounds on the first unknowns.
        bounded = (
            np.concatenate((far, upper)),
            np.concatenate((near, lower)),
            np.concatenate((np.zeros(nv, np.int32), sense)),
        )
        solution = _solved(hessian, gradient, rows, *bounded)
        if solution is None:
            # A joint thrown into its stop can ask for more than the motors have; the stop itself helps then.
            solution = _solved(hessian, gradient, rows, upper, lower, sense)
        if solution is None:
            return None
        return dynamics[6:] @ solution + model.nonlinear[6:]

    def _stops(self) -> tuple[Array, Array]:
        """Return the least and largest generalised accelerations that keep joints off their stops."""
        model = self._model
        free = np.full(6, NO_LIMIT)
        damping = STOP_KD * model.dq_rad_s
        least = -damping - STOP_KP * (model.q_rad - model.lower_rad - STOP_MARGIN_RAD)
        largest = -damping - STOP_KP * (model.q_rad - model.upper_rad + STOP_MARGIN_RAD)
        return np.concatenate((-free, least)), np.concatenate((free, largest))

    def _contact_jacobian(self, contacts: tuple[str, ...]) -> Array:
        """Return the (3 per sole point, nv) Jacobian of the contact points: J_linear - [r]x J_angular."""
        blocks = []
        for side in contacts:
            foot = self._model.frames[side]
            x, y, z = foot.rotation @ self._points.T
            lever = np.zeros((len(x), 3, 3))
            lever[:, 0, 1], lever[:, 0, 2] = z, -y
            lever[:, 1, 0], lever[:, 1, 2] = -z, x
            lever[:, 2, 0], lever[:, 2, 1] = y, -x
            blocks.append((foot.jacobian[:3] + lever @ foot.jacobian[3:]).reshape(-1, self._model.nv))
        return np.concatenate(blocks)


def _solved(
    hessian: Array, gradient: Array, rows: Array, upper: Array, lower: Array, sense: Array
) -> Array | None:
    """Return the optimum, or None when there is none."""
    solution, _, flag, _ = daqp.solve(hessian, gradient, rows, upper, lower, sense)
    return solution if flag >= 1 and np.all(np.isfinite(solution)) else None
