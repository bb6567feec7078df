"""The body and control processes of the app against the emulated robot in a process of its own, over DDS.

What they do in which time is tested in lock step (`test_robot_side`): here a busy machine may take its time.
"""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.core.contracts.health import Heartbeat
from backend.runtime.bus import Bus
from backend.runtime.topics import HEALTH, ROBOT_HEALTH, ROBOT_STATE
from tests.support.app import module_process, temporary_data_dir
from tests.support.desk import Desk
from tests.unitree.robot import SETTINGS, START_S, Emulator, emulated, until

pytestmark = pytest.mark.timeout(900)

LONG_S = 120.0


@pytest.fixture(scope="module")
def robot() -> Iterator[tuple[Path, Emulator]]:
    with temporary_data_dir() as folder:
        (folder / "run").mkdir()
        with emulated(folder) as emulator:
            yield folder, emulator


def test_it_says_what_is_missing_until_there_is_a_robot():
    with temporary_data_dir() as folder:
        (folder / "run").mkdir()
        health = Bus(folder / "run").subscribe(HEALTH, "world")
        nowhere = {**SETTINGS, "BUNRAKU_DDS_DOMAIN": "99"}

        def told() -> Heartbeat | None:
            health.drain()
            return health.newest if health.newest and "no robot" in health.newest.state else None

        with module_process("backend.runtime.body", folder, **nowhere):
            state = until(told, START_S, "a heartbeat").state
        assert "DDS domain 99 on lo" in state
        assert "192.168.123.x" in state


def test_the_whole_chain_and_both_its_ends_killed(robot: tuple[Path, Emulator]):
    folder, emulator = robot
    bus = Bus(folder / "run")
    states, healths = bus.subscribe(ROBOT_STATE), bus.subscribe(ROBOT_HEALTH)

    def newest():
        states.drain()
        return states.newest

    with module_process("backend.runtime.body", folder, **SETTINGS) as body:
        until(newest, START_S, "a state")
        until(lambda: emulator.status()["share"] > 0.99, LONG_S, "our share in the arms")
        status, state = emulator.status(), newest()
        np.testing.assert_allclose(state.q_rad, list(status["q_rad"].values()), atol=0.06)
        assert state.base_height_m == pytest.approx(status["T_world_pelvis"][2], abs=0.03)
        assert (state.locomotion, state.fault) == ("stand", "")

        health = until(healths.drain, LONG_S, "health")[-1]
        assert health.firmware == "Unitree's walking: walking"
        assert (health.battery_percent, health.warnings) == (87.0, ())
        assert health.motor_c.min() > 20.0
        emulator.charge(9)
        until(lambda: "battery at 9 %" in str(healths.drain()), LONG_S, "the warning")

        with module_process("backend.runtime.control", folder, **SETTINGS) as control:
            desk = Desk(folder)
            desk.until(lambda tick: tick.state is not None, START_S)
            until(lambda: newest().command_seq >= 0, LONG_S, "commands at the robot")
            desk.close()
            kill(control)
        until(lambda: newest().stopped_by_watchdog, LONG_S, "the watchdog")
        assert newest().locomotion == "stand"
        assert emulator.status()["share"] == pytest.approx(1.0)
        kill(body)
    until(lambda: emulator.status()["share"] == 0.0, LONG_S, "the arms given back")
    status = emulator.status()
    assert (status["mode"], status["fsm"]) == ("stand", 500)
    refused = {name: count for name, count in status["counts"].items() if "crc" in name or "mode" in name}
    assert refused == {}


def kill(process: subprocess.Popen) -> None:
    """End a process the hard way."""
    process.send_signal(signal.SIGKILL)
    process.wait(10)
