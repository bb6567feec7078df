"""The usual formulation of teleoperation IK, as a yardstick: casadi + ipopt on the same chain.

    minimise  50 |p - p*|^2 + |log(R R*^T)|^2 + |body - body*|^2 + 0.02 |arms|^2 + 0.1 |q - q_before|^2
    subject to the joint limits

Weights, iteration limit and tolerance are those in common use for this robot, and so is the way it is
written: kinematics as casadi functions inside an `Opti` problem. There are no velocity limits and no
collisions, so it solves an easier problem than ours. `expand=True` lets casadi compile the functions
away, which few do; it is the fairest opponent.
"""

import casadi as ca
import numpy as np
import pinocchio as pin

from backend.core.ik.model import BODY_JOINTS, BodyModel

AXES = {"PZ": (0, 0, 1), "RX": (1, 0, 0), "RY": (0, 1, 0), "RZ": (0, 0, 1)}


class CasadiIk:
    """Solves for the whole configuration at once, warm-started from the last one."""

    def __init__(
        self, body: BodyModel, frames: tuple[str, str], lower: np.ndarray, upper: np.ndarray, expand: bool
    ):
        n = len(BODY_JOINTS)
        shift, turn, self.positions = _errors(body.model, frames)
        opti = ca.Opti()
        self._q = opti.variable(body.model.nq)
        self._before, self._wanted = opti.parameter(body.model.nq), opti.parameter(n)
        self._targets = opti.parameter(3, 8)
        opti.subject_to(opti.bounded(lower, self._q, upper))
        opti.minimize(
            50 * ca.sumsqr(shift(self._q, self._targets))
            + ca.sumsqr(turn(self._q, self._targets))
            + ca.sumsqr(self._q[:n] - self._wanted)
            + 0.02 * ca.sumsqr(self._q[n:])
            + 0.1 * ca.sumsqr(self._q - self._before)
        )
        opti.solver(
            "ipopt",
            {"print_time": False, "calc_lam_p": False, "expand": expand},
            {"print_level": 0, "sb": "yes", "max_iter": 50, "tol": 1e-6},
        )
        self._opti = opti

    def solve(self, q: np.ndarray, targets: list[pin.SE3], body: np.ndarray) -> np.ndarray:
        """Return the (nq,) configuration for two wrist targets and the wanted body coordinates."""
        self._opti.set_initial(self._q, q)
        self._opti.set_value(self._before, q)
        self._opti.set_value(self._wanted, body)
        blocks = [np.hstack([T.rotation, T.translation[:, None]]) for T in targets]
        self._opti.set_value(self._targets, np.hstack(blocks))
        return np.array(self._opti.solve().value(self._q))


def _errors(model: pin.Model, frames: tuple[str, str]) -> tuple[ca.Function, ca.Function, ca.Function]:
    """Return position error, rotation error and positions of both wrists as functions."""
    q, targets = ca.SX.sym("q", model.nq), ca.SX.sym("targets", 3, 8)
    placements = _forward_kinematics(model, q)
    shifts, turns, positions = [], [], []
    for i, name in enumerate(frames):
        frame = model.frames[model.getFrameId(name)]
        R, p = placements[frame.parentJoint]
        positions.append(p + R @ ca.DM(frame.placement.translation))
        shifts.append(positions[-1] - targets[:, 4 * i + 3])
        turns.append(_log3(R @ ca.DM(frame.placement.rotation) @ targets[:, 4 * i : 4 * i + 3].T))
    return (
        ca.Function("shift", [q, targets], [ca.vertcat(*shifts)]),
        ca.Function("turn", [q, targets], [ca.vertcat(*turns)]),
        ca.Function("positions", [q], [ca.horzcat(*positions)]),
    )


def _log3(R: ca.SX) -> ca.SX:
    """Return the rotation vector of R; smooth at the identity."""
    axis = ca.vertcat(R[2, 1] - R[1, 2], R[0, 2] - R[2, 0], R[1, 0] - R[0, 1]) / 2
    sine = ca.sqrt(ca.sumsqr(axis) + 1e-12)
    return axis * ca.atan2(sine, (ca.trace(R) - 1) / 2) / sine


def _forward_kinematics(model: pin.Model, q: ca.SX) -> list[tuple[ca.SX, ca.SX]]:
    """Return rotation and position of every joint as expressions of q."""
    placements = [(ca.SX.eye(3), ca.SX.zeros(3))]
    for joint in range(1, model.njoints):
        R, p = placements[model.parents[joint]]
        fixed = model.jointPlacements[joint]
        R, p = R @ ca.DM(fixed.rotation), p + R @ ca.DM(fixed.translation)
        kind, value = model.joints[joint].shortname().removeprefix("JointModel"), q[model.idx_qs[joint]]
        axis = ca.DM(AXES[kind])
        if kind == "PZ":
            p = p + R @ axis * value
        else:
            K = ca.skew(axis)
            R = R @ (ca.SX.eye(3) + ca.sin(value) * K + (1 - ca.cos(value)) * (K @ K))
        placements.append((R, p))
    return placements
