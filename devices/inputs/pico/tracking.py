"""Tracking data of the headset app: JSON in, one `Sample` in the project's axes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from backend.core.contracts.record import Array
from devices.inputs.pico.axes import to_project

MAX_TRACKERS = 16
MAX_TEXT = 400
FARTHEST_M = 100.0
LATEST_MS = 2**42
"""No clock shows more [ms]; in nanoseconds it still fits into 64 bits."""
BAD_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True)
class Controller:
    """One hand controller; what it does not say is as if it were not touched."""

    pose: Array | None
    grip: float = 0.0
    trigger: float = 0.0


@dataclass(frozen=True)
class Sample:
    """One moment of the headset."""

    t_ns: int
    """Host monotonic time of arrival [ns]."""
    source_t_ns: int
    """The headset's wall clock [ns]."""
    head: Array | None = None
    """(7,) pose: x forward, y left, z up; None when missing or malformed, zeros before it is tracked."""
    controllers: dict[str, Controller] = field(default_factory=dict)
    """By `left` and `right`."""
    trackers: dict[str, Array] = field(default_factory=dict)
    """(7,) poses by serial number."""


def function_of(data: bytes) -> tuple[str, Any]:
    """Return name and value of a FUNCTION packet; an empty name when it is none."""
    try:
        message = msgspec.json.decode(data)
    except BAD_JSON:
        return "", None
    if not isinstance(message, dict) or not isinstance(message.get("functionName"), str):
        return "", None
    return message["functionName"], message.get("value")


def sample_of(value: Any, mirrored: bool, t_ns: int, sent_ms: int) -> Sample | None:
    """Return the sample in a value of `Tracking`, or None when there is none.

    Every key is optional, and a part that is malformed is treated as missing.

    Args:
        value: JSON text, or an object.
        mirrored: The trackers' poses are left-handed.
        t_ns: Host monotonic time of arrival [ns].
        sent_ms: The packet's own stamp, for apps that give no `timeStampNs`.
    """
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except BAD_JSON:
            return None
    if not isinstance(value, dict):
        return None
    stamp = value.get("timeStampNs")
    usable = isinstance(stamp, int | float) and 0 < stamp < 2**62
    controllers = _object(value, "Controller")
    return Sample(
        t_ns=t_ns,
        source_t_ns=int(stamp) if usable else min(sent_ms, LATEST_MS) * 1_000_000,
        head=_pose(_object(value, "Head").get("pose")),
        controllers={side: _controller(_object(controllers, side)) for side in ("left", "right")},
        trackers=_trackers(_object(value, "Motion"), mirrored),
    )


def _trackers(motion: Mapping[str, Any], mirrored: bool) -> dict[str, Array]:
    """Return the trackers that are tracked now, by serial number.

    The app closes gaps in its list and never shortens it: only the first `len` entries are of this moment,
    and an entry's place says nothing about which tracker it is.
    """
    joints, count = motion.get("joints"), motion.get("len")
    if not isinstance(joints, list) or not isinstance(count, int):
        return {}
    trackers: dict[str, Array] = {}
    for joint in joints[: min(max(count, 0), MAX_TRACKERS)]:
        if not isinstance(joint, dict):
            continue
        serial, pose = joint.get("sn"), _pose(joint.get("p"), mirrored)
        if isinstance(serial, str) and 0 < len(serial) <= 64 and serial.isprintable() and pose is not None:
            trackers.setdefault(serial, pose)
    return trackers


def _controller(data: Mapping[str, Any]) -> Controller:
    has_pose = data.get("hasPose") is not False
    return Controller(
        pose=_pose(data.get("pose")) if has_pose else None,
        grip=_fraction(data.get("grip")),
        trigger=_fraction(data.get("trigger")),
    )


def _object(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, dict) else {}


def _fraction(value: Any) -> float:
    # Comparing first: an integer of JSON may be too large for a float.
    usable = isinstance(value, int | float) and -1.0 <= value <= 2.0
    return min(max(float(value), 0.0), 1.0) if usable else 0.0


def _pose(text: Any, mirrored: bool = False) -> Array | None:
    """Return the pose `x,y,z,qx,qy,qz,qw`, or None when it is malformed.

    A quaternion of zeros is kept: it is how the app says "not tracked yet".
    """
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        return None
    try:
        pose = np.array([float(part) for part in text.split(",")])
    except ValueError:
        return None
    if pose.shape != (7,) or not np.all(np.abs(pose) <= FARTHEST_M):
        return None
    norm = float(np.linalg.norm(pose[3:]))
    if norm == 0.0:
        return pose
    if not 0.9 < norm < 1.1:
        return None
    pose[3:] /= norm
    return to_project(pose, mirrored)
