"""Checks and stamps what browsers send as input, before anything else sees it."""

import math
import re

from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.record import Array
from backend.core.contracts.wire import InputFrame, WireError

MAX_RATE_HZ = 200.0
BURST = 40.0
MAX_SOURCES = 8
SOURCE = re.compile(r"[a-z0-9_.-]{1,32}")
MAX_INTEGER = 2**53
"""Integers of JavaScript are exact up to here."""

SIZES = {"pose": 7, "twist": 6, "fingers_rad": 7, "torso_rate_rad_s": 3, "base_velocity": 3}
LARGEST = 10.0
"""No position [m], speed [m/s] or rate [rad/s] of a person's hand is larger; limits proper are safety's."""
ARM_ARRAYS = ("pose", "twist", "fingers_rad")
FRAME_ARRAYS = ("torso_rate_rad_s", "base_velocity")


def _array_problem(name: str, value: Array | None) -> str:
    if value is None:
        return ""
    if value.shape != (SIZES[name],):
        return f"{name} must have {SIZES[name]} numbers"
    # Not <= also catches NaN.
    if not all(abs(number) <= LARGEST for number in value.tolist()):
        return f"{name} must be finite and within +-{LARGEST:g}"
    return ""


def _arm_problem(side: str, arm: ArmInput) -> str:
    for name in ARM_ARRAYS:
        if problem := _array_problem(name, getattr(arm, name)):
            return f"{side}.{problem}"
    if arm.pose is not None and abs(math.hypot(*arm.pose[3:].tolist()) - 1.0) > 0.05:
        return f"{side}.pose must end in a unit quaternion qx qy qz qw"
    for name in ("grip", "pinch"):
        value = getattr(arm, name)
        if value is not None and not 0.0 <= value <= 1.0:
            return f"{side}.{name} must be between 0 (open) and 1 (closed)"
    return ""


def problem_of(frame: InputFrame) -> str:
    """Return what is wrong with the values of a frame and what is allowed; empty when it is fine."""
    if not SOURCE.fullmatch(frame.source):
        return "source must be 1 to 32 of a-z 0-9 _ . -"
    if not (0 <= frame.seq <= MAX_INTEGER and 0 <= frame.source_t_ns <= MAX_INTEGER):
        return "seq and source_t_ns must be between 0 and 2^53"
    for name in FRAME_ARRAYS:
        if problem := _array_problem(name, getattr(frame, name)):
            return problem
    if frame.height_rate_m_s is not None and not abs(frame.height_rate_m_s) <= LARGEST:
        return f"height_rate_m_s must be within +-{LARGEST:g}"
    for side, arm in (("left", frame.left), ("right", frame.right)):
        if arm is not None and (problem := _arm_problem(side, arm)):
            return problem
    return ""


class InputGate:
    """The gate of one connection: values, order and rate."""

    def __init__(self, driver: str) -> None:
        self._driver = driver
        self._last: dict[str, InputFrame] = {}
        self._tokens = BURST
        self._refilled_ns = 0

    def _over_rate(self, now_ns: int) -> bool:
        self._tokens = min(BURST, self._tokens + (now_ns - self._refilled_ns) * 1e-9 * MAX_RATE_HZ)
        self._refilled_ns = now_ns
        if self._tokens < 1.0:
            return True
        self._tokens -= 1.0
        return False

    def admit(self, frame: InputFrame, now_ns: int) -> DeviceFrame | WireError:
        """Return the stamped frame for control, or why it is refused.

        Args:
            frame: as decoded from the browser.
            now_ns: host monotonic time of its arrival.
        """
        if problem := problem_of(frame):
            return WireError(code="input", text=problem)
        last = self._last.get(frame.source)
        if last is None and len(self._last) >= MAX_SOURCES:
            return WireError(code="input_sources", text=f"at most {MAX_SOURCES} sources per connection")
        if last is not None and frame.seq <= last.seq:
            return WireError(
                code="input_order", text=f"seq of {frame.source} must increase: {frame.seq} after {last.seq}"
            )
        # Letting go must never be lost to the rate limit.
        releases = last is not None and last.deadman and not frame.deadman
        if self._over_rate(now_ns) and not releases:
            return WireError(code="input_rate", text=f"send at most {MAX_RATE_HZ:g} input frames a second")
        self._last[frame.source] = frame
        return DeviceFrame(
            source=frame.source,
            driver=self._driver,
            t_ns=now_ns,
            seq=frame.seq,
            source_t_ns=frame.source_t_ns,
            deadman=frame.deadman,
            moving=frame.moving,
            left=frame.left,
            right=frame.right,
            torso_rate_rad_s=frame.torso_rate_rad_s,
            height_rate_m_s=frame.height_rate_m_s,
            base_velocity=frame.base_velocity,
        )
