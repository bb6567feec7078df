"""Synergies of the Dex3-1 hand: grip and pinch, by joint name."""

import numpy as np

from backend.core.contracts.record import Array

# For the left hand. The right one is its mirror image: bending (about z) changes sign, turning the
# thumb about its own length (thumb_0, about y) does not.
GRIP = {
    "thumb_0": 0.0,
    "thumb_1": 0.75,
    "thumb_2": 1.30,
    "middle_0": -1.30,
    "middle_1": -1.50,
    "index_0": -1.30,
    "index_1": -1.50,
}
"""A fist: the fingers wrap around from one side, the thumb from the other, between them."""
PINCH = {
    "thumb_0": -0.55,
    "thumb_1": 0.60,
    "thumb_2": 0.75,
    "index_0": -1.00,
    "index_1": -0.95,
}
"""The thumb turns towards the index finger and their tips meet; the middle finger stays away."""


def closure_of(joints: tuple[str, ...], hand_rad: Array) -> float:
    """Return the grip, 0 open to 1 closed, whose pose is nearest to the (7,) joint angles of one hand."""
    fist = hand_pose(joints, grip=1.0, pinch=0.0)
    return float(np.clip(hand_rad @ fist / (fist @ fist), 0.0, 1.0))


def hand_pose(joints: tuple[str, ...], grip: float, pinch: float) -> Array:
    """Return joint angles [rad] of one or both hands.

    Args:
        joints: Names as in `RobotSpec.hand_joints`, e.g. `left_hand_thumb_0_joint`.
        grip: 0 open to 1 closed, all fingers.
        pinch: 0 open to 1 closed, thumb against index. The further closed of the two wins per joint.
    """
    pose = np.empty(len(joints))
    for i, joint in enumerate(joints):
        side, _, finger = joint.removesuffix("_joint").partition("_hand_")
        sign = 1.0 if side == "left" or finger == "thumb_0" else -1.0
        angles = grip * GRIP.get(finger, 0.0), pinch * PINCH.get(finger, 0.0)
        pose[i] = sign * max(angles, key=abs)
    return pose
