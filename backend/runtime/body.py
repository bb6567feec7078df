"""The body process: the robot's side on hardware, in the place that `world` has in simulation.

It runs near the robot, on the robot's computer or one cable away: sensors, locomotion controller, motors and
the watchdog over the commands that control sends. Killing control never makes the robot fall.
Stopping this process gives the motors back by the body's own stop behaviour.
"""

import signal
import time
from types import FrameType

import structlog

from backend import catalog
from backend.core import clock
from backend.core.contracts.body import Body
from backend.core.contracts.health import Reply
from backend.core.contracts.world import WorldRequest
from backend.core.locomotion.controller import LocomotionController
from backend.runtime import logging, realtime
from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from backend.runtime.robot_side import RobotSide
from backend.runtime.ticker import Ticker
from backend.runtime.topics import ROBOT_COMMAND, ROBOT_HEALTH, ROBOT_STATE, WORLD
from backend.settings import Settings, settings

PRIORITY = 60
HEALTH_NS = int(1e9 / ROBOT_HEALTH.rate_hz)
GARBAGE_TICKS = 250
AGAIN_S = 2.0


def build_controller(config: Settings) -> LocomotionController:
    """Return the configured locomotion controller; see `world.build_simulation`."""
    spec = catalog.load(catalog.ROBOTS, config.robot).spec
    name, _, argument = config.locomotion.partition(":")
    return catalog.load(catalog.LOCOMOTION, name)(spec, *filter(None, [argument]))


class BodyLoop:
    """Connects the robot's side to the bus.

    Args:
        body: The robot's sensors and motors, opened.
        side: What drives them.
        bus: Where commands come from and states go.
        heart: Heartbeat of the process.
    """

    def __init__(self, body: Body, side: RobotSide, bus: Bus, heart: Heart) -> None:
        self._body, self._side, self._heart = body, side, heart
        self._commands = bus.subscribe(ROBOT_COMMAND)
        self._states = bus.publisher(ROBOT_STATE)
        self._healths = bus.publisher(ROBOT_HEALTH)
        self._service = bus.serve(WORLD)
        self._ticker = Ticker(ROBOT_STATE.rate_hz)
        self._next_health_ns = 0

    def turn(self) -> None:
        """Wait for the next tick and serve it."""
        self._ticker.wait()
        now_ns = clock.now_ns()
        if (message := self._commands.poll()) is not None:
            self._side.command(message[0], now_ns)
        self._service.poll(self._answer, lambda why: Reply(ok=False, error=why))
        if (state := self._side.turn(now_ns)) is not None:
            self._states.publish(state)
        if now_ns >= self._next_health_ns:
            self._next_health_ns = now_ns + HEALTH_NS
            self._health = self._body.health(now_ns)
            self._healths.publish(self._health)
        if self._heart.due(now_ns):
            self._beat(now_ns)
        if self._ticker.ticks % GARBAGE_TICKS == 0:
            realtime.collect_young()

    def _beat(self, now_ns: int) -> None:
        self._heart.beat(
            now_ns,
            "; ".join(filter(None, (self._side.trouble, *self._health.warnings))) or "ok",
            rate_hz=self._ticker.rate_hz,
            late_p99_ms=self._ticker.late_p99_ms,
            overruns=self._ticker.overruns,
        )

    def _answer(self, request: WorldRequest) -> Reply:
        if request.kind != "reset_robot":
            why = f"a robot of hardware has no {request.kind!r}; allowed: reset_robot"
            return Reply(ok=False, error=why)
        try:
            self._side.reset(clock.now_ns())
        except ConnectionError as error:
            return Reply(ok=False, error=str(error))
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
    loop = BodyLoop(body, RobotSide(body, controller, first, ROBOT_STATE.rate_hz), bus, heart)
    log.info("running", robot=config.robot, locomotion=config.locomotion, priority=priority)
    realtime.pause_garbage_collection()
    try:
        while running:
            loop.turn()
    finally:
        body.close()


if __name__ == "__main__":
    main()
