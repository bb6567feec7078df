"""The control process against the real world process, over the real bus."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.tick import Mode, TickRecord
from backend.runtime.bus import Bus, ServiceUnavailable
from backend.runtime.topics import CONTROL, CONTROL_TICK, OPERATOR_FRAME, ROBOT_COMMAND, ROBOT_STATE
from tests.support.app import module_process, temporary_data_dir

# Starting everything takes long on a machine that is busy with other tests.
pytestmark = pytest.mark.timeout(600)

DRIVER = "tester"


@pytest.fixture(scope="module")
def world_dir() -> Iterator[Path]:
    with temporary_data_dir() as folder:
        (folder / "run").mkdir()
        with module_process("backend.runtime.world", folder):
            states = Bus(folder / "run").subscribe(ROBOT_STATE)
            assert states.wait(120.0), "the world process sends no state"
            states.close()
            yield folder


class Desk:
    """What a test sees of a running control process, and how it drives."""

    def __init__(self, data_dir: Path) -> None:
        self.bus = Bus(data_dir / "run")
        self.ticks = self.bus.subscribe(CONTROL_TICK)
        self.commands = self.bus.subscribe(ROBOT_COMMAND)
        self.states = self.bus.subscribe(ROBOT_STATE)
        self.frames = self.bus.publisher(OPERATOR_FRAME)
        self._seq = 0

    def ask(self, kind: str, **fields) -> Reply:
        for _ in range(100):
            try:
                return self.bus.call(CONTROL, ControlRequest(kind=kind, driver=DRIVER, **fields), 1.0)
            except ServiceUnavailable:
                time.sleep(0.1)
        raise AssertionError("control does not answer")

    def arm(self) -> None:
        self.until(lambda tick: tick.state is not None)
        assert self.ask("lease.take", name="Tester").ok
        reply = self.ask("arm")
        assert reply.ok, reply.error

    def send(self, **channels) -> None:
        self._seq += 1
        now_ns = clock.now_ns()
        self.frames.publish(
            DeviceFrame(
                source="keyboard", driver=DRIVER, t_ns=now_ns, seq=self._seq, source_t_ns=now_ns, **channels
            )
        )

    def until(
        self, condition: Callable[[TickRecord], bool], timeout_s: float = 30.0, **channels
    ) -> list[TickRecord]:
        """Read ticks, driving with `channels` meanwhile, until one fulfils the condition; return them."""
        seen: list[TickRecord] = []
        deadline_s = time.monotonic() + timeout_s
        while time.monotonic() < deadline_s:
            if channels:
                self.send(**channels)
            for _ in range(3):
                message = self.ticks.wait(0.02)
                if message is not None:
                    seen.append(message[0])
                    if condition(message[0]):
                        return seen
        last = f"{seen[-1].mode}: {seen[-1].reason}" if seen else "no tick"
        raise AssertionError(f"not within {timeout_s:g} s; last: {last}")

    def close(self) -> None:
        for part in (self.ticks, self.commands, self.states, self.frames):
            part.close()


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
