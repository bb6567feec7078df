"""Whether the wrists can follow their targets, and if not why, in words."""

import numpy as np
import pinocchio as pin

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.tick import IkReport

Transforms = tuple[pin.SE3, pin.SE3]

TOLERANCE_M = 0.02
TOLERANCE_RAD = 0.15
"""Errors an operator would not notice."""
STALLED_S = 0.1
"""Arms that make no headway for this long are called stuck; shorter is just acceleration."""
AT_LIMIT_RAD = 0.02


class Reach:
    """Judges every tick; remembers only for how long each arm has been stuck."""

    def __init__(self, spec: RobotSpec, lower: Array, upper: Array, period_s: float) -> None:
        half = len(spec.arm_joints) // 2
        first = len(lower) - len(spec.arm_joints)
        self._joints = (spec.arm_joints[:half], spec.arm_joints[half:])
        self._slices = (slice(first, first + half), slice(first + half, first + 2 * half))
        self._lower, self._upper = lower, upper
        self._ticks_allowed = STALLED_S / period_s
        self._stalled = [0, 0]

    def report(
        self,
        targets: Transforms,
        aims: Transforms,
        now: Transforms,
        reached: Transforms,
        q: Array,
        touching: list[tuple[str, str]],
        solved: bool,
    ) -> IkReport:
        """Compare what was reached with what was wanted.

        Args:
            targets: T_footprint of both wrists as the driver wants them.
            aims: Where they should have been after this tick.
            now: Where they were before it.
            reached: Where they are after it.
            q: (nv,) configuration after it.
            touching: Pairs of capsules that are as near as they may be.
            solved: Whether the QP had a solution.
        """
        shift, turn = np.zeros(2), np.zeros(2)
        notes = []
        for i, side in enumerate(("left", "right")):
            error = reached[i].actInv(targets[i])
            shift[i] = np.linalg.norm(error.translation)
            turn[i] = np.linalg.norm(pin.log3(error.rotation))
            off = shift[i] > TOLERANCE_M or turn[i] > TOLERANCE_RAD
            stuck = off and _headway(now[i], aims[i], reached[i]) < 0.5
            self._stalled[i] = self._stalled[i] + 1 if stuck else 0
            if self._stalled[i] > self._ticks_allowed:
                why = self._why(i, side, q, touching)
                notes.append(
                    f"{side} wrist is {shift[i] * 100:.0f} cm and {np.rad2deg(turn[i]):.0f}° off: {why}"
                )
        if not solved:
            notes.append("the solver found no motion inside the limits; the arms come to rest")
        text = "; ".join(notes)
        return IkReport(
            position_error_m=shift,
            rotation_error_rad=turn,
            reachable=(self._stalled[0] <= self._ticks_allowed, self._stalled[1] <= self._ticks_allowed),
            note=text[:1].upper() + text[1:],
            solved=solved,
        )

    def _why(self, i: int, side: str, q: Array, touching: list[tuple[str, str]]) -> str:
        for a, b in touching:
            if side in a or side in b:
                return f"{a} and {b} would touch"
        part = self._slices[i]
        at_limit = (q[part] - self._lower[part] < AT_LIMIT_RAD) | (self._upper[part] - q[part] < AT_LIMIT_RAD)
        names = [
            name.removeprefix(f"{side}_").removesuffix("_joint").replace("_", " ")
            for name, limited in zip(self._joints[i], at_limit, strict=True)
            if limited
        ]
        return f"{' and '.join(names)} at the limit" if names else "out of reach"


def _headway(T_now: pin.SE3, T_aim: pin.SE3, T_reached: pin.SE3) -> float:
    """Return how much of this tick's wanted motion was done, 0 to 1."""
    wanted = np.hstack([T_aim.translation - T_now.translation, pin.log3(T_aim.rotation @ T_now.rotation.T)])
    done = np.hstack(
        [T_reached.translation - T_now.translation, pin.log3(T_reached.rotation @ T_now.rotation.T)]
    )
    return float(done @ wanted / max(wanted @ wanted, 1e-12))
