"""Whether a device frame can be used at all; it came over a wire and is not trusted."""

from collections.abc import Iterator

import numpy as np

from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.record import Array

PLAUSIBLE = 100.0
"""No pose, rate or angle of a person is larger [m, rad, m/s, rad/s]."""

AHEAD_NS = 50_000_000
"""A frame stamped further in the future than this would look fresh for ever."""


ACTION_SIZE = 36


def values(frame: DeviceFrame) -> Iterator[tuple[str, Array | float | None, tuple[int, ...]]]:
    """Yield name, value and required shape of every channel of a frame."""
    for side in ("left", "right"):
        arm = getattr(frame, side)
        if arm is not None:
            yield f"{side}.pose", arm.pose, (7,)
            yield f"{side}.twist", arm.twist, (6,)
            yield f"{side}.grip", arm.grip, ()
            yield f"{side}.pinch", arm.pinch, ()
            yield f"{side}.fingers_rad", arm.fingers_rad, (7,)
    yield "head", frame.head, (7,)
    yield "torso_rate_rad_s", frame.torso_rate_rad_s, (3,)
    yield "torso_rpy_rad", frame.torso_rpy_rad, (3,)
    yield "height_rate_m_s", frame.height_rate_m_s, ()
    yield "base_height_m", frame.base_height_m, ()
    yield "base_velocity", frame.base_velocity, (3,)
    yield "action", frame.action, (ACTION_SIZE,)


def problem(frame: DeviceFrame, now_ns: int) -> str:
    """Return why a frame is refused, naming the channel and what is allowed; empty when it is fine."""
    if frame.t_ns > now_ns + AHEAD_NS:
        return f"{frame.source} is stamped {(frame.t_ns - now_ns) / 1e6:.0f} ms in the future"
    for name, value, shape in values(frame):
        if value is None:
            continue
        array = np.asarray(value)
        if array.shape != shape:
            return f"{frame.source}.{name} has shape {array.shape}; allowed: {shape}"
        if not np.all(np.abs(array) <= PLAUSIBLE):
            return f"{frame.source}.{name} is not a usable number; allowed: -{PLAUSIBLE:g} to {PLAUSIBLE:g}"
        if shape == (7,) and not name.endswith("rad") and not 0.9 < np.linalg.norm(array[3:]) < 1.1:
            return f"{frame.source}.{name} has no unit quaternion"
    return ""
