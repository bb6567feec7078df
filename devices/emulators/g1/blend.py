"""Motor commands as they come over the wire, turned into the project's and mixed."""

import numpy as np

from backend.core.contracts.command import MotorCommand
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec

FIELDS = ("q_rad", "dq_rad_s", "kp", "kd", "tau_nm")
WIRE = {"q_rad": "q", "dq_rad_s": "dq", "kp": "kp", "kd": "kd", "tau_nm": "tau"}


def writable(motors: MotorCommand) -> dict[str, Array]:
    """Return a copy of every field."""
    return {field: getattr(motors, field).copy() for field in FIELDS}


def lay_over(under: dict[str, Array], wire: np.ndarray, joints: Array, share: float = 1.0) -> None:
    """Put the motor commands of `wire` over `under`, joint by joint, with a share from 0 to 1.

    Args:
        under: Fields of a `MotorCommand`, changed in place.
        wire: Records with the fields of `MOTOR_CMD`, one per entry of `joints`.
        joints: Where the motors are in `spec.joints`.
        share: 1 replaces what was there.
    """
    for field in FIELDS:
        under[field][joints] += share * (wire[WIRE[field]] - under[field][joints])


def nothing(spec: RobotSpec) -> MotorCommand:
    """Return the command of motors without current."""
    zero = np.zeros(len(spec.joints))
    return MotorCommand(q_rad=zero, dq_rad_s=zero, kp=zero, kd=zero, tau_nm=zero)
