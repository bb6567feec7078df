"""`python -m devices.emulators.pico`: a headset that connects to the rig process, without hardware.

Type commands while it runs (`help` lists them), or let it follow a scenario.
"""

import argparse
import os
import select
import socket
import sys
import time

from devices.emulators.pico import wire
from devices.emulators.pico.body import Body, Habit
from devices.emulators.pico.commands import SCENARIOS, Stage, obey, parse
from devices.emulators.pico.headset import Headset
from devices.emulators.pico.link import HeadsetClock, Link

PORT, DISCOVERY_PORT = 63901, 29888


def main() -> None:
    """Run until told to quit."""
    options = _options()
    host = _discover(options.discovery_port) if options.host == "discover" else options.host
    clock = HeadsetClock(options.clock_offset, options.drift_ppm)
    link = Link((host, options.port), options.serial, clock, options.seed)
    link.delay_s, link.jitter_s = options.delay, options.jitter
    headset = Headset(options.serial, options.mirrored, options.origin)
    stage = Stage(Body(Habit(options.sway), options.seed), headset, link)
    try:
        _run(stage, clock, options.rate, parse(options.script or SCENARIOS[options.scenario]))
    except KeyboardInterrupt:
        stage.running = False
    finally:
        link.close()


def _run(stage: Stage, clock: HeadsetClock, rate_hz: float, script: list[tuple[float, str]]) -> None:
    period_s = 1.0 / rate_hz
    next_s = time.monotonic()
    began_s: float | None = None
    keyboard, typed = [sys.stdin.fileno()], ""
    said = False
    while stage.running:
        left_s = stage.link.turn()
        if stage.link.connected != said:
            said = stage.link.connected
            print("connected" if said else "not connected", flush=True)
        if stage.link.connected and began_s is None:
            began_s = time.monotonic()
        while script and began_s is not None and time.monotonic() - began_s >= script[0][0]:
            _obey(stage, script.pop(0)[1])
        if time.monotonic() >= next_s:
            next_s = max(next_s + period_s, time.monotonic() - period_s)
            stage.body.advance(period_s)
            value = stage.headset.tracking(stage.body.poses(), clock.now_ns())
            stage.link.send(wire.FUNCTION, wire.function("Tracking", value))
            continue
        wait_s = max(0.0, min(next_s - time.monotonic(), left_s))
        if select.select(keyboard, [], [], wait_s)[0]:
            data = os.read(keyboard[0], 4096)
            if not data:
                keyboard = []
            *lines, typed = (typed + data.decode(errors="replace")).split("\n")
            for line in filter(str.strip, lines):
                _obey(stage, line)


def _obey(stage: Stage, line: str) -> None:
    print(obey(stage, line) or f"ok: {line.strip()}", flush=True)


def _discover(port: int) -> str:
    """Wait for a PC that announces itself, as the app's list of addresses does."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("", port))
        print(f"waiting for an announcement on UDP port {port}", flush=True)
        while True:
            packets, _ = wire.split(listener.recv(2048))
            for command, data in packets:
                if command == wire.TCP_ADDRESS:
                    return data.decode().partition("|")[0]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devices.emulators.pico", description=__doc__)
    parser.add_argument(
        "--host", default="127.0.0.1", help="the PC, or `discover` to wait for its announcement"
    )
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--discovery-port", type=int, default=DISCOVERY_PORT)
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="stand")
    parser.add_argument("--script", default="", help="own scenario: `SECONDS COMMAND; SECONDS COMMAND; ...`")
    parser.add_argument("--rate", type=float, default=72.0, help="pictures a second; a headset has 72 or 90")
    parser.add_argument("--serial", default="PA9EMULATOR")
    parser.add_argument("--sway", type=float, default=0.0, help="how far the hips sway [m]")
    parser.add_argument("--delay", type=float, default=0.002, help="least delay of the network [s]")
    parser.add_argument("--jitter", type=float, default=0.001, help="mean of what comes on top [s]")
    parser.add_argument("--clock-offset", type=float, default=0.0, help="of the headset's clock [s]")
    parser.add_argument("--drift-ppm", type=float, default=0.0, help="how much too fast that clock runs")
    parser.add_argument("--origin", choices=("floor", "head"), default="floor")
    parser.add_argument("--mirrored", action="store_true", help="trackers with z forward, unlike the head")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
