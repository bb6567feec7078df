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
GLOVE_BUILD_UP_S = 0.5
"""In this time a glove that has just got the hand comes to full finger speed."""
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
        self.caught = False
        """The trigger has come to where the hand is and is followed."""

    def engage(self, value: float) -> None:
        """Ask for `value` until the trigger has come there."""
        self._wanted, self.caught = value, False

    def update(self, values: Sequence[float]) -> float:
        """Return what is asked for; of several devices the one pulled furthest counts."""
        if values:
            pulled = min(max(max(values), 0.0), 1.0)
            self.caught = self.caught or abs(pulled - self._wanted) <= CATCH
            if self.caught:
                self._wanted = pulled
        return self._wanted


class HandTarget:
    """The seven joints of one hand: after a glove where there is one, after triggers otherwise.

    A glove may close the hand at once, but opens it only after it has been as far closed as the hand is: a
    hand that holds something does not let go because a glove came back, or because the operator opened
    theirs while the robot was paused. When a glove is lost the hand stays as it is, until the glove comes
    back or a trigger has come to where the hand is.
    """

    def __init__(self, joints: tuple[str, ...]) -> None:
        self._joints = joints
        self._grip, self._pinch = Trigger(), Trigger()
        self._closure = Ramp(np.zeros(2), CLOSING_1_S, CLOSING_1_S2)
        self._now_rad = np.zeros(len(joints))
        self._gloved = False
        self._caught_s: float | None = None
        self.waits = False
        """A glove is there, but must first close as far as the hand is closed."""

    def engage(self, hand_rad: Array) -> None:
        """Start from the (7,) pose that was sent last."""
        closure = self._closure.value
        if np.abs(hand_pose(self._joints, *closure) - hand_rad).max() > KNOWN_RAD:
            # Somebody else closed it: an earlier process, or a glove. Read it as a grip.
            closure = np.array([self._closed(hand_rad), 0.0])
        self._engage_triggers(closure)
        self._now_rad = hand_rad
        self._gloved, self._caught_s, self.waits = False, None, False

    def update(self, inputs: Sequence[ArmInput], dt_s: float) -> Array:
        """Return the (7,) joint targets [rad] of this tick; a glove goes before triggers."""
        gloves = [arm.fingers_rad for arm in inputs if arm.fingers_rad is not None]
        if gloves:
            return self._follow(gloves[-1], dt_s)
        self._caught_s, self.waits = None, False
        grip = self._grip.update([arm.grip for arm in inputs if arm.grip is not None])
        pinch = self._pinch.update([arm.pinch for arm in inputs if arm.pinch is not None])
        if self._gloved and not self._grip.caught:
            return self._now_rad
        self._gloved = False
        closure = self._closure.update(np.array([grip, pinch]), dt_s)
        return self._towards(hand_pose(self._joints, *closure), FINGER_SPEED_RAD_S * dt_s)

    def _follow(self, glove_rad: Array, dt_s: float) -> Array:
        """Move after a glove, once it has the hand."""
        if self._caught_s is None and self._closed(glove_rad) >= self._closed(self._now_rad) - CATCH:
            self._caught_s = 0.0
        self.waits = self._caught_s is None
        if self._caught_s is not None:
            self._caught_s = min(self._caught_s + dt_s, GLOVE_BUILD_UP_S)
            self._gloved = True
            self._towards(glove_rad, FINGER_SPEED_RAD_S * dt_s * self._caught_s / GLOVE_BUILD_UP_S)
        # Should the glove be lost, triggers take over from where it left the hand.
        self._engage_triggers(np.array([self._closed(self._now_rad), 0.0]))
        return self._now_rad

    def _engage_triggers(self, closure: Array) -> None:
        self._closure.reset(closure)
        self._grip.engage(float(closure[0]))
        self._pinch.engage(float(closure[1]))

    def _towards(self, wanted_rad: Array, most_rad: float) -> Array:
        self._now_rad = self._now_rad + np.clip(wanted_rad - self._now_rad, -most_rad, most_rad)
        return self._now_rad

    def _closed(self, hand_rad: Array) -> float:
        """Return how far a pose is closed, 0 open to 1 a fist."""
        return closure_of(self._joints, hand_rad)
