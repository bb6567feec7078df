"""The body process: the robot's side on hardware, in the place that `world` has in simulation.

It runs near the robot, on the robot's computer or one cable away: sensors, locomotion controller, motors and
the watchdog over the commands that control sends. Killing control never makes the robot fall.

```
 commands fresh ------ 200 ms --> hold: base to rest, arms held ------ 10 s --> arms and hands soften
```
Stopping this process gives the motors back by the body's own stop behaviour.
"""

import signal
import time
from types import FrameType

import msgspec
import structlog

from backend import catalog
from backend.core import clock
from backend.core.contracts.body import Body, Wish
from backend.core.contracts.command import MotorCommand
from backend.core.contracts.health import Reply
from backend.core.contracts.robot import RobotState
from backend.core.contracts.world import WorldRequest
from backend.core.locomotion.controller import LocomotionController
from backend.runtime import logging, realtime
from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from backend.runtime.ticker import Ticker
from backend.runtime.topics import ROBOT_COMMAND, ROBOT_HEALTH, ROBOT_STATE, WORLD
from backend.runtime.watchdog import CommandWatch
from backend.settings import Settings, settings

PRIORITY = 60
SOFTEN_NS = 10_000_000_000
"""After so long without commands arms and hands may be pushed away by hand."""
SILENT_NS = 100_000_000
"""Without a state of the robot for this long nothing is sent to its motors."""
HEALTH_NS = int(1e9 / ROBOT_HEALTH.rate_hz)
GARBAGE_TICKS = 250
AGAIN_S = 2.0


def build_controller(config: Settings) -> LocomotionController:
    """Return the configured locomotion controller; see `world.build_simulation`."""
    spec = catalog.load(catalog.ROBOTS, config.robot).spec
    name, _, argument = config.locomotion.partition(":")
    return catalog.load(catalog.LOCOMOTION, name)(spec, *filter(None, [argument]))


class BodyLoop:
    """Connects an opened body and its controller to the bus.

    Args:
        body: The robot's sensors and motors.
        controller: Its locomotion controller, not yet reset.
        bus: Where commands come from and states go.
        heart: Heartbeat of the process.
        first: The body's first state.
    """

    def __init__(
        self, body: Body, controller: LocomotionController, bus: Bus, heart: Heart, first: RobotState
    ) -> None:
        self._body = body
        self._controller = controller
        self._heart = heart
        self._commands = bus.subscribe(ROBOT_COMMAND)
        self._states = bus.publisher(ROBOT_STATE)
        self._healths = bus.publisher(ROBOT_HEALTH)
        self._service = bus.serve(WORLD)
        self._watch = CommandWatch()
        self._ticker = Ticker(ROBOT_STATE.rate_hz)
        self._every = max(1, round(ROBOT_STATE.rate_hz / controller.manifest.rate_hz))
        self._state = first
        self._motors: MotorCommand | None = None
        self._trouble = ""
        self._next_health_ns = self._last_ns = 0
        controller.reset(first)

    def turn(self) -> None:
        """Wait for the next tick and serve it."""
        self._ticker.wait()
        now_ns = clock.now_ns()
        if (message := self._commands.poll()) is not None:
            self._watch.take(message[0], now_ns)
        self._service.poll(self._answer, lambda why: Reply(ok=False, error=why))
        state = self._body.read(now_ns)
        self._state = state or self._state
        silent_ms = (now_ns - self._state.t_ns) * 1e-6
        self._trouble = f"the robot has been silent for {silent_ms:.0f} ms"
        if silent_ms < SILENT_NS * 1e-6:
            self._trouble = self._body.fault
            self._drive(now_ns)
        if state is not None:
            self._states.publish(self._told(now_ns))
        if now_ns >= self._next_health_ns:
            self._next_health_ns = now_ns + HEALTH_NS
            self._report(now_ns)
        if self._ticker.ticks % GARBAGE_TICKS == 0:
            realtime.collect_young()

    def _drive(self, now_ns: int) -> None:
        period_s = self._ticker.period_ns * 1e-9
        command = None if self._body.fault else self._watch.current(now_ns)
        if self._motors is None or self._ticker.ticks % self._every == 0:
            self._motors = self._controller.update(self._state, command, self._every * period_s)
        wish: Wish = "soft" if self._watch.silent_ns(now_ns) > SOFTEN_NS else "live"
        self._body.drive(self._motors, wish, now_ns, period_s)

    def _told(self, now_ns: int) -> RobotState:
        return msgspec.structs.replace(
            self._state,
            locomotion=self._controller.mode,
            locomotion_note=self._controller.note,
            command_seq=self._watch.seq,
            stopped_by_watchdog=self._watch.stopped(now_ns),
            fault=self._body.fault,
        )

    def _report(self, now_ns: int) -> None:
        health = self._body.health(now_ns)
        self._healths.publish(health)
        self._heart.beat(
            now_ns,
            "; ".join(filter(None, (self._trouble, *health.warnings))) or "ok",
            rate_hz=self._ticker.rate_hz,
            late_p99_ms=self._ticker.late_p99_ms,
            overruns=self._ticker.overruns,
        )

    def _answer(self, request: WorldRequest) -> Reply:
        if request.kind != "reset_robot":
            why = f"a robot of hardware has no {request.kind!r}; allowed: reset_robot"
            return Reply(ok=False, error=why)
        try:
            self._body.reset()
        except ConnectionError as error:
            return Reply(ok=False, error=str(error))
        self._controller.reset(self._state)
        self._motors = None
        self._watch.forget()
        return Reply(ok=True, detail={"place": "where it was"})


def main() -> None:
    """Entry of the process: connects, again and again until it succeeds, then drives until SIGTERM."""
    logging.configure()
    config = settings()
    log = structlog.get_logger("body")
    running = True

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    priority = realtime.make_realtime(PRIORITY)
    bus = Bus(config.run_dir)
    heart = Heart(bus, "world")
    heart.beat(state="starting")
    controller = build_controller(config)
    spec = catalog.load(catalog.ROBOTS, config.robot).spec
    body: Body = catalog.load(catalog.BODIES, config.robot)(spec, controller, config)
    while running:
        try:
            first = body.open(lambda what: heart.beat(state=what))
        except ConnectionError as error:
            log.warning("not connected", why=str(error))
            until_ns = clock.now_ns() + int(AGAIN_S * 1e9)
            while running and clock.now_ns() < until_ns:
                heart.beat(state=str(error))
                time.sleep(0.1)
            continue
        break
    else:
        return
    loop = BodyLoop(body, controller, bus, heart, first)
    log.info("running", robot=config.robot, locomotion=config.locomotion, priority=priority)
    realtime.pause_garbage_collection()
    try:
        while running:
            loop.turn()
    finally:
        body.close()


if __name__ == "__main__":
    main()
