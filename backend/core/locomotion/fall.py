"""When the robot counts as fallen, and what its motors do then."""

import numpy as np

from backend.core.contracts.command import MotorCommand
from backend.core.contracts.robot import RobotSpec, RobotState

FALLEN_HEIGHT_M = 0.35
FALLEN_UPRIGHT = 0.5
"""Cosine of the pelvis' tilt below which the robot counts as fallen."""
DAMPING_NM_S = 2.0
FALLEN_TEXT = "fallen: motors are damped; reset the robot"


def has_fallen(state: RobotState) -> bool:
    """Return whether the pelvis is too low or tilted too far to be saved."""
    qx, qy = state.T_world_pelvis[3:5]
    upright = 1.0 - 2.0 * (qx * qx + qy * qy)
    return bool(state.base_height_m < FALLEN_HEIGHT_M or upright < FALLEN_UPRIGHT)


def limp(spec: RobotSpec) -> MotorCommand:
    """Return damping alone, weak enough for every motor."""
    zero = np.zeros(len(spec.joints))
    damping = np.minimum(DAMPING_NM_S, 0.1 * spec.effort_limit_nm)
    return MotorCommand(q_rad=zero, dq_rad_s=zero, kp=zero, kd=damping, tau_nm=zero)
