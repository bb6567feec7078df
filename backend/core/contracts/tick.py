"""Everything one control tick saw, decided and sent."""

from enum import StrEnum
from typing import Literal

from backend.core.contracts.command import Command, JointTarget, Verdict
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.intent import Intent
from backend.core.contracts.record import Array, Record
from backend.core.contracts.robot import RobotState


class Mode(StrEnum):
    """State of the robot's control.

    STOPPED -> READY (armed) -> ACTIVE (deadman held) -> READY (released)
    ACTIVE -> HOLD (input older than 250 ms) -> READY (older than 500 ms) or ACTIVE (input is back)
    ACTIVE -> ACTIVE (an operator takes over from a policy, or hands back to it)
    any -> STOPPED (stop), any -> FAULT (fall, robot lost, error) -> STOPPED (reset)
    """

    STOPPED = "STOPPED"
    READY = "READY"
    ACTIVE = "ACTIVE"
    HOLD = "HOLD"
    FAULT = "FAULT"


class SourceState(StrEnum):
    """How far an input can be trusted."""

    LIVE = "live"
    STALE = "stale"
    FROZEN = "frozen"
    TROUBLED = "troubled"
    """It says itself that a part of it is lost."""
    LOST = "lost"


class SourceHealth(Record):
    """Age and trust of one input device."""

    source: str
    driver: str
    age_ms: float
    state: SourceState


class IkReport(Record):
    """How well the arms can follow their targets; errors are of left and right wrist."""

    position_error_m: Array
    """(2,)"""
    rotation_error_rad: Array
    """(2,)"""
    reachable: tuple[bool, bool] = (True, True)
    note: str = ""
    """In words, for the operator: what is out of reach, which limit or collision holds the arm."""
    solved: bool = True


class StageTimes(Record):
    """Where the time of one tick went [ms]."""

    input_age: float = 0.0
    state_age: float = 0.0
    fusion: float = 0.0
    ik: float = 0.0
    safety: float = 0.0
    tick: float = 0.0
    late: float = 0.0
    """How late the tick began after its deadline."""


class Rollout(Record):
    """A policy's permission to drive, supervised by the operator who holds the lease."""

    policy: str
    """Its driver name."""
    phase: Literal["waiting", "driving", "taken_over", "paused"]
    """waiting: it may drive as soon as its actions come; taken_over: the operator drives instead."""
    hand_back: bool
    """It drives on when the operator lets go; else it is paused then."""


class TickRecord(Record):
    """One control tick, whole. It is telemetry, the recording and the policy's observation."""

    t_ns: int
    seq: int
    mode: Mode
    reason: str
    """Why the mode is what it is, in words."""
    advice: str
    """What the operator can do next, in words."""
    driver: str
    """Who drove this tick; empty when nobody did."""
    lease: str
    """Driver that holds the lease; empty when it is free."""
    lease_name: str
    """The lease holder's display name."""
    frames: tuple[DeviceFrame, ...]
    """Frames that arrived since the last tick."""
    sources: tuple[SourceHealth, ...]
    intent: Intent | None
    target: JointTarget | None
    command: Command
    verdict: Verdict
    ik: IkReport | None
    state: RobotState | None
    T_world_footprint: Array
    """(7,) footprint frame in the world, to draw wrist targets."""
    speed_scale: float
    """Engage ramp and operator's speed setting, 0 to 1."""
    stages: StageTimes = StageTimes()
    refused: tuple[str, ...] = ()
    """Frames and poses that were refused, in words: malformed, implausible, jumped."""
    rollout: Rollout | None = None
    """The policy that may drive; None when there is none."""
