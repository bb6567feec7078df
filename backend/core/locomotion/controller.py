"""The interface every walking controller fills: model-based ones and learned policies alike.

A controller runs beside the robot at its own rate (see docs/adr/0001), so that a robot whose control
process dies keeps its balance. It turns the base part of a Command (torso, height, velocity, heading)
into motor commands for the body, and carries the arms of the Command along.
"""

from typing import Protocol

from backend.core.contracts.command import Command, MotorCommand
from backend.core.contracts.record import Array, Record
from backend.core.contracts.robot import RobotSpec, RobotState


class LocomotionManifest(Record):
    """What a controller brings with it; stored with every episode and dataset."""

    name: str
    rate_hz: float
    max_velocity: Array
    """(3,) largest |vx|, |vy| [m/s] and |yaw rate| [rad/s] it takes."""
    height_range_m: tuple[float, float]
    torso_limit_rad: Array
    """(3,) largest |roll|, |pitch|, |yaw| of the torso."""
    default_rad: Array
    """Standing pose, in the order of `RobotSpec.joints`."""
    kp: Array
    kd: Array
    simulation_only: bool = False
    """It needs what no robot knows, such as the true state of its base."""


class LocomotionController(Protocol):
    """Keeps the robot on its feet and walks it."""

    manifest: LocomotionManifest

    def __init__(self, spec: RobotSpec) -> None: ...

    def reset(self, state: RobotState) -> None:
        """Start from `state`: standing, both feet on the ground."""

    def update(self, state: RobotState, command: Command | None, dt_s: float) -> MotorCommand:
        """Return the motor command for the next `dt_s`; never raises for a hard state.

        None, when nobody commands yet or any more, means: come to rest and hold the arms.
        """

    @property
    def mode(self) -> str:
        """`stand`, `walk` or `fallen`."""

    @property
    def note(self) -> str:
        """What it limits or cannot do now, in words; empty when all is well."""
