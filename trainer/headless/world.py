"""The world of a task on simulated time: physics, robot state, world state and cameras at their rates."""

from collections.abc import Callable
from typing import Any

import numpy as np

from backend import catalog
from backend.core.contracts.command import Command
from backend.core.contracts.robot import CameraSpec, RobotSpec, RobotState
from backend.core.contracts.task import Task
from backend.core.contracts.video import CameraFrame
from backend.core.contracts.world import WorldState
from backend.runtime.scene_model import compiled_task
from backend.runtime.schedule import CameraClock, stagger
from backend.runtime.simulation import Simulation
from backend.runtime.topics import ROBOT_STATE, WORLD_STATE
from backend.settings import Settings
from backend.video.encoder import GOP_NS, CameraEncoder

START_NS = 1_000_000_000
"""Simulated time begins here: some ages are differences to instants before the first sample."""

Sink = Callable[[Any, bytes], None]


class HeadlessWorld:
    """Steps physics and publishes what the world and cameras processes would, in the same order and rates.

    Args:
        config: Robot, locomotion controller, camera source and bit rate.
        task: What stands in the world.
        seed: Of where things stand.
        cameras: Whether pictures can be drawn.
        lazy: Draw only what is asked for by `picture`; nothing of it is recorded.
    """

    def __init__(self, config: Settings, task: Task, seed: int, cameras: bool, lazy: bool = False) -> None:
        robot = catalog.load(catalog.ROBOTS, config.robot)
        self.spec: RobotSpec = robot.spec
        self.now_ns = START_NS
        name, _, argument = config.locomotion.partition(":")
        controller = catalog.load(catalog.LOCOMOTION, name)(self.spec, *filter(None, [argument]))
        model = compiled_task(config, task, visuals=False)
        self.simulation = Simulation(self.spec, model, task, controller, seed)
        self._step_ns = round(self.simulation.dt_s * 1e9)
        self._world_seq = 0
        self._next_state_ns = self._next_world_ns = self.now_ns
        self._pictures: dict[tuple[str, int], tuple[CameraFrame, np.ndarray]] = {}
        self.seen: dict[str, WorldState] = {}
        """What was before each camera when it last took a picture."""
        self._lazy = lazy
        self._cameras = catalog.load(catalog.CAMERAS, config.cameras)() if cameras else None
        self._reference_bit_s = config.video_mbit_s * 1e6
        self._clocks: dict[str, CameraClock] = {}
        if self._cameras is not None:
            self._cameras.open_model(compiled_task(config, task), self.spec.cameras)
            periods_s = [1.0 / camera.fps for camera in self.spec.cameras]
            self._clocks = {
                camera.name: CameraClock(self.now_ns, period_s, phase_s)
                for camera, period_s, phase_s in zip(
                    self.spec.cameras, periods_s, stagger(periods_s), strict=True
                )
            }
        self._sink: Sink | None = None
        self._encoders: dict[str, CameraEncoder] = {}
        self.state: RobotState
        self.world: WorldState
        self._publish()

    def record_to(self, sink: Sink | None) -> None:
        """Hand every record to `sink` from now on, pictures encoded like the live view; None ends it."""
        self._sink = sink
        count = len(self.spec.cameras)
        self._encoders = {
            camera.name: CameraEncoder(self._reference_bit_s, GOP_NS * number // count)
            for number, camera in enumerate(self.spec.cameras)
        }

    def advance(self, command: Command, period_ns: int) -> None:
        """Give the robot a command and let `period_ns` pass."""
        end_ns = self.now_ns + period_ns
        self.simulation.command(command, self.now_ns)
        while self.now_ns < end_ns:
            self.simulation.step(self.now_ns)
            self.now_ns += self._step_ns
            self._publish()

    def picture(self, camera: CameraSpec, seen: WorldState) -> tuple[CameraFrame, np.ndarray]:
        """Return what `camera` shows of `seen`: header, and (height, width, 3) uint8 rgb."""
        key = (camera.name, camera.width)
        if key not in self._pictures or self._pictures[key][0].t_ns != seen.t_ns:
            self._pictures[key] = self._cameras.grab(camera, seen)
        return self._pictures[key]

    def _publish(self) -> None:
        now_ns = self.now_ns
        if now_ns >= self._next_state_ns:
            self._next_state_ns += round(1e9 / ROBOT_STATE.rate_hz)
            self.state = self.simulation.state(now_ns)
            self._record(self.state)
        if now_ns >= self._next_world_ns:
            self._next_world_ns += round(1e9 / WORLD_STATE.rate_hz)
            self._world_seq += 1
            self.world = self.simulation.world_state(now_ns, self._world_seq)
            self._record(self.world)
        for camera in self.spec.cameras if self._clocks else ():
            if self._clocks[camera.name].due_ns <= now_ns:
                self._clocks[camera.name].advance(now_ns)
                self._show(camera)

    def _show(self, camera: CameraSpec) -> None:
        before = self.seen.get(camera.name)
        self.seen[camera.name] = self.world
        if self._lazy or (before is not None and before.t_ns == self.world.t_ns):
            return
        header, pixels = self.picture(camera, self.world)
        if self._sink is None:
            return
        encoded = self._encoders[camera.name].encode(header, memoryview(pixels).cast("B"))
        if encoded is None:
            raise RuntimeError(f"camera {camera.name}: picture {header.seq} could not be encoded")
        self._sink(*encoded)

    def _record(self, record: Any) -> None:
        if self._sink is not None:
            self._sink(record, b"")

    def close(self) -> None:
        """Release the renderer."""
        if self._cameras is not None:
            self._cameras.close()
