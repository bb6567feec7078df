"""Emulates the bridge to a pair of MANUS gloves.

It prints `{"port": ...}` when it listens and a line for every vibration; on standard input it takes the
commands of `commands.py`, one a line.
"""

import argparse
import json
import os
import signal
import sys

import zmq

from backend.core import clock
from devices.emulators.manus.bridge import EmulatedBridge
from devices.emulators.manus.commands import SCENARIOS, obey
from devices.emulators.manus.glove import NOISE_DEG, EmulatedGlove
from devices.emulators.manus.motions import poses
from devices.inputs.manus.wire import PORT

LEFT_ID, RIGHT_ID = 1001, 1002


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=PORT, help="of the data; vibrations on the next; 0: any")
    parser.add_argument("--scenario", choices=sorted(SCENARIOS), default="normal")
    parser.add_argument("--rate-hz", type=float, default=120.0)
    parser.add_argument("--noise-deg", type=float, default=NOISE_DEG)
    parser.add_argument("--sides", nargs="+", choices=("left", "right"), default=["left", "right"])
    parser.add_argument("--no-haptics", action="store_true")
    parser.add_argument("--pose", choices=(*poses(), "round"), default="round")
    return parser.parse_args()


def _say(**values: object) -> None:
    print(json.dumps(values), flush=True)


def main() -> None:
    """Run until told to stop."""
    arguments = _arguments()
    ids = {"left": LEFT_ID, "right": RIGHT_ID}
    gloves = [
        EmulatedGlove(ids[side], side, not arguments.no_haptics, arguments.noise_deg, ids[side])
        for side in arguments.sides
    ]
    bridge = EmulatedBridge(gloves, arguments.port)
    obey(bridge, f"pose both {arguments.pose}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    poller = zmq.Poller()
    poller.register(bridge.ear, zmq.POLLIN)
    if not sys.stdin.closed:
        poller.register(sys.stdin.fileno(), zmq.POLLIN)
    _say(port=bridge.port)
    period_ns = int(1e9 / arguments.rate_hz)
    began_ns = next_ns = clock.now_ns()
    planned = list(SCENARIOS[arguments.scenario])
    typed = b""
    try:
        while True:
            ready = dict(poller.poll(max((next_ns - clock.now_ns()) / 1e6, 0)))
            now_ns = clock.now_ns()
            for vibrate in bridge.listen(now_ns):
                _say(vibrate=vibrate.id, fingers=vibrate.fingers)
            if sys.stdin.fileno() in ready:
                chunk = os.read(sys.stdin.fileno(), 4096)
                if not chunk:
                    poller.unregister(sys.stdin.fileno())
                *lines, typed = (typed + chunk).split(b"\n")
                _obey(bridge, [line.decode(errors="replace") for line in lines])
            while planned and now_ns - began_ns >= planned[0][0] * 1e9:
                _obey(bridge, [planned.pop(0)[1]])
            if now_ns >= next_ns:
                bridge.turn(now_ns)
                next_ns = max(next_ns + period_ns, now_ns - period_ns)
    except KeyboardInterrupt:
        pass
    finally:
        bridge.close()


def _obey(bridge: EmulatedBridge, lines: list[str]) -> None:
    for line in lines:
        try:
            error = obey(bridge, line)
        except ValueError as wrong:
            error = str(wrong)
        _say(did=line, error=error)


if __name__ == "__main__":
    main()
