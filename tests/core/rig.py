"""A robot that does what it is told, and an operator in front of it, for tests of the whole tick."""

import numpy as np

from backend.core.context import StepContext
from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.contracts.tick import TickRecord
from backend.core.safety.check import check
from backend.core.step import step

PERIOD_NS = 10_000_000
START_NS = 1_000_000_000_000


class Rig:
    """Runs ticks; every command is judged by the independent check, so no test can pass beside it."""

    def __init__(self, spec: RobotSpec) -> None:
        self.spec = spec
        self.context = StepContext(spec, PERIOD_NS / 1e9)
        self.now_ns = START_NS
        self.records: list[TickRecord] = []
        self.state_changes: dict = {}
        self.state_age_ns = 2_000_000
        self.silent = False
        self._seq = 0

    def state(self) -> RobotState:
        """The robot is where its command says, on its feet at the origin."""
        layout, action = self.spec.layout, self.context.safety.action
        q = self.spec.neutral_rad.copy()
        for name, angle in zip(layout.action_names, action, strict=True):
            if name in self.spec.joints:
                q[self.spec.index(name)] = angle
        yaw = float(action[layout.target_yaw][0])
        values = {
            "t_ns": self.now_ns - self.state_age_ns,
            "seq": self._seq,
            "q_rad": q,
            "dq_rad_s": np.zeros(len(q)),
            "tau_nm": np.zeros(len(q)),
            "T_world_pelvis": np.array([0, 0, 0.74, 0, 0, np.sin(yaw / 2), np.cos(yaw / 2)]),
            "base_twist": np.zeros(6),
            "torso_rpy_rad": action[layout.torso],
            "base_height_m": float(action[layout.height][0]),
            "hand_force_n": np.zeros(6),
            "locomotion": "stand",
        }
        return RobotState(**(values | self.state_changes))

    def frame(self, source: str = "keyboard", driver: str = "ada", **channels) -> DeviceFrame:
        """A frame of this instant."""
        self._seq += 1
        stamps = {"t_ns": self.now_ns, "seq": self._seq, "source_t_ns": self.now_ns}
        return DeviceFrame(source=source, driver=driver, **(stamps | channels))

    def tick(self, *frames: DeviceFrame, requests=()) -> TickRecord:
        """Advance by one period."""
        state = None if self.silent else self.state()
        record = step(self.context, frames, state, self.now_ns, requests)
        self.records.append(record)
        assert not check(self.context.safety.limits, [r.command for r in self.records[-3:]])
        self.now_ns += PERIOD_NS
        return record

    def ask(self, kind: str, driver: str = "ada", **values):
        """Send a request and return its reply."""
        return self.context.arbiter.handle(ControlRequest(kind=kind, driver=driver, **values), self.now_ns)

    def arm(self) -> None:
        """Take control as Ada and arm."""
        self.tick()
        assert self.ask("lease.take", name="Ada").ok
        assert self.ask("arm").ok

    def drive(self, ticks: int, **channels) -> TickRecord:
        """Hold the deadman for some ticks with these channels."""
        for _ in range(ticks):
            record = self.tick(self.frame(deadman=True, **channels))
        return record

    def engage(self) -> None:
        """Arm, hold the deadman and wait for the ramp to end."""
        self.arm()
        self.drive(110)


def arm_input(**values) -> ArmInput:
    """An ArmInput with arrays from lists."""
    arrays = {"pose", "twist", "fingers_rad"}
    return ArmInput(**{k: np.array(v, float) if k in arrays else v for k, v in values.items()})
