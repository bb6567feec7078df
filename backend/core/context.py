"""Everything a control loop remembers between two ticks."""

from collections.abc import Callable

from backend.core.arbiter.arbiter import Arbiter
from backend.core.contracts.robot import RobotSpec
from backend.core.fusion.fusion import Fusion
from backend.core.ik.solver import WholeBodyIk
from backend.core.policy.follower import PolicyFollower
from backend.core.safety.safety import Safety


class StepContext:
    """The stages of one robot's control loop; `step` is the only one that changes it.

    Attributes:
        spec: The robot.
        period_s: Control period [s].
        timer: Returns nanoseconds, to time the stages; None leaves the times at zero. The core reads
            no clock itself.
    """

    def __init__(self, spec: RobotSpec, period_s: float, timer: Callable[[], int] | None = None) -> None:
        self.spec = spec
        self.period_s = period_s
        self.timer = timer or (lambda: 0)
        self.arbiter = Arbiter()
        self.safety = Safety(spec, period_s)
        self.fusion = Fusion(spec, self.safety.limits)
        self.ik = WholeBodyIk(spec, self.safety.limits)
        self.follower = PolicyFollower(spec, self.safety.limits)
        self.seq = 0
        self.last_ns = 0
        self.unseated = True
        """The command has lost the robot (start-up, fault): even the hands are drawn to where they are."""
