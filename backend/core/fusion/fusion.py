"""Frames of one driver in, one Intent out."""

from collections.abc import Sequence

import numpy as np
import pinocchio as pin

from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.intent import Intent
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.fusion.arm import ArmTarget
from backend.core.fusion.base import BaseTarget
from backend.core.fusion.hand import HandTarget
from backend.core.pose import pose
from backend.core.safety.limits import Limits

Wrists = tuple[pin.SE3, pin.SE3]


class Fusion:
    """Holds the targets of one driver; they start from the action sent last, so nothing jumps."""

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self._layout = spec.layout
        self._dt_s = limits.period_s
        half = len(spec.hand_joints) // 2
        self._hands = (HandTarget(spec.hand_joints[:half]), HandTarget(spec.hand_joints[half:]))
        self._base = BaseTarget(limits, self._layout.torso, self._layout.height)
        self._arms: tuple[ArmTarget, ArmTarget] | None = None

    def release(self) -> None:
        """Nobody drives; the next update engages anew."""
        self._arms = None

    def update(
        self,
        driver: str,
        frames: Sequence[DeviceFrame],
        action: Array,
        wrists: Wrists,
        scale: float,
        home: Wrists | None,
    ) -> tuple[Intent, list[str]]:
        """Advance all targets by one tick.

        Args:
            driver: Who drives.
            frames: Newest trusted frame of each of the driver's devices.
            action: (36,) action sent last.
            wrists: T_footprint_left and T_footprint_right of that action.
            scale: Fraction of full speed, 0 to 1.
            home: Wrist poses to go to on the driver's request; None when not asked.

        Returns:
            The intent, and why poses and gloves were refused.
        """
        if self._arms is None:
            self._arms = (ArmTarget("left", wrists[0]), ArmTarget("right", wrists[1]))
            self._engage(action)
        samples: tuple[list[tuple[DeviceFrame, ArmInput]], list[tuple[DeviceFrame, ArmInput]]] = ([], [])
        for frame in frames:
            for side, arm in zip(samples, (frame.left, frame.right), strict=True):
                if arm is not None:
                    side.append((frame, arm))
        refused = []
        for i, arm in enumerate(self._arms):
            if home is not None:
                arm.home(home[i], self._dt_s, scale)
            elif why := arm.update(samples[i], wrists[i], self._dt_s, scale):
                refused.append(why)
        hands = [
            hand.update([arm for _, arm in side], self._dt_s)
            for hand, side in zip(self._hands, samples, strict=True)
        ]
        refused += [
            f"glove: close your {side} hand as far as the robot's to take it over"
            for side, hand in zip(("left", "right"), self._hands, strict=True)
            if hand.waits
        ]
        self._base.update(frames, self._dt_s, scale)
        return self._intent(driver, frames, hands), refused

    def _engage(self, action: Array) -> None:
        layout = self._layout
        half = (layout.hands.stop - layout.hands.start) // 2
        self._hands[0].engage(action[:half])
        self._hands[1].engage(action[half : layout.hands.stop])
        self._base.engage(action[layout.torso], float(action[layout.height][0]), action[layout.velocity])

    def _intent(self, driver: str, frames: Sequence[DeviceFrame], hands: list[Array]) -> Intent:
        left, right = self._arms
        return Intent(
            driver=driver,
            t_ns=max((frame.t_ns for frame in frames), default=0),
            deadman=any(frame.deadman for frame in frames),
            T_footprint_left=pose(left.T),
            T_footprint_right=pose(right.T),
            hands_rad=np.concatenate(hands),
            torso_rpy_rad=self._base.torso_rpy_rad,
            base_height_m=self._base.height_m,
            base_velocity=self._base.velocity,
        )
