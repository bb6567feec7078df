"""The world process: MuJoCo in real time, the locomotion controller and the robot-side watchdog.

It is the simulated robot with everything around it. Nothing slows it down: it never waits for a reader,
and when the machine cannot keep up it says so in `real_time_factor` rather than running late for ever.
"""

import signal
from types import FrameType

import structlog

from backend import catalog
from backend.core import clock
from backend.core.contracts.health import Reply
from backend.core.contracts.record import to_json
from backend.core.contracts.world import WorldRequest
from backend.runtime import logging, realtime
from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from backend.runtime.scene_model import compiled_scene
from backend.runtime.simulation import Simulation
from backend.runtime.ticker import Ticker
from backend.runtime.topics import ROBOT_COMMAND, ROBOT_STATE, WORLD, WORLD_STATE
from backend.settings import Settings, settings

PRIORITY = 60
MAX_LAG_NS = 50_000_000
"""Simulated time further than this behind the clock is given up."""
FACTOR_WINDOW_NS = 1_000_000_000
SLOW = 0.97


def build_simulation(config: Settings) -> Simulation:
    """Return the simulation of the configured robot, scene and locomotion controller.

    `locomotion` is a name of the catalogue, or name and argument: `onnx:/path/to/manifest.json`.
    """
    spec = catalog.load(catalog.ROBOTS, config.robot).spec
    scene = catalog.load(catalog.SCENES, config.scene)()
    name, _, argument = config.locomotion.partition(":")
    controller = catalog.load(catalog.LOCOMOTION, name)(spec, *filter(None, [argument]))
    return Simulation(spec, compiled_scene(config, visuals=False), scene, controller)


class World:
    """Runs a simulation against the clock and connects it to the bus."""

    def __init__(self, simulation: Simulation, bus: Bus) -> None:
        self._simulation = simulation
        self._step_ns = round(simulation.dt_s * 1e9)
        self._commands = bus.subscribe(ROBOT_COMMAND)
        self._states = bus.publisher(ROBOT_STATE)
        self._worlds = bus.publisher(WORLD_STATE)
        self._service = bus.serve(WORLD)
        self._heart = Heart(bus, "world")
        # Made now: while it runs there is no time for it.
        self._shapes = to_json(simulation.shapes()).decode()
        self._world_seq = 0
        self._factor = 1.0
        self._running = True

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End `run` after the present turn; usable as a signal handler."""
        self._running = False

    def run(self) -> None:
        """Simulate until stopped."""
        ticker = Ticker(ROBOT_STATE.rate_hz)
        realtime.pause_garbage_collection()
        reached_ns = measured_from_ns = clock.now_ns()
        next_world_ns = steps = 0
        while self._running:
            ticker.wait()
            now_ns = clock.now_ns()
            if (message := self._commands.poll()) is not None:
                self._simulation.command(message[0], now_ns)
            self._service.poll(self._answer, lambda why: Reply(ok=False, error=why))
            reached_ns = max(reached_ns, now_ns - MAX_LAG_NS)
            while reached_ns + self._step_ns <= now_ns:
                self._simulation.step(now_ns)
                reached_ns += self._step_ns
                steps += 1
            now_ns = clock.now_ns()
            self._states.publish(self._simulation.state(now_ns))
            if now_ns >= next_world_ns:
                next_world_ns = max(next_world_ns, now_ns - self._step_ns) + int(1e9 / WORLD_STATE.rate_hz)
                self._world_seq += 1
                self._worlds.publish(self._simulation.world_state(now_ns, self._world_seq, self._factor))
            if now_ns - measured_from_ns > FACTOR_WINDOW_NS:
                self._factor = steps * self._step_ns / (now_ns - measured_from_ns)
                measured_from_ns, steps = now_ns, 0
                realtime.collect_young()
            if self._heart.due(now_ns):
                self._beat(ticker, now_ns)

    def _beat(self, ticker: Ticker, now_ns: int) -> None:
        self._heart.beat(
            now_ns,
            "ok" if self._factor > SLOW else f"physics at {self._factor:.0%} of real time: CPU too busy",
            rate_hz=ticker.rate_hz,
            late_p99_ms=ticker.late_p99_ms,
            overruns=ticker.overruns,
        )

    def _answer(self, request: WorldRequest) -> Reply:
        match request.kind:
            case "reset_robot":
                stayed = self._simulation.reset_robot()
                return Reply(ok=True, detail={"place": "where it was" if stayed else "start"})
            case "reset_scene":
                self._simulation.reset_scene(request.seed)
                return Reply(ok=True)
            case "shapes":
                return Reply(ok=True, detail={"shapes": self._shapes})
        allowed = "reset_robot, reset_scene, shapes"
        return Reply(ok=False, error=f"unknown request {request.kind!r}; allowed: {allowed}")


def main() -> None:
    """Entry of the process."""
    logging.configure()
    config = settings()
    priority = realtime.make_realtime(PRIORITY)
    world = World(build_simulation(config), Bus(config.run_dir))
    signal.signal(signal.SIGTERM, world.stop)
    signal.signal(signal.SIGINT, world.stop)
    structlog.get_logger("world").info("running", robot=config.robot, scene=config.scene, priority=priority)
    world.run()


if __name__ == "__main__":
    main()
