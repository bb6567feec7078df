"""Which motor sits in which slot, by joint name: positions are never taken from the order of another list."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from devices.robots.g1_spec import ARMS, LEGS, WAIST

BODY = (*LEGS, *WAIST, *ARMS)
"""Joints of slots 0 to 28 of `rt/lowcmd` and `rt/lowstate`: legs, waist, arms, the left one first."""
WEIGHT_SLOT = 29
"""Slot of `rt/arm_sdk` whose position is the share, 0 to 1, that its sender has in arms and waist."""
WAIST_JOINTS = WAIST
ARM_SDK = (*WAIST_JOINTS, *ARMS)
"""Joints that Unitree's walking hands over to `rt/arm_sdk`."""

SIDES = ("left", "right")
_FINGERS = {"left": ("middle", "index"), "right": ("index", "middle")}
"""The two hands are mirrored on the circuit board too: index and middle finger change places."""
HANDS = {
    side: tuple(
        f"{side}_hand_{joint}_joint"
        for joint in (
            *(f"thumb_{i}" for i in range(3)),
            *(f"{finger}_{i}" for finger in fingers for i in range(2)),
        )
    )
    for side, fingers in _FINGERS.items()
}
"""Joints of the seven motors of each Dex3-1, in the order of `rt/dex3/*/cmd` and `rt/dex3/*/state`."""

MODE_MACHINE_29DOF = 5
"""What a G1 with 29 motors calls itself in `mode_machine`; commands must repeat it."""
MODE_PR = 0
"""Ankles and waist are commanded by pitch and roll, not by their two rods."""
ENABLED = 1
_HAND_STATUS = 0x01 << 4


def hand_mode(motor: int) -> int:
    """Return the mode byte of an enabled hand motor: number in four bits, status in the next three."""
    return motor & 0x0F | _HAND_STATUS


def indices(spec: RobotSpec, joints: tuple[str, ...]) -> Array:
    """Return where `joints` are in `spec.joints`; raises ValueError with the allowed names."""
    return np.array([spec.index(name) for name in joints], dtype=int)
