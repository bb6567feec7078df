"""How far a person's hand may ask the Dex3-1's joints to go.

Published limits of `thumb_1` disagree. Its bending stop (left upper, right lower) is 1.0472 rad in the
robot's URDF, 0.920 and 0.7243 rad in the settings of other projects that ran the real hand. Nobody says why,
so a person's hand asks for no more than all of them allow. The command's own limits, in core/safety, stay
those of the URDF: a policy or an operator's trigger may still go as far as the hand's maker says.
"""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec

THUMB_1_BEND_RAD = 0.7243


def hand_joints(spec: RobotSpec, side: str) -> tuple[str, ...]:
    """Return the joints of one hand in the order of `RobotSpec.hand_joints`; raises ValueError."""
    joints = tuple(joint for joint in spec.hand_joints if joint.startswith(f"{side}_"))
    if not joints:
        raise ValueError(f"{spec.name} has no {side!r} hand; allowed: left, right")
    return joints


def hand_limits(spec: RobotSpec, side: str) -> tuple[Array, Array]:
    """Return lower and upper limits (7,) of one hand [rad], in the order of `hand_joints`."""
    joints = hand_joints(spec, side)
    rows = [spec.index(joint) for joint in joints]
    lower, upper = spec.lower_rad[rows].copy(), spec.upper_rad[rows].copy()
    thumb = joints.index(f"{side}_hand_thumb_1_joint")
    if side == "left":
        upper[thumb] = min(upper[thumb], THUMB_1_BEND_RAD)
    else:
        lower[thumb] = max(lower[thumb], -THUMB_1_BEND_RAD)
    return lower, upper


def clamped(hand_rad: Array, limits: tuple[Array, Array]) -> Array:
    """Return a (7,) pose inside `limits`."""
    return np.minimum(np.maximum(hand_rad, limits[0]), limits[1])
