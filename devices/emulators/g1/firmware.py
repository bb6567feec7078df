"""What the robot's computers do with the commands that reach them, whoever sends them.

```
 program "ai" (boot) --ReleaseMode--> none            SelectMode brings it back
   walks by velocity                    rt/lowcmd drives every motor
   rt/arm_sdk mixes into arms, waist    2 s without a good one: all motors damp
   rt/lowcmd fights it
```
It fills the place of a locomotion controller in the project's simulation.
"""

from collections import Counter

import numpy as np

from backend.core.contracts.command import Command, MotorCommand
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.locomotion.controller import LocomotionManifest
from backend.core.locomotion.fall import has_fallen, limp
from backend.core.locomotion.waist import torso_from_waist
from devices.emulators.g1.blend import lay_over, nothing, writable
from devices.emulators.g1.sport import Sport
from devices.robots.unitree.crc import message_crc
from devices.robots.unitree.idl_hg import HandCmd_, LowCmd_
from devices.robots.unitree.layout import MOTOR_CMD
from devices.robots.unitree.motors import (
    ARM_SDK,
    BODY,
    ENABLED,
    HANDS,
    MODE_MACHINE_29DOF,
    SIDES,
    WEIGHT_SLOT,
    hand_mode,
    indices,
)
from devices.robots.unitree.remote import stop_asked

RATE_HZ = 250.0
"""Commands are taken and states reported at half the robot's rate, which is kinder to a desktop computer;
motors close their own loops at the rate of physics, 500 Hz."""
BOOT_PROGRAM = "ai"
BOOT_FSM = 500
ZERO_TORQUE, DAMPING = 0, 1
STANDING = (4, 500, 501, 801)
LOW_CMD_GONE_NS = 2_000_000_000
"""Without a good `rt/lowcmd` for this long the motors damp."""
FIGHT_NS = 100_000_000
ARM_SDK_GONE_NS = 500_000_000
"""An `rt/arm_sdk` that has stopped loses its share again, at `SHARE_PER_S`. What the real robot does then is
not known."""
SHARE_PER_S = 1.0


