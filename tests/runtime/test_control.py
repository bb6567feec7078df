"""The control process against the real world process, over the real bus."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.frame import ArmInput
from backend.core.contracts.tick import Mode
from backend.runtime.bus import Bus
from backend.runtime.topics import ROBOT_STATE
from tests.support.app import module_process, temporary_data_dir
from tests.support.desk import DRIVER, Desk

# Starting everything takes long on a machine that is busy with other tests.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def world_dir() -> Iterator[Path]:
    with temporary_data_dir() as folder:
        (folder / "run").mkdir()
        with module_process("backend.runtime.world", folder):
            states = Bus(folder / "run").subscribe(ROBOT_STATE)
            assert states.wait(120.0), "the world process sends no state"
            states.close()
            yield folder


@pytest.fixture
def control(world_dir: Path) -> Iterator[tuple[subprocess.Popen, Desk]]:
    desk = Desk(world_dir)
    with module_process("backend.runtime.control", world_dir) as started:
        desk.until(lambda tick: tick.state is not None, 60.0)
        yield started, desk
    desk.close()


def test_it_comes_up_stopped_and_answers(control):
    _, desk = control
    ticks = desk.until(lambda tick: tick.seq % 50 == 0)
    assert {tick.mode for tick in ticks} == {Mode.STOPPED}
    assert all(tick.command.stop for tick in ticks)
    reply = desk.ask("fly")
    assert not reply.ok
    assert "lease.take" in reply.error
    reply = desk.ask("arm")
    assert not reply.ok
    assert "control" in reply.error


def test_a_driver_moves_the_robot_and_losing_the_input_stops_it(control):
    _, desk = control
    desk.arm()
    twist = np.array([0.0, 0.0, 0.15, 0.0, 0.0, 0.0])
    drive = {"deadman": True, "moving": True, "left": ArmInput(twist=twist)}
    start = desk.until(lambda tick: tick.mode is Mode.ACTIVE, **drive)[-1]
    later = desk.until(lambda tick: np.abs(tick.command.action - start.command.action).max() > 0.1, **drive)
    assert later[-1].driver == DRIVER
    assert not later[-1].command.stop
    desk.until(lambda tick: np.abs(tick.state.q_rad - start.state.q_rad).max() > 0.08, **drive)

    # Silence: HOLD, then READY, without any word from the driver.
    last_frame_ns = clock.now_ns()
    ticks = desk.until(lambda tick: tick.mode is Mode.READY)
    modes = [tick.mode for tick in ticks if tick.t_ns > last_frame_ns]
    assert [mode for i, mode in enumerate(modes) if i == 0 or modes[i - 1] is not mode] == [
        Mode.ACTIVE, Mode.HOLD, Mode.READY,
    ]  # fmt: skip
    for tick in ticks:
        if tick.t_ns - last_frame_ns >= 250_000_000:
            assert tick.mode in (Mode.HOLD, Mode.READY)
        if tick.t_ns - last_frame_ns >= 500_000_000:
            assert tick.mode is Mode.READY
    seqs = [tick.seq for tick in ticks]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))


def test_sigterm_stops_the_robot_before_it_ends(control):
    started, desk = control
    desk.arm()
    drive = {"deadman": True, "moving": True, "base_velocity": np.array([0.3, 0.0, 0.0])}
    desk.until(lambda tick: tick.mode is Mode.ACTIVE and tick.speed_scale == 1.0, **drive)
    started.terminate()
    assert started.wait(10) == 0
    _stopped_and_standing(desk)


def test_a_defect_ends_it_with_a_stop_and_an_error(control):
    """What comes over the bus is decoded, so rubbish raises in the loop: the worst that may happen."""
    started, desk = control
    desk.arm()
    drive = {"deadman": True, "moving": True, "base_velocity": np.array([0.3, 0.0, 0.0])}
    desk.until(lambda tick: tick.mode is Mode.ACTIVE and tick.speed_scale == 1.0, **drive)
    desk.frames._socket.send(b"\x05\x00\x00\x00hello")
    assert started.wait(10) not in (0, -signal.SIGKILL)
    _stopped_and_standing(desk)


def _stopped_and_standing(desk: Desk) -> None:
    command, _ = desk.commands.wait(2.0)
    assert command.stop
    velocity = np.array([0.0])
    deadline_s = time.monotonic() + 20.0
    while time.monotonic() < deadline_s:
        desk.states.drain()
        state = desk.states.newest
        velocity = state.base_twist[:2]
        if state.stopped_by_watchdog and state.locomotion == "stand" and np.abs(velocity).max() < 0.1:
            break
        time.sleep(0.05)
    assert state.stopped_by_watchdog
    assert state.locomotion == "stand"
    assert np.abs(velocity).max() < 0.1
