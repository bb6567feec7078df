"""The target of one hand."""

from collections.abc import Sequence

import numpy as np

from backend.core.contracts.frame import ArmInput
from backend.core.contracts.record import Array
from backend.core.fusion.ramp import Ramp
from backend.core.hands.dex3 import hand_pose

CLOSING_1_S = 3.0
CLOSING_1_S2 = 30.0
"""Fastest closing [1/s] and its build-up [1/s^2]: a fist in about half a second."""
FINGER_SPEED_RAD_S = 5.0
KNOWN_RAD = 0.3
"""A hand further from its synergy than this was closed by somebody else."""
CATCH = 0.1
"""A trigger takes over a hand when it is this near to how far the hand is closed."""


class Closure:
    """Grip or pinch, 0 to 1, with soft takeover.

    After engaging, the trigger is ignored until it has come to where the hand is. So a hand that holds
    something does not let go because the operator let go of the trigger while the robot was paused.
    """

    def __init__(self) -> None:
        self._ramp = Ramp(0.0, CLOSING_1_S, CLOSING_1_S2)
        self._wanted = 0.0
        self._caught = False

    @property
    def value(self) -> float:
        """How far it is closed."""
        return self._ramp.value

    def engage(self, value: float) -> None:
        """Start from `value` and wait for the trigger to come there."""
        self._ramp.reset(value)
        self._wanted = value
        self._caught = False

    def update(self, values: Sequence[float], dt_s: float) -> float:
        """Advance by one tick; of several triggers the one pulled furthest counts."""
        if values:
            asked = min(max(max(values), 0.0), 1.0)
            self._caught = self._caught or abs(asked - self._wanted) <= CATCH
            if self._caught:
                self._wanted = asked
        return self._ramp.update(self._wanted, dt_s)


class HandTarget:
    """The seven joints of one hand."""

    def __init__(self, joints: tuple[str, ...]) -> None:
        self._joints = joints
        self._grip, self._pinch = Closure(), Closure()
        self._fist = hand_pose(joints, grip=1.0, pinch=0.0)
        self._now_rad = np.zeros(len(joints))

    def engage(self, hand_rad: Array) -> None:
        """Start from the (7,) pose that was sent last."""
        grip, pinch = self._grip.value, self._pinch.value
        if np.abs(hand_pose(self._joints, grip, pinch) - hand_rad).max() > KNOWN_RAD:
            # Somebody else closed it: an earlier process, or a glove. Read it as a grip.
            grip, pinch = float(np.clip(hand_rad @ self._fist / (self._fist @ self._fist), 0, 1)), 0.0
        self._grip.engage(grip)
        self._pinch.engage(pinch)
        self._now_rad = hand_rad

    def update(self, inputs: Sequence[ArmInput], dt_s: float) -> Array:
        """Return the (7,) joint targets [rad] of this tick; a glove goes before triggers."""
        gloves = [arm.fingers_rad for arm in inputs if arm.fingers_rad is not None]
        grip = self._grip.update([arm.grip for arm in inputs if arm.grip is not None], dt_s)
        pinch = self._pinch.update([arm.pinch for arm in inputs if arm.pinch is not None], dt_s)
        wanted = gloves[-1] if gloves else hand_pose(self._joints, grip, pinch)
        most = FINGER_SPEED_RAD_S * dt_s
        self._now_rad = self._now_rad + np.clip(wanted - self._now_rad, -most, most)
        return self._now_rad
