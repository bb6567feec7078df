"""What can be served to a robot: learned policies and simple ones, behind one interface."""

from pathlib import Path
from typing import Protocol

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.rollout import Observation, PolicyHello, Timings


class PolicyRefused(Exception):
    """The policy does not fit this robot or is incomplete; says what was allowed."""


class ServedPolicy(Protocol):
    """Answers observations with chunks of actions; entries of `catalog.POLICIES`.

    It keeps nothing between two observations, so that one server can be replaced by another at any time.
    """

    hello: PolicyHello

    def __init__(self, source: Path, spec: RobotSpec) -> None:
        """Load it from `source`; raises PolicyRefused when it does not fit `spec`."""

    def predict(self, observation: Observation) -> tuple[Array, Timings]:
        """Return (n, 36) actions from `observation.start_step` on; raises PolicyRefused for a bad one."""
