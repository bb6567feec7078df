"""An operator with a tracked hand in front of the app's core and the simulated robot, without a clock."""

import numpy as np
import pinocchio as pin

from backend.core.context import StepContext
from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.tick import TickRecord
from backend.core.pose import footprint, pose, transform
from backend.core.step import step
from backend.runtime.simulation import Simulation

PERIOD_NS = 10_000_000
DRIVER = "operator"


class Operator:
    """Moves the wrists of a standing robot through `step`, at 100 Hz of simulated time."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.spec = simulation.spec
        self.now_ns = PERIOD_NS
        self.record: TickRecord | None = None
        self.grips = {"left": 0.0, "right": 0.0}
        self._context = StepContext(self.spec, PERIOD_NS * 1e-9)
        self._wrists: dict[str, pin.SE3] = {}
        self._seq = 0
        for kind in ("lease.take", "arm"):
            self._tick()
            reply = self._context.arbiter.handle(
                ControlRequest(kind=kind, driver=DRIVER, name="test"), self.now_ns
            )
            assert reply.ok, reply.error
        while self.record.intent is None:
            self._tick(deadman=True)
        self._wrists = {
            "left": transform(self.record.intent.T_footprint_left),
            "right": transform(self.record.intent.T_footprint_right),
        }

    def palm_m(self, side: str) -> np.ndarray:
        """Return the palm's position in the world."""
        return self.simulation.data.body(f"{side}_hand_palm_link").xpos.copy()

    def object_m(self, name: str) -> np.ndarray:
        """Return an object's position in the world."""
        return self.simulation.data.body(name).xpos.copy()

    def wait(self, seconds: float) -> None:
        """Hold still with the deadman pressed."""
        for _ in range(round(seconds / PERIOD_NS * 1e9)):
            self._tick(deadman=True)

    def grip(self, side: str, closure: float, seconds: float) -> None:
        """Close or open a hand gradually."""
        for value in np.linspace(self.grips[side], closure, round(seconds / PERIOD_NS * 1e9)):
            self.grips[side] = float(value)
            self._tick(deadman=True)

    def reach(self, side: str, palm_m: np.ndarray, seconds: float) -> None:
        """Move a hand until its palm is at `palm_m` (world), palm inward and fingers ahead."""
        T_palm = pin.SE3(np.eye(3), np.array([0.0415, 0.003 if side == "left" else -0.003, 0.0]))
        T_world_footprint = transform(footprint(self.record.state))
        goal = T_world_footprint.inverse() * pin.SE3(np.eye(3), palm_m) * T_palm.inverse()
        start = self._wrists[side]
        for fraction in np.linspace(0, 1, round(seconds / PERIOD_NS * 1e9)):
            self._wrists[side] = pin.SE3.Interpolate(start, goal, fraction * fraction * (3 - 2 * fraction))
            self._tick(deadman=True)

    def walk(self, velocity: tuple[float, float, float], seconds: float) -> None:
        """Walk with vx, vy [m/s] and yaw rate [rad/s] in the heading frame; the hands come along."""
        for _ in range(round(seconds / PERIOD_NS * 1e9)):
            self._tick(deadman=True, base_velocity=np.array(velocity))

    def _tick(self, deadman: bool = False, base_velocity: np.ndarray | None = None) -> None:
        self._seq += 1
        frame = DeviceFrame(
            source="tracker",
            driver=DRIVER,
            t_ns=self.now_ns,
            seq=self._seq,
            source_t_ns=self.now_ns,
            deadman=deadman,
            left=self._arm("left"),
            right=self._arm("right"),
            base_velocity=base_velocity,
        )
        self._context.arbiter.handle(ControlRequest(kind="lease.renew", driver=DRIVER), self.now_ns)
        state = self.simulation.state(self.now_ns)
        self.record = step(self._context, [frame], state, self.now_ns)
        self.simulation.command(self.record.command, self.now_ns)
        for _ in range(round(PERIOD_NS * 1e-9 / self.simulation.dt_s)):
            self.simulation.step(self.now_ns)
        self.now_ns += PERIOD_NS

    def _arm(self, side: str) -> ArmInput:
        wrist = self._wrists.get(side)
        return ArmInput(
            clutch=wrist is not None, pose=None if wrist is None else pose(wrist), grip=self.grips[side]
        )
