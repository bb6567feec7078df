"""An emulated G1 in a process of its own, and what a test asks of it over DDS."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from devices.emulators.g1.services import SET_CHARGE, SET_CLING, SET_KEYS, STAND_UP, STATUS
from devices.robots.unitree.dds import Link
from devices.robots.unitree.rpc import ServiceClient
from tests.support.app import module_process

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
DOMAIN = 100 + os.getpid() % 60 + WORKER
"""Tests that run at the same time must not hear each other."""
SETTINGS = {
    "BUNRAKU_ROBOT": "unitree_g1",
    "BUNRAKU_DDS_INTERFACE": "lo",
    "BUNRAKU_DDS_DOMAIN": str(DOMAIN),
}
START_S = 240.0
"""Until a process answers, on a machine that is busy with other things."""


def until(condition: Callable[[], Any], timeout_s: float = 30.0, what: str = "") -> Any:
    """Return what the condition returns once it is true."""
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        if value := condition():
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {timeout_s:g} s: {what or condition}")


class Emulator:
    """The emulated robot, asked over its own service."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._service = ServiceClient(link, "emulator")

    def status(self, timeout_s: float = 10.0) -> dict[str, Any]:
        """Return where the robot is and what its firmware has counted."""
        return self._service.call(STATUS, timeout_s=timeout_s)

    def count(self, what: str) -> int:
        """Return how often the firmware has counted `what`."""
        return self.status()["counts"].get(what, 0)

    def press(self, *keys: str) -> None:
        """Hold these keys of the remote control and no others."""
        self._service.call(SET_KEYS, {"keys": keys}, timeout_s=10.0)

    def cling(self, on: bool) -> None:
        """Let the motion program ignore requests to let go."""
        self._service.call(SET_CLING, {"data": on}, timeout_s=10.0)

    def charge(self, percent: int) -> None:
        """Set the battery's charge."""
        self._service.call(SET_CHARGE, {"data": percent}, timeout_s=10.0)

    def stand_up(self) -> None:
        """Put it back on its feet, its walking running."""
        self._service.call(STAND_UP, timeout_s=10.0)


@contextlib.contextmanager
def emulated(data_dir: Path, *arguments: str) -> Iterator[Emulator]:
    """Run an emulated robot and wait until it answers."""
    with module_process("devices.emulators.g1", data_dir, "--bare", *arguments, **SETTINGS):
        emulator = Emulator(Link("lo", DOMAIN))
        emulator.status(START_S)
        yield emulator
