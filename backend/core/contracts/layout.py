"""The named order of the action (36) and state (32) vectors.

The order is that of Psi-Zero (arXiv 2603.12263): both hands, both arms, torso, height, base velocity,
heading. Joints inside a group are in the order of `RobotSpec`; nobody indexes by number.
"""

import hashlib
import json
from collections.abc import Sequence

from backend.core.contracts.record import Record

TORSO = ("torso_roll", "torso_pitch", "torso_yaw")
BASE = ("base_vx", "base_vy", "base_yaw_rate", "target_yaw")


def layout_hash(state_names: Sequence[str], action_names: Sequence[str]) -> str:
    """Return the SHA-256 over names and order of a policy's states and actions."""
    layout = {"state_names": list(state_names), "action_names": list(action_names)}
    return hashlib.sha256(json.dumps(layout, sort_keys=True).encode()).hexdigest()


class ActionLayout(Record):
    """Names and slices of one robot's action and state vectors.

    Units: joints, torso and target_yaw [rad], base_height [m], base_vx and base_vy [m/s],
    base_yaw_rate [rad/s]. Base velocity is in the heading frame, target_yaw in the world.
    """

    hand_joints: tuple[str, ...]
    arm_joints: tuple[str, ...]

    @property
    def action_names(self) -> tuple[str, ...]:
        """Names of the 36 action entries, in order."""
        return (*self.hand_joints, *self.arm_joints, *TORSO, "base_height", *BASE)

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the 32 state entries, in order."""
        return self.action_names[: self.height.stop]

    @property
    def hash(self) -> str:
        """What a policy must have been trained with to drive this robot."""
        return layout_hash(self.state_names, self.action_names)

    @property
    def hands(self) -> slice:
        """Slice of the hand joints, left then right."""
        return slice(0, len(self.hand_joints))

    @property
    def arms(self) -> slice:
        """Slice of the arm joints, left then right."""
        start = len(self.hand_joints)
        return slice(start, start + len(self.arm_joints))

    @property
    def joints(self) -> slice:
        """Slice of all joints in the action: hands, then arms."""
        return slice(0, self.arms.stop)

    @property
    def torso(self) -> slice:
        """Slice of torso roll, pitch, yaw."""
        return slice(self.arms.stop, self.arms.stop + 3)

    @property
    def height(self) -> slice:
        """Slice of the base height."""
        return slice(self.torso.stop, self.torso.stop + 1)

    @property
    def velocity(self) -> slice:
        """Slice of vx, vy, yaw rate."""
        return slice(self.height.stop, self.height.stop + 3)

    @property
    def target_yaw(self) -> slice:
        """Slice of the target heading."""
        return slice(self.velocity.stop, self.velocity.stop + 1)
