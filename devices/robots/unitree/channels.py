"""The two ways to drive the body: `rt/arm_sdk` beside Unitree's walking, or `rt/lowcmd` alone.

A channel takes the motors over in `open`, sends one command per turn, and gives them back in `close`.
"""

import time
from collections.abc import Callable
from typing import Protocol

import numpy as np

from backend.core.contracts.command import MotorCommand
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from devices.robots.unitree import topics
from devices.robots.unitree.crc import message_crc
from devices.robots.unitree.dds import Link
from devices.robots.unitree.idl_hg import LowCmd_
from devices.robots.unitree.layout import LOW_CMD
from devices.robots.unitree.motors import ARM_SDK, BODY, ENABLED, MODE_PR, WEIGHT_SLOT, indices
from devices.robots.unitree.services import WALKING, MotionSwitcher, Walking, fsm_words

WEIGHT_S = 1.0
"""How long our share in the arms takes to rise and to fall."""
DAMP_S = 1.0
"""How long damping is sent at the end, so that one lost command does not matter."""
PERIOD_S = 0.004


class Channel(Protocol):
    """One way to drive the body."""

    def open(self, report: Callable[[str], None]) -> None:
        """Take the motors over; raises ConnectionError with what to do."""

    def poll(self, now_ns: int) -> str:
        """Take in what the robot's programs say; return why they do not let us drive, empty when they do."""

    def send(self, motors: MotorCommand, mode_machine: int, now_ns: int, dt_s: float) -> None:
        """Send one command."""

    def damp(self, now_ns: int) -> None:
        """Bring the whole robot down gently; called every turn while it must stay damped."""

    def firmware(self) -> str:
        """Say what the robot's own programs do, in words."""

    def close(self, motors: MotorCommand | None, mode_machine: int) -> None:
        """Give the motors back; `motors` are the last ones sent."""


def _message(motors: MotorCommand, joints: Array, slots: Array, mode_machine: int) -> np.ndarray:
    """Return a `LOW_CMD` record that commands `slots`, without its checksum."""
    record = np.zeros((), LOW_CMD)
    record["mode_pr"], record["mode_machine"] = MODE_PR, mode_machine
    command = record["motor_cmd"]
    command["mode"][slots] = ENABLED
    command["q"][slots] = motors.q_rad[joints]
    command["dq"][slots] = motors.dq_rad_s[joints]
    command["tau"][slots] = motors.tau_nm[joints]
    command["kp"][slots] = motors.kp[joints]
    command["kd"][slots] = motors.kd[joints]
    return record


def _sealed(record: np.ndarray) -> LowCmd_:
    record["crc"] = message_crc(record)
    return LowCmd_.of(record)


class LowLevel:
    """Every motor is ours; nothing of Unitree's may run beside it."""

    def __init__(self, link: Link, spec: RobotSpec) -> None:
        self._switcher = MotionSwitcher(link)
        self._writer = link.writer(topics.LOW_CMD, LowCmd_)
        self._joints = indices(spec, BODY)
        self._slots = np.arange(len(BODY))

    def open(self, report: Callable[[str], None]) -> None:
        """Ask Unitree's motion program to let go until it has; raises ServiceError when it does not."""
        self._switcher.release(report)

    def poll(self, now_ns: int) -> str:
        """Return nothing: no program of Unitree's runs."""
        return ""

    def send(self, motors: MotorCommand, mode_machine: int, now_ns: int, dt_s: float) -> None:
        """Send one command for all 29 motors."""
        self._writer.write(_sealed(_message(motors, self._joints, self._slots, mode_machine)))

    def damp(self, now_ns: int) -> None:
        """Do nothing more: the motor commands damp already."""

    def firmware(self) -> str:
        """Say who drives."""
        return "low level: every motor is driven from here"

    def close(self, motors: MotorCommand | None, mode_machine: int) -> None:
        """Damp every motor; the firmware goes on damping when commands stop."""
        if motors is None:
            return
        zero = np.zeros(len(motors.q_rad))
        damped = MotorCommand(q_rad=motors.q_rad, dq_rad_s=zero, kp=zero, kd=motors.kd, tau_nm=zero)
        for _ in range(int(DAMP_S / PERIOD_S)):
            self.send(damped, mode_machine, 0, PERIOD_S)
            time.sleep(PERIOD_S)


class ArmSdk:
    """Arms and waist are ours by a weight that rises and falls; legs are those of Unitree's walking.

    Args:
        link: The robot's domain.
        spec: The robot.
        velocity: Returns (3,) vx, vy [m/s] and yaw rate [rad/s] to walk by now.
    """

    def __init__(self, link: Link, spec: RobotSpec, velocity: Callable[[], Array]) -> None:
        self._switcher = MotionSwitcher(link)
        self._walking = Walking(link)
        self._writer = link.writer(topics.ARM_SDK, LowCmd_)
        self._velocity = velocity
        self._joints = indices(spec, ARM_SDK)
        self._slots = np.array([BODY.index(name) for name in ARM_SDK])
        self.weight = 0.0
        """Our share in arms and waist, 0 to 1."""

    def open(self, report: Callable[[str], None]) -> None:
        """Check that Unitree's walking runs and balances.

        Raises:
            ConnectionError: It does not, with what to do.
        """
        report("asking which motion program runs")
        if not self._switcher.active():
            raise ConnectionError(
                "no motion program of Unitree's runs on the robot, so nothing balances it; start its walking "
                "with the remote control, or drive every motor with a policy: "
                "BUNRAKU_LOCOMOTION=onnx:/path/to/manifest.json"
            )
        report("asking the walking for its state")
        self._walking.wait_for_state()
        if problem := self._problem():
            raise ConnectionError(problem)
        self.weight = 0.0

    def poll(self, now_ns: int) -> str:
        """Take in the state of the walking; return why it does not balance, empty when it does."""
        self._walking.poll(now_ns)
        return self._problem()

    def _problem(self) -> str:
        if self._walking.fsm in WALKING:
            return ""
        return (
            f"the robot's walking is in the state {fsm_words(self._walking.fsm)!r}; "
            "stand the robot up with its remote control"
        )

    def send(self, motors: MotorCommand, mode_machine: int, now_ns: int, dt_s: float) -> None:
        """Send one command for arms and waist, and the velocity."""
        self._write(motors, mode_machine, dt_s / WEIGHT_S)
        self._walking.move(self._velocity(), now_ns)

    def _write(self, motors: MotorCommand, mode_machine: int, step: float) -> None:
        self.weight = float(np.clip(self.weight + step, 0.0, 1.0))
        record = _message(motors, self._joints, self._slots, mode_machine)
        record["motor_cmd"]["q"][WEIGHT_SLOT] = self.weight
        self._writer.write(_sealed(record))

    def damp(self, now_ns: int) -> None:
        """Let the walking damp the robot; our arms let go."""
        if self._walking.fsm in WALKING:
            self._walking.damp(now_ns)
        self.weight = 0.0

    def firmware(self) -> str:
        """Say what the walking does."""
        return f"Unitree's walking: {fsm_words(self._walking.fsm)}"

    def close(self, motors: MotorCommand | None, mode_machine: int) -> None:
        """Come to rest and hand the arms back slowly."""
        if motors is None:
            return
        self._walking.move(np.zeros(3), 1 << 62)
        while self.weight > 0.0:
            self._write(motors, mode_machine, -PERIOD_S / WEIGHT_S)
            time.sleep(PERIOD_S)
