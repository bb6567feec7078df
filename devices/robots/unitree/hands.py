"""Both Dex3-1 hands, by joint name."""

from backend.core.contracts.command import MotorCommand
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from devices.robots.unitree import topics
from devices.robots.unitree.dds import Link
from devices.robots.unitree.idl_hg import HandCmd_, HandState_, MotorCmd_
from devices.robots.unitree.motors import HANDS, SIDES, hand_mode, indices

PERIOD_NS = 10_000_000


class Hands:
    """Keeps the newest state of each hand and commands it 100 times a second."""

    def __init__(self, link: Link, spec: RobotSpec) -> None:
        self._states = {side: link.reader(topics.HAND_STATE[side], HandState_) for side in SIDES}
        self._commands = {side: link.writer(topics.HAND_CMD[side], HandCmd_) for side in SIDES}
        self._joints = {side: indices(spec, HANDS[side]) for side in SIDES}
        self._newest: dict[str, HandState_] = {}
        self._next_ns = 0

    @property
    def complete(self) -> bool:
        """Whether both hands have reported."""
        return len(self._newest) == len(SIDES)

    def poll(self) -> None:
        """Take in what has arrived."""
        for side, reader in self._states.items():
            state = reader.newest()
            if state is not None and len(state.motor_state) == len(HANDS[side]):
                self._newest[side] = state

    def fill(self, q_rad: Array, dq_rad_s: Array, tau_nm: Array) -> None:
        """Write what the fingers report into vectors in the order of `spec.joints`."""
        for side, state in self._newest.items():
            for joint, motor in zip(self._joints[side], state.motor_state, strict=True):
                q_rad[joint], dq_rad_s[joint], tau_nm[joint] = motor.q, motor.dq, motor.tau_est

    def fill_temperatures(self, motor_c: Array) -> None:
        """Write the fingers' temperatures into a vector in the order of `spec.joints`."""
        for side, state in self._newest.items():
            for joint, motor in zip(self._joints[side], state.motor_state, strict=True):
                motor_c[joint] = max(motor.temperature)

    def drive(self, motors: MotorCommand, now_ns: int) -> None:
        """Command every finger of the hands that have reported, when it is time."""
        if now_ns < self._next_ns:
            return
        self._next_ns = max(self._next_ns, now_ns - PERIOD_NS) + PERIOD_NS
        for side in self._newest:
            fields = zip(
                *(
                    field[self._joints[side]].tolist()
                    for field in (motors.q_rad, motors.dq_rad_s, motors.tau_nm, motors.kp, motors.kd)
                ),
                strict=True,
            )
            commands = [MotorCmd_(hand_mode(i), *values) for i, values in enumerate(fields)]
            self._commands[side].write(HandCmd_(commands, [0, 0, 0, 0]))
