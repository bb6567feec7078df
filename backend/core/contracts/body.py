"""The robot's side on hardware: what `backend.runtime.body` reads and drives."""

from collections.abc import Callable
from typing import Literal, Protocol

from backend.core.contracts.command import MotorCommand
from backend.core.contracts.robot import RobotHealth, RobotState

Wish = Literal["live", "soft", "damp"]
"""How stiff: follow the controller; let arms and hands be pushed away; damp every motor."""


class Body(Protocol):
    """Sensors and motors of one robot. Only `open` and `close` may wait."""

    fault: str
    """Why it refuses to move until it is reset, in words; empty when it does not."""

    def open(self, report: Callable[[str], None]) -> RobotState:
        """Connect, take the motors over and return the first state.

        Args:
            report: Is told again and again what is being waited for, in words.

        Raises:
            ConnectionError: With what to do.
        """

    def read(self, now_ns: int) -> RobotState | None:
        """Return the newest state that came since the last call, or None."""

    def drive(self, motors: MotorCommand, wish: Wish, now_ns: int, dt_s: float) -> None:
        """Send motor commands, softened as far as it is necessary, without waiting."""

    def health(self, now_ns: int) -> RobotHealth:
        """Return what the robot says of itself."""

    def reset(self, now_ns: int) -> None:
        """Clear the fault; raises ConnectionError while its cause lasts."""

    def close(self) -> None:
        """Give the motors back by the robot's stop behaviour."""
