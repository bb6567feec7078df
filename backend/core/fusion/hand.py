"""The target of one hand."""

from collections.abc import Sequence

import numpy as np

from backend.core.contracts.frame import ArmInput
from backend.core.contracts.record import Array
from backend.core.fusion.ramp import Ramp
from backend.core.hands.dex3 import closure_of, hand_pose

CLOSING_1_S = 3.0
CLOSING_1_S2 = 30.0
"""Fastest closing [1/s] and its build-up [1/s^2]: a fist in about half a second."""
FINGER_SPEED_RAD_S = 5.0
KNOWN_RAD = 0.12
"""A hand further from its synergy than this was closed by somebody else; less than `CATCH` of a fist."""
CATCH = 0.1
"""A trigger takes over a hand when it is this near to how far the hand is closed."""


class Trigger:
    """What one trigger asks for, 0 to 1, with soft takeover.

    After engaging, it is ignored until it has come to where the hand is. So a hand that holds something
    does not let go because the operator let go of the trigger while the robot was paused.
    """

    def __init__(self) -> None:
        self._wanted = 0.0
        self._caught = False

    def engage(self, value: float) -> None:
        """Ask for `value` until the trigger has come there."""
        self._wanted, self._caught = value, False

    def update(self, values: Sequence[float]) -> float:
        """Return what is asked for; of several devices the one pulled furthest counts."""
        if values:
            pulled = min(max(max(values), 0.0), 1.0)
            self._caught = self._caught or abs(pulled - self._wanted) <= CATCH
            if self._caught:
                self._wanted = pulled
        return self._wanted


class HandTarget:
    """The seven joints of one hand."""

    def __init__(self, joints: tuple[str, ...]) -> None:
        self._joints = joints
        self._grip, self._pinch = Trigger(), Trigger()
        self._closure = Ramp(np.zeros(2), CLOSING_1_S, CLOSING_1_S2)
        self._now_rad = np.zeros(len(joints))

    def engage(self, hand_rad: Array) -> None:
        """Start from the (7,) pose that was sent last."""
        closure = self._closure.value
        if np.abs(hand_pose(self._joints, *closure) - hand_rad).max() > KNOWN_RAD:
            # Somebody else closed it: an earlier process, or a glove. Read it as a grip.
            closure = np.array([closure_of(self._joints, hand_rad), 0.0])
        self._closure.reset(closure)
        self._grip.engage(float(closure[0]))
        self._pinch.engage(float(closure[1]))
        self._now_rad = hand_rad

    def update(self, inputs: Sequence[ArmInput], dt_s: float) -> Array:
        """Return the (7,) joint targets [rad] of this tick; a glove goes before triggers."""
        gloves = [arm.fingers_rad for arm in inputs if arm.fingers_rad is not None]
        grip = self._grip.update([arm.grip for arm in inputs if arm.grip is not None])
        pinch = self._pinch.update([arm.pinch for arm in inputs if arm.pinch is not None])
        closure = self._closure.update(np.array([grip, pinch]), dt_s)
        wanted = gloves[-1] if gloves else hand_pose(self._joints, *closure)
        most = FINGER_SPEED_RAD_S * dt_s
        self._now_rad = self._now_rad + np.minimum(np.maximum(wanted - self._now_rad, -most), most)
        return self._now_rad
