"""The target of one wrist."""

from collections.abc import Sequence

import numpy as np
import pinocchio as pin

from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.pose import limited, transform

LINEAR_SPEED_M_S = 0.5
ANGULAR_SPEED_RAD_S = 2.0
LEASH_M = 0.12
LEASH_RAD = 0.6
"""How far the target may be ahead of the wrist, so that it turns round at once when the operator does."""
JUMP_M = 0.25
JUMP_RAD = 1.0
"""No hand moves further between two samples; a tracker that lost itself does."""
HOME_SPEED_M_S = 0.25
HOME_SPEED_RAD_S = 1.0

Sample = tuple[DeviceFrame, ArmInput]


class ArmTarget:
    """T_footprint_wrist as the driver wants it.

    Twists move the target. Poses move it only while clutched, and relative to where target and device
    were when the clutch closed: T_target = (p_a + p - p_0, R R_0^-1 R_a). So pressing the clutch never
    moves the arm, and a device may sit anywhere.
    """

    def __init__(self, name: str, T_start: pin.SE3) -> None:
        self._name = name
        self.T = T_start
        """The target, on its leash."""
        self._T_wanted = T_start
        self._anchor: tuple[str, pin.SE3, pin.SE3] | None = None
        self._last: pin.SE3 | None = None
        self._jumped: tuple[str, str] | None = None

    def update(self, samples: Sequence[Sample], T_reached: pin.SE3, dt_s: float, scale: float) -> str:
        """Advance the target by one tick.

        Args:
            samples: Newest frames of the driver's devices with their part for this arm.
            T_reached: Where the wrist was sent in the tick before.
            dt_s: Control period [s].
            scale: Fraction of full speed for rates, 0 to 1.

        Returns:
            Why a pose is refused until its clutch is pressed again, or an empty string.
        """
        refused = self._follow_pose(samples)
        twist = sum((arm.twist for _, arm in samples if arm.twist is not None), np.zeros(6))
        if twist.any():
            self._integrate(twist, dt_s * scale)
        self.T = _leashed(self._T_wanted, T_reached)
        if twist.any() or self._anchor is None:
            # A rate must not wind up beyond the leash; a clutched pose comes back by itself.
            self._T_wanted = self.T
            if self._anchor is not None:
                self._anchor = (self._anchor[0], self._last, self.T)
        return refused

    def home(self, T_neutral: pin.SE3, dt_s: float, scale: float) -> None:
        """Move the target one tick towards the neutral pose."""
        shift = limited(T_neutral.translation - self.T.translation, HOME_SPEED_M_S * scale * dt_s)
        turn = limited(pin.log3(T_neutral.rotation @ self.T.rotation.T), HOME_SPEED_RAD_S * scale * dt_s)
        self.T = pin.SE3(pin.exp3(turn) @ self.T.rotation, self.T.translation + shift)
        self._T_wanted = self.T
        self._anchor = None

    def _follow_pose(self, samples: Sequence[Sample]) -> str:
        clutched = [sample for sample in samples if sample[1].clutch and sample[1].pose is not None]
        if self._jumped is not None:
            if self._jumped[0] in {frame.source for frame, _ in clutched}:
                return self._jumped[1]
            self._jumped = None
        if not clutched:
            self._anchor = self._last = None
            return ""
        frame, arm = max(clutched, key=lambda sample: sample[0].t_ns)
        T_source = transform(arm.pose)
        if self._anchor is None or self._anchor[0] != frame.source:
            self._anchor = (frame.source, T_source, self._T_wanted)
        elif jump := _jump(self._last, T_source):
            why = f"{frame.source}: the {self._name} hand jumped by {jump}; press its clutch again"
            self._jumped, self._anchor, self._last = (frame.source, why), None, None
            return why
        self._last = T_source
        _, T_source_0, T_target_0 = self._anchor
        self._T_wanted = pin.SE3(
            T_source.rotation @ T_source_0.rotation.T @ T_target_0.rotation,
            T_target_0.translation + T_source.translation - T_source_0.translation,
        )
        return ""

    def _integrate(self, twist: np.ndarray, dt_s: float) -> None:
        shift = limited(twist[:3], LINEAR_SPEED_M_S) * dt_s
        turn = limited(twist[3:], ANGULAR_SPEED_RAD_S) * dt_s
        T = self._T_wanted
        self._T_wanted = pin.SE3(pin.exp3(turn) @ T.rotation, T.translation + shift)


def _jump(T_before: pin.SE3, T_now: pin.SE3) -> str:
    """Return how far a pose jumped, in words, or an empty string."""
    shift = float(np.linalg.norm(T_now.translation - T_before.translation))
    turn = float(np.linalg.norm(pin.log3(T_now.rotation @ T_before.rotation.T)))
    if shift > JUMP_M:
        return f"{shift:.2f} m"
    return f"{np.rad2deg(turn):.0f} degrees" if turn > JUMP_RAD else ""


def _leashed(T_wanted: pin.SE3, T_reached: pin.SE3) -> pin.SE3:
    ahead = T_wanted.translation - T_reached.translation
    turned = pin.log3(T_wanted.rotation @ T_reached.rotation.T)
    if ahead @ ahead <= LEASH_M**2 and turned @ turned <= LEASH_RAD**2:
        return T_wanted
    return pin.SE3(
        pin.exp3(limited(turned, LEASH_RAD)) @ T_reached.rotation,
        T_reached.translation + limited(ahead, LEASH_M),
    )
