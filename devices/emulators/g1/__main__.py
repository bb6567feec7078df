"""`python -m devices.emulators.g1`: a G1 in physics on a DDS domain of this machine."""

import argparse
import signal
from typing import Any

import mujoco
import structlog

from backend import catalog
from backend.core import clock
from backend.runtime import logging, realtime
from backend.runtime.bus import Bus
from backend.runtime.scene_model import compiled_scene
from backend.runtime.simulation import Simulation
from backend.runtime.ticker import Ticker
from backend.runtime.topics import WORLD_STATE
from backend.settings import Settings, settings
from devices.emulators.g1 import WORLD_DIR
from devices.emulators.g1.board import Board
from devices.emulators.g1.firmware import RATE_HZ, Firmware
from devices.emulators.g1.gantry import Gantry
from devices.robots.unitree.dds import Link
from devices.scenes.empty import Empty

ROBOT = "unitree_g1"
PRIORITY = 60
MAX_LAG_NS = 50_000_000
"""Physics further than this behind the clock is given up."""
GARBAGE_TICKS = 500
WORLD_TICKS = round(RATE_HZ / WORLD_STATE.rate_hz)


def main() -> None:
    """Run until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interface", default=settings().dds_interface, help="network interface")
    parser.add_argument("--domain", type=int, default=settings().dds_domain, help="DDS domain")
    parser.add_argument("--scene", default=settings().scene, help=", ".join(sorted(catalog.SCENES)))
    parser.add_argument("--gantry", action="store_true", help="hang the robot up, its feet just on the floor")
    parser.add_argument("--bare", action="store_true", help="an empty floor instead of the scene")
    options = parser.parse_args()
    logging.configure()
    log = structlog.get_logger("g1-emulator")
    priority = realtime.make_realtime(PRIORITY)
    config = settings().model_copy(update={"robot": ROBOT, "scene": options.scene})
    spec = catalog.load(catalog.ROBOTS, ROBOT).spec
    firmware = Firmware(spec)
    simulation = Simulation(spec, *_place(config, options.bare), firmware)
    gantry = Gantry(simulation) if options.gantry else None
    board = Board(Link(options.interface, options.domain), simulation, firmware)
    worlds = Bus(config.data_dir / WORLD_DIR).publisher(WORLD_STATE)
    running = True

    def stop(*_: object) -> None:
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("running", interface=options.interface, domain=options.domain, priority=priority)
    ticker = Ticker(RATE_HZ)
    step_ns = round(simulation.dt_s * 1e9)
    reached_ns = clock.now_ns()
    realtime.pause_garbage_collection()
    while running:
        ticker.wait()
        now_ns = clock.now_ns()
        board.listen(now_ns)
        reached_ns = max(reached_ns, now_ns - MAX_LAG_NS)
        while reached_ns + step_ns <= now_ns:
            if gantry is not None:
                gantry.pull()
            simulation.step(now_ns)
            reached_ns += step_ns
        board.report(clock.now_ns())
        if ticker.ticks % WORLD_TICKS == 0:
            worlds.publish(simulation.world_state(clock.now_ns(), ticker.ticks))
        if ticker.ticks % GARBAGE_TICKS == 0:
            realtime.collect_young()
    log.info("ended", rate_hz=round(ticker.rate_hz), late_p99_ms=round(ticker.late_p99_ms, 2))


def _place(config: Settings, bare: bool) -> tuple[mujoco.MjModel, Any]:
    """Return the compiled model of robot and scene, and the scene."""
    if not bare:
        return compiled_scene(config, visuals=False), catalog.load(catalog.SCENES, config.scene)()
    robot = catalog.load(catalog.ROBOTS, config.robot)
    return Empty().furnish(robot.build_body(robot.spec)).compile(), Empty()


if __name__ == "__main__":
    main()
