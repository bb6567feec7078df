"""The control process: the 100 Hz tick, and the only writer of commands.

frames from every input + newest robot state -> core.step -> robot.send -> TickRecord on the bus
"""

import signal
from collections.abc import Sequence
from types import FrameType

import msgspec
import structlog

from backend import catalog
from backend.core import clock
from backend.core.context import StepContext
from backend.core.contracts.frame import DeviceFrame, Input
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.robot import Robot
from backend.core.contracts.tick import TickRecord
from backend.core.step import step
from backend.runtime import logging, realtime
from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from backend.runtime.ticker import Ticker
from backend.runtime.topics import CONTROL, CONTROL_TICK
from backend.settings import settings

PRIORITY = 70
"""Above physics: a tick is short, and a late command is late at every later stage too."""
STOP_TICKS = 20
"""Stop commands sent at the end: at 100 Hz as long as the robot's own watchdog waits."""
GARBAGE_TICKS = 100
GARBAGE_SLACK_NS = 2_000_000


class Control:
    """Runs the ticks of one robot. It comes up STOPPED and goes down with stop commands."""

    def __init__(self, robot: Robot, inputs: Sequence[Input], bus: Bus, rate_hz: float) -> None:
        self._robot = robot
        self._inputs = inputs
        self._context = StepContext(robot.spec, 1.0 / rate_hz, clock.now_ns)
        self._ticks = bus.publisher(CONTROL_TICK)
        self._service = bus.serve(CONTROL)
        self._heart = Heart(bus, "control")
        self._ticker = Ticker(rate_hz)
        self._running = True

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End `run` after the present tick; usable as a signal handler."""
        self._running = False

    def run(self) -> None:
        """Tick until stopped; whatever ends the loop, the robot is told to stop."""
        realtime.pause_garbage_collection()
        try:
            while self._running:
                self._turn()
        finally:
            for _ in range(STOP_TICKS):
                self._ticker.wait()
                command, _verdict = self._context.safety.stop(clock.now_ns())
                self._robot.send(command)

    def close(self) -> None:
        """Release the sockets."""
        for part in (self._ticks, self._service, self._heart):
            part.close()

    def _turn(self) -> None:
        late_ns = self._ticker.wait()
        self._service.poll(self._answer, lambda why: Reply(ok=False, error=why))
        record = step(self._context, self._frames(), self._robot.read(), clock.now_ns())
        self._robot.send(record.command)
        stages = msgspec.structs.replace(record.stages, late=late_ns * 1e-6)
        self._ticks.publish(msgspec.structs.replace(record, stages=stages))
        if self._heart.due(record.t_ns):
            self._beat(record)
        if self._ticker.ticks % GARBAGE_TICKS == 0 and self._ticker.slack_ns > GARBAGE_SLACK_NS:
            realtime.collect_young()

    def _frames(self) -> list[DeviceFrame]:
        return [frame for device in self._inputs for frame in device.latest()]

    def _answer(self, request: ControlRequest) -> Reply:
        reply = self._context.arbiter.handle(request, clock.now_ns())
        if reply.ok and request.kind == "reset":
            try:
                self._robot.reset()
            except ConnectionError as error:
                return Reply(ok=False, error=str(error))
        return reply

    def _beat(self, record: TickRecord) -> None:
        self._heart.beat(
            record.t_ns,
            "ok" if record.state else "no state from the robot: is its process running?",
            rate_hz=self._ticker.rate_hz,
            late_p99_ms=self._ticker.late_p99_ms,
            overruns=self._ticker.overruns,
        )


def main() -> None:
    """Entry of the process."""
    logging.configure()
    config = settings()
    priority = realtime.make_realtime(PRIORITY)
    bus = Bus(config.run_dir)
    robot: Robot = catalog.load(catalog.ROBOTS, config.robot)(bus)
    inputs: list[Input] = [catalog.load(catalog.INPUTS, name)(bus) for name in config.input_names]
    control = Control(robot, inputs, bus, config.control_hz)
    for device in (robot, *inputs):
        device.open()
    signal.signal(signal.SIGTERM, control.stop)
    signal.signal(signal.SIGINT, control.stop)
    structlog.get_logger("control").info("running", rate_hz=config.control_hz, priority=priority)
    try:
        control.run()
    finally:
        for device in (*inputs, robot, control):
            device.close()


if __name__ == "__main__":
    main()
