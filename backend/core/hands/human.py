"""The human hand as gloves describe it: names of its angles, its joints, and what they usually read.

Angles are in degrees, as gloves report them; 0 is a straight finger and bending is positive. `spread` is
sideways, `stretch` is bending. Nothing here depends on the maker of a glove.
"""

import numpy as np

from backend.core.contracts.record import Array

SIDES = ("left", "right")
FINGERS = ("thumb", "index", "middle", "ring", "pinky")
JOINTS = ("mcp_spread", "mcp_stretch", "pip_stretch", "dip_stretch")
ANGLES = tuple(f"{finger}_{joint}" for finger in FINGERS for joint in JOINTS)
"""The 20 angles of one hand. Of the thumb, mcp is its root, pip its knuckle and dip its last joint."""

THUMB_NODES = ("metacarpal", "proximal", "distal", "tip")
FINGER_NODES = ("metacarpal", "proximal", "intermediate", "distal", "tip")
NODES = (
    "wrist",
    *(f"thumb_{node}" for node in THUMB_NODES),
    *(f"{finger}_{node}" for finger in FINGERS[1:] for node in FINGER_NODES),
)
"""The 25 joints of one hand. A node stands where its bone begins: `index_proximal` is the knuckle."""

# mcp_spread, mcp_stretch, pip_stretch, dip_stretch [degrees] of thumb, index, middle, ring and pinky.
_POSES: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "open": ((10, 5, 5, 5), (0, 5, 5, 3), (0, 5, 5, 3), (0, 5, 5, 3), (0, 5, 5, 3)),
    "fist": ((30, 30, 45, 50), (0, 75, 95, 60), (0, 80, 95, 60), (0, 80, 95, 60), (0, 75, 90, 55)),
    "pinch": ((35, 25, 25, 30), (0, 50, 50, 28), (0, 20, 20, 10), (0, 15, 15, 8), (0, 15, 15, 8)),
}
STEPS = tuple(_POSES)
"""Poses that tell one hand from another."""


def usual_deg(step: str) -> Array:
    """Return the (20,) angles that an uncalibrated hand is taken to have in one of `STEPS` [degrees]."""
    return np.array(_POSES[step], float).ravel()


def angle(name: str) -> int:
    """Return the place of an angle in `ANGLES`."""
    return ANGLES.index(name)


def node(name: str) -> int:
    """Return the place of a joint in `NODES`."""
    return NODES.index(name)


def bending(finger: str) -> list[int]:
    """Return the places of a finger's three bending angles."""
    return [angle(f"{finger}_{joint}") for joint in JOINTS[1:]]
