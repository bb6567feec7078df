"""What a policy is shown of the robot, in the columns of a dataset version."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState


def state_vector(spec: RobotSpec, state: RobotState) -> Array:
    """Return the (32,) `observation.state`: hands, arms, torso roll pitch yaw, base height; all measured."""
    joints = [spec.index(name) for name in (*spec.hand_joints, *spec.arm_joints)]
    return np.concatenate([state.q_rad[joints], state.torso_rpy_rad, [state.base_height_m]])


def torso_base(state: RobotState) -> Array:
    """Return the (17,) `observation.torso_base`: torso, height, pelvis pose and twist in the world."""
    return np.concatenate(
        [state.torso_rpy_rad, [state.base_height_m], state.T_world_pelvis, state.base_twist]
    )


def torso_command(spec: RobotSpec, sent: Array) -> Array:
    """Return the (4,) `observation.torso_command` of a (36,) action that was sent."""
    return sent[spec.layout.torso.start : spec.layout.height.stop]