class Firmware:
    """Motor commands of every turn. `low_cmd`, `arm_sdk`, `hand_cmd` and `sport` are its inputs."""

    def __init__(self, spec: RobotSpec) -> None:
        zero = np.zeros(len(spec.joints))
        self.manifest = LocomotionManifest(
            name="g1_firmware",
            rate_hz=RATE_HZ,
            max_velocity=np.array([0.5, 0.25, 0.8]),
            height_range_m=(spec.nominal_height_m, spec.nominal_height_m),
            torso_limit_rad=np.array([0.25, 0.5, 0.7]),
            default_rad=spec.neutral_rad,
            kp=zero,
            kd=zero,
        )
        self.sport = Sport(spec)
        self.program = BOOT_PROGRAM
        self.fsm = BOOT_FSM
        self.clings = False
        """The motion program ignores requests to let go, as some firmware does outside debug mode."""
        self.counts: Counter[str] = Counter()
        """Messages taken and refused, by reason, and turns in which two writers fought."""
        self.share = 0.0
        """What `rt/arm_sdk` has of arms and waist, 0 to 1."""
        self.damps = False
        self.state: RobotState | None = None
        """The robot as it was at the last turn."""
        self._spec = spec
        self._body = indices(spec, BODY)
        self._sdk = indices(spec, ARM_SDK)
        self._sdk_slots = np.array([BODY.index(name) for name in ARM_SDK])
        self._arms = indices(spec, spec.arm_joints)
        self._hands = {side: indices(spec, HANDS[side]) for side in SIDES}
        self._hand_cmd = {side: np.zeros(len(HANDS[side]), MOTOR_CMD) for side in SIDES}
        self._low: np.ndarray | None = None
        self._arm: np.ndarray | None = None
        self._low_ns = self._arm_ns = 0
        self._odd = False

    @property
    def mode(self) -> str:
        """`stand`, `walk` or `fallen`."""
        return self.sport.mode

    @property
    def note(self) -> str:
        """Nothing: what it has to say it says over DDS."""
        return ""

    def reset(self, state: RobotState) -> None:
        """Start from `state`, standing."""
        self.state = state
        self.sport.reset(state)

    def low_cmd(self, message: LowCmd_, now_ns: int) -> None:
        """Take a command of every motor, if it is good."""
        if self._good(message, "low_cmd"):
            self._low, self._low_ns = message.motor_cmd, now_ns

    def arm_sdk(self, message: LowCmd_, now_ns: int) -> None:
        """Take a command of arms and waist, if it is good."""
        if self._good(message, "arm_sdk"):
            self._arm, self._arm_ns = message.motor_cmd, now_ns

    def hand_cmd(self, side: str, message: HandCmd_) -> None:
        """Take a command of the hand `left` or `right`; motors not enabled by their mode byte keep theirs."""
        for motor, command in enumerate(message.motor_cmd[: len(HANDS[side])]):
            if command.mode != hand_mode(motor):
                self.counts[f"{side}_hand_mode"] += 1
                continue
            self._hand_cmd[side][motor] = (
                command.mode, command.q, command.dq, command.tau, command.kp, command.kd, 0,
            )  # fmt: skip
        self.counts[f"{side}_hand"] += 1

    def heed(self, keys: frozenset[str]) -> None:
        """Take what is pressed on the remote control, which only the motion program listens to."""
        if self.program and stop_asked(keys) == "damp":
            self.fsm = DAMPING

    def _good(self, message: LowCmd_, topic: str) -> bool:
        if message_crc(message.record()) != message.crc:
            why = "crc"
        elif topic == "low_cmd" and message.mode_machine != MODE_MACHINE_29DOF:
            why = "mode_machine"
        else:
            self.counts[topic] += 1
            return True
        self.counts[f"{topic}_{why}"] += 1
        return False

    def update(self, state: RobotState, command: Command | None, dt_s: float) -> MotorCommand:
        """Return the motor command for the next `dt_s`."""
        now_ns = state.t_ns
        self.state = state
        self._weigh(now_ns, dt_s)
        motors = writable(self._program(state, dt_s) if self.program else limp(self._spec))
        fresh_ns = FIGHT_NS if self.program else LOW_CMD_GONE_NS
        driven = self._low is not None and now_ns - self._low_ns < fresh_ns
        self.damps = not driven if not self.program else self.fsm == DAMPING
        if driven:
            self._odd = not self._odd
            if not self.program or self._odd:
                self._drive(motors)
            self.counts["fights"] += bool(self.program)
        for side in SIDES:
            lay_over(motors, self._hand_cmd[side], self._hands[side])
        return MotorCommand(**motors)

    def _weigh(self, now_ns: int, dt_s: float) -> None:
        """Follow the share that `rt/arm_sdk` asks for, and take it back when it has stopped."""
        if self._arm is None or now_ns - self._arm_ns > ARM_SDK_GONE_NS:
            self.share = max(0.0, self.share - SHARE_PER_S * dt_s)
        else:
            self.share = float(np.clip(self._arm["q"][WEIGHT_SLOT], 0.0, 1.0))

    def _program(self, state: RobotState, dt_s: float) -> MotorCommand:
        if self.fsm == ZERO_TORQUE:
            return nothing(self._spec)
        if self.fsm not in STANDING or has_fallen(state):
            return limp(self._spec)
        arms, torso = self._spec.neutral_rad[self._arms], np.zeros(3)
        if self._arm is not None:
            wanted = self._arm["q"][self._sdk_slots].astype(float)
            torso = self.share * torso_from_waist(wanted[:3])
            arms = arms + self.share * (wanted[3:] - arms)
        motors = writable(self.sport.update(state, arms, torso, dt_s))
        if self._arm is not None:
            # The waist follows by the walking controller, which needs it for balance.
            lay_over(motors, self._arm[self._sdk_slots[3:]], self._sdk[3:], self.share)
        return MotorCommand(**motors)

    def _drive(self, motors: dict[str, Array]) -> None:
        """Let `rt/lowcmd` have every motor it enables."""
        commands = self._low[: len(BODY)]
        on = commands["mode"] == ENABLED
        lay_over(motors, commands[on], self._body[on])
