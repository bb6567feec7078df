"""A robot, a world and whoever drives it, on simulated time: control as in the app, as fast as it goes."""

from collections.abc import Callable, Sequence
from typing import Any

from backend.core.context import StepContext
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.robot import RobotState
from backend.core.contracts.task import Task
from backend.core.contracts.tick import TickRecord
from backend.core.contracts.world import WorldState
from backend.core.step import step
from backend.settings import Settings
from trainer.headless.judge import Judge
from trainer.headless.world import HeadlessWorld, Sink

Frames = Callable[[WorldState, RobotState, int], Sequence[DeviceFrame]]
"""Source of device frames: gets the newest world and robot state and the time [ns]."""


class Rig:
    """Runs `step` at the control rate in a `HeadlessWorld`. The same seed gives the same run.

    Args:
        config: Settings as for the app.
        task: The task, built with its seed and level.
        seed: Of where things stand.
        cameras: Whether pictures can be drawn.
        lazy: Draw only what is asked for.
    """

    def __init__(
        self, config: Settings, task: Task, seed: int, cameras: bool = True, lazy: bool = False
    ) -> None:
        self.task = task
        self.world = HeadlessWorld(config, task, seed, cameras, lazy)
        self.spec = self.world.spec
        self._period_ns = round(1e9 / config.control_hz)
        self.context = StepContext(self.spec, self._period_ns * 1e-9)
        self.judge = Judge(task.subtasks)
        self.record: TickRecord | None = None
        self._sink: Sink | None = None

    @property
    def now_ns(self) -> int:
        """Simulated time."""
        return self.world.now_ns

    def record_to(self, sink: Sink | None) -> None:
        """Hand every record of world, cameras and control to `sink` from now on; None ends it."""
        self._sink = sink
        self.world.record_to(sink)

    def ask(self, kind: str, driver: str, **values: Any) -> None:
        """Send a control request; raises RuntimeError with the arbiter's answer when it refuses."""
        request = ControlRequest(kind=kind, driver=driver, **values)
        reply = self.context.arbiter.handle(request, self.now_ns)
        if not reply.ok:
            raise RuntimeError(f"{kind} was refused: {reply.error}")

    def tick(self, frames: Sequence[DeviceFrame] = ()) -> TickRecord:
        """Run one control tick with the frames that arrived, then let its period pass."""
        self.judge.observe(self.world.world, self.world.state)
        self.record = step(self.context, frames, self.world.state, self.now_ns)
        if self._sink is not None:
            self._sink(self.record, b"")
        self.world.advance(self.record.command, self._period_ns)
        return self.record

    def drive(self, frames: Frames) -> TickRecord:
        """Run one tick with what `frames` says now."""
        return self.tick(frames(self.world.world, self.world.state, self.now_ns))

    def engage(self, driver: str, frames: Frames, timeout_s: float = 10.0) -> None:
        """Take control, arm and go on until motion is at full speed.

        Raises:
            RuntimeError: The arbiter refuses, or motion does not start.
        """
        self.tick()
        self.ask("lease.take", driver, name=driver)
        self.ask("arm", driver)
        end_ns = self.now_ns + int(timeout_s * 1e9)
        while self.drive(frames).speed_scale < 1.0:
            if self.now_ns > end_ns:
                raise RuntimeError(f"the robot does not engage: {self.record.mode}, {self.record.reason}")

    def close(self) -> None:
        """Release the renderer."""
        self.world.close()
