"""Control, the robot's side and the emulated robot in lock step: over real DDS, but in a time of their own.

What a slow machine does to a real-time loop is not the matter of these tests.
"""

import threading
import time
from collections.abc import Callable

import numpy as np

from backend.core import clock
from backend.core.context import StepContext
from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.robot import RobotState
from backend.core.contracts.tick import TickRecord
from backend.core.locomotion.controller import LocomotionController
from backend.core.step import step
from backend.runtime.robot_side import RobotSide
from backend.runtime.simulation import Simulation
from backend.settings import Settings
from devices.emulators.g1.board import Board
from devices.emulators.g1.firmware import Firmware
from devices.emulators.g1.gantry import Gantry
from devices.robots.unitree.body import G1Body
from devices.robots.unitree.dds import Link
from devices.robots.unitree_g1 import UnitreeG1
from devices.scenes.empty import Empty
from tests.unitree.robot import DOMAIN

RATE_HZ = 250.0
TURN_NS = 4_000_000
TICK_NS = 12_000_000
"""Of control: a multiple of the turn, close to 100 Hz."""


class Lockstep:
    """A robot on a bare floor, its side, and an operator."""

    def __init__(self, controller: type[LocomotionController], gantry: bool = False) -> None:
        self.spec = UnitreeG1.spec
        self.firmware = Firmware(self.spec)
        model = Empty().furnish(UnitreeG1.build_body(self.spec)).compile()
        self.simulation = Simulation(self.spec, model, Empty(), self.firmware)
        self._gantry = Gantry(self.simulation) if gantry else None
        self.board = Board(Link("lo", DOMAIN), self.simulation, self.firmware)
        self.controller = controller(self.spec)
        config = Settings(robot="unitree_g1", dds_domain=DOMAIN)
        self.body = G1Body(self.spec, self.controller, config)
        self.now_ns = clock.now_ns()
        self.side = RobotSide(self.body, self.controller, self._open(), RATE_HZ)
        self.context = StepContext(self.spec, TICK_NS * 1e-9)
        self.state: RobotState | None = None
        self.tick: TickRecord | None = None
        self.commanding = True
        """Whether control is there."""
        self.working = True
        """Whether the robot's side is there."""
        self._turns = self._seq = 0

    def _open(self) -> RobotState:
        """Open the body while the robot goes on living, in real time: only opening waits by the clock."""
        found: list[RobotState | ConnectionError] = []

        def connect() -> None:
            try:
                found.append(self.body.open(lambda _: None))
            except ConnectionError as error:
                found.append(error)

        opening = threading.Thread(target=connect)
        opening.start()
        while opening.is_alive():
            self.now_ns = clock.now_ns()
            self._live()
            time.sleep(max(0.0, (self.now_ns + TURN_NS - clock.now_ns()) * 1e-9))
        if isinstance(found[0], ConnectionError):
            raise found[0]
        return found[0]

    def _live(self) -> None:
        self.board.listen(self.now_ns)
        for _ in range(2):
            if self._gantry is not None:
                self._gantry.pull()
            self.simulation.step(self.now_ns)
        self.board.report(self.now_ns)

    def turn(self, *requests: ControlRequest, **channels) -> None:
        """Let 4 ms pass; `channels` are those of an operator's frame."""
        self.now_ns += TURN_NS
        self._live()
        if self.commanding and (requests or self._turns * TURN_NS % TICK_NS == 0):
            frames = []
            if channels:
                self._seq += 1
                stamps = {"t_ns": self.now_ns, "seq": self._seq, "source_t_ns": self.now_ns}
                frames = [DeviceFrame(source="keyboard", driver="ada", **stamps, **channels)]
            self.tick = step(self.context, frames, self.state, self.now_ns, requests)
            if self.working:
                self.side.command(self.tick.command, self.now_ns)
        if self.working:
            self.state = self.side.turn(self.now_ns) or self.state
        self._turns += 1

    def run(self, seconds: float, **channels) -> None:
        """Let time pass."""
        for _ in range(round(seconds * RATE_HZ)):
            self.turn(**channels)

    def until(self, condition: Callable[[], bool], limit_s: float = 10.0, **channels) -> float:
        """Let time pass until the condition holds; return how much of it [s]."""
        for turn in range(round(limit_s * RATE_HZ)):
            if condition():
                return turn / RATE_HZ
            self.turn(**channels)
        raise AssertionError(f"not within {limit_s:g} s; {self.tick.mode}: {self.tick.reason}")

    def ask(self, kind: str) -> None:
        """Send a request of the operator to control."""
        self.turn(ControlRequest(kind=kind, driver="ada", name="Ada"))

    def arm(self) -> None:
        """Take control and arm the robot, with the deadman released and the hands' triggers at rest."""
        self.ask("lease.take")
        rest = ArmInput(grip=0.0, pinch=0.0)
        self.run(0.05, deadman=False, left=rest, right=rest)
        self.ask("arm")

    def q(self, joint: str) -> float:
        """Return where a joint of the emulated robot is [rad]."""
        return float(self.firmware.state.q_rad[self.spec.index(joint)])

    def place_m(self) -> np.ndarray:
        """Return (2,) where the emulated robot's pelvis is."""
        return self.firmware.state.T_world_pelvis[:2].copy()
