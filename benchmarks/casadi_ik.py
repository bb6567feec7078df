"""The usual formulation of teleoperation IK, as a yardstick: casadi + ipopt on the same chain.

    minimise  50 |p - p*|^2 + |log(R R*^T)|^2 + |body - body*|^2 + 0.02 |arms|^2 + 0.1 |q - q_before|^2
    subject to the joint limits

Weights, iteration limit and tolerance are those in common use for this robot, and so is the way it is
written: kinematics as casadi functions inside an `Opti` problem. As commonly used it knows neither
velocity limits nor collisions. `constrained=True` adds both, so that it solves the problem ours solves.
"""

import casadi as ca
import numpy as np
import pinocchio as pin

from backend.core.ik.model import BODY_JOINTS, BodyModel
from backend.core.ik.self_collision import KEEP_M, SelfCollision
from backend.core.ik.solver import WholeBodyIk
from backend.core.safety.limits import Limits

AXES = {"PZ": (0, 0, 1), "RX": (1, 0, 0), "RY": (0, 1, 0), "RZ": (0, 0, 1)}


class CasadiIk:
    """Solves for the whole configuration at once, warm-started from the last one."""

    def __init__(self, ik: WholeBodyIk, limits: Limits, constrained: bool):
        model, place, n = ik.body.model, ik.body.to_action, len(BODY_JOINTS)
        shift, turn, self.positions = _errors(model, tuple(task.frame for task in ik.wrist_tasks))
        opti = ca.Opti()
        self._q = opti.variable(model.nq)
        self._before, self._wanted = opti.parameter(model.nq), opti.parameter(n)
        self._targets = opti.parameter(3, 8)
        opti.subject_to(opti.bounded(limits.lower[place], self._q, limits.upper[place]))
        if constrained:
            most = limits.velocity[place] * limits.period_s
            opti.subject_to(opti.bounded(-most, self._q - self._before, most))
            opti.subject_to(_gaps(ik.body, ik.self_collision, ik.neutral[0])(self._q) >= KEEP_M)
        opti.minimize(
            50 * ca.sumsqr(shift(self._q, self._targets))
            + ca.sumsqr(turn(self._q, self._targets))
            + ca.sumsqr(self._q[:n] - self._wanted)
            + 0.02 * ca.sumsqr(self._q[n:])
            + 0.1 * ca.sumsqr(self._q - self._before)
        )
        opti.solver(
            "ipopt",
            {"print_time": False, "calc_lam_p": False},
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
        try:
            return np.array(self._opti.solve().value(self._q))
        except RuntimeError:
            # Out of iterations: what it has is used, as teleoperation stacks do.
            return np.array(self._opti.debug.value(self._q))


def _gaps(body: BodyModel, collision: SelfCollision, height_m: float) -> ca.Function:
    """Return the gaps of all pairs of capsules as a function of q, with the legs at one height."""
    q = ca.SX.sym("q", body.model.nq)
    placements = _forward_kinematics(body.model, q)
    ends = [
        [placements[joint][0] @ ca.DM(point) + placements[joint][1] for point in points]
        for joint, points in zip(collision.joint, collision.ends(height_m), strict=True)
    ]
    gaps = []
    for a, b, radii in zip(collision.first, collision.second, collision.radii, strict=True):
        along_a, along_b, gap = ends[a][1] - ends[a][0], ends[b][1] - ends[b][0], ends[a][0] - ends[b][0]
        aa, bb, ab = ca.sumsqr(along_a), ca.sumsqr(along_b), ca.dot(along_a, along_b)
        ag, bg = ca.dot(along_a, gap), ca.dot(along_b, gap)
        s = _unit((ab * bg - ag * bb) / (aa * bb - ab * ab + 1e-9))
        t = _unit((ab * s + bg) / bb)
        s = _unit((ab * t - ag) / aa)
        gaps.append(ca.sqrt(ca.sumsqr(gap + s * along_a - t * along_b) + 1e-12) - radii)
    return ca.Function("gaps", [q], [ca.vertcat(*gaps)])


def _unit(x: ca.SX) -> ca.SX:
    return ca.fmin(ca.fmax(x, 0), 1)


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
