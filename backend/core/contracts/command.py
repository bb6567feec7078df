"""What was asked (`JointTarget`), what is sent (`Command`), and why they differ (`Verdict`)."""

from typing import Literal

from backend.core.contracts.record import Array, Record


class JointTarget(Record):
    """What a driver asks of the robot: the 36-D action, unchecked."""

    t_ns: int
    action: Array
    """(36,) in the order of `ActionLayout.action_names`."""


class Clip(Record):
    """One value that safety changed."""

    name: str
    kind: Literal["position", "velocity", "acceleration", "jump", "not_finite", "workspace"]
    asked: float
    sent: float


class Verdict(Record):
    """What safety did to a target in one tick."""

    clips: tuple[Clip, ...] = ()
    refused: str = ""
    """Why the whole target was refused and the last command held; empty when it was not."""


class Command(Record):
    """What the robot is told. Only `backend.core.safety` builds one."""

    t_ns: int
    seq: int
    action: Array
    """(36,) in the order of `ActionLayout.action_names`, inside every limit."""
    joint_velocity_rad_s: Array
    """(28,) feed-forward velocity of hands and arms, inside the velocity limits."""
    stop: bool
    """The robot must run its stop behaviour: base to rest, arms held."""


class MotorCommand(Record):
    """What the motors of the body get, in the order of `RobotSpec.joints`: tau + kp e + kd de."""

    q_rad: Array
    dq_rad_s: Array
    kp: Array
    kd: Array
    tau_nm: Array
