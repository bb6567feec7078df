"""The rig process and the emulator process over a real connection; the test is control and the page."""

import contextlib
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.health import Reply
from backend.core.contracts.rig import RigRequest, RigStatus, TrackState
from backend.core.contracts.tick import Mode, TickRecord
from backend.runtime.bus import Bus, ServiceUnavailable
from backend.runtime.topics import CONTROL_TICK, OPERATOR_FRAME, RIG, RIG_STATUS
from devices.inputs.rig import RigInput
from devices.robots.g1_spec import g1_spec
from tests.core.rig import Rig
from tests.rig.headset import OFFSET_S, HeadsetEmulator
from tests.support.app import free_port, module_process, temporary_data_dir

# Starting processes takes long on a machine that is busy with other work.
pytestmark = pytest.mark.timeout(1200)

ADA = "ada"
WAIT_S = 240.0


class House:
    """Control, a page that shows signs of life, and the bus between them and the rig."""

    def __init__(self, folder, port: int) -> None:
        self.port = port
        self.bus = Bus(folder / "run")
        self.input = RigInput(self.bus)
        self.input.open()
        self.robot = Rig(g1_spec())
        self.held = False
        self.page = True
        self._ticks = self.bus.publisher(CONTROL_TICK)
        self._frames = self.bus.publisher(OPERATOR_FRAME)
        self._status = self.bus.subscribe(RIG_STATUS)

    def tick(self) -> TickRecord:
        self.robot.now_ns = clock.now_ns()
        frames = list(self.input.latest())
        if self.page:
            frame = self.robot.frame(driver=ADA, deadman=self.held)
            self._frames.publish(frame)
            frames.append(frame)
        record = self.robot.tick(*frames)
        self._ticks.publish(record)
        time.sleep(0.02)
        return record

    @property
    def status(self) -> RigStatus:
        self._status.drain()
        return self._status.newest

    def pico(self):
        return self.status.devices[0]

    def until(self, condition: Callable[[], bool], timeout_s: float = WAIT_S) -> float:
        """Tick until the condition holds; return how long it took [s].

        Whatever a busy machine delays for a moment is seen in a later turn.
        """
        began_s = time.monotonic()
        while time.monotonic() - began_s < timeout_s:
            record = self.tick()
            if self.status is not None and condition():
                return time.monotonic() - began_s
        raise AssertionError(f"{record.mode}: {record.reason}; {self.status}")

    def mode(self, mode: Mode) -> float:
        return self.until(lambda: self.robot.records[-1].mode is mode)

    def drive(self, condition: Callable[[], bool]) -> None:
        """Hold the deadman until the condition holds; where a busy machine made control let go, again."""

        def held() -> bool:
            self.held = self.held is False or self.robot.records[-1].mode is not Mode.READY
            return self.robot.records[-1].mode is Mode.ACTIVE and condition()

        self.until(held)

    def ask(self, kind: str, **fields) -> Reply:
        for _ in range(100):
            with contextlib.suppress(ServiceUnavailable):
                return self.bus.call(RIG, RigRequest(kind=kind, driver=ADA, name="Ada", **fields), 2.0)
        raise AssertionError("the rig does not answer")

    def task(self, kind: str, **fields) -> None:
        for _ in range(5):  # A busy machine may fall silent for seconds, and that fails as it should.
            reply = self.ask(kind, **fields)
            assert reply.ok, reply.error
            self.until(lambda: self.pico().task is not None and self.pico().task.phase == "running")
            self.until(lambda: self.pico().task.phase != "running")
            if self.pico().task.phase == "done":
                return
        raise AssertionError(self.pico().task.text)

    def close(self) -> None:
        self.input.close()
        for part in (self._ticks, self._frames, self._status):
            part.close()


@pytest.fixture
def house(monkeypatch) -> Iterator[House]:
    port = free_port()
    for name, value in {"RIG": "pico", "PICO_PORT": str(port), "PICO_HOST": "127.0.0.1"}.items():
        monkeypatch.setenv(f"BUNRAKU_{name}", value)
    with temporary_data_dir() as folder, module_process("backend.runtime.rig", folder):
        house = House(folder, port)
        yield house
        house.close()


@pytest.fixture
def emulator(house) -> Iterator[HeadsetEmulator]:
    emulator = HeadsetEmulator(house.port)
    yield emulator
    emulator.end()


def live(house: House) -> int:
    return sum(t.state is TrackState.LIVE and t.role != "" for t in house.pico().tracks)


def test_from_the_headset_s_bytes_to_the_robot_s_wrists_and_back_after_every_break(house, emulator):
    house.until(lambda: house.pico().rate_hz > 5)
    for role, serial in emulator.serials.items():
        reply = house.ask("roles.assign", role=role, serial=serial)
        assert reply.ok, reply.error
    house.until(lambda: live(house) == 5)
    house.task("calibrate.neutral")

    # The clock of the headset is 3.5 s off, and that is known within what is said to be known.
    house.until(lambda: house.pico().clock.uncertainty_ms is not None)
    pico = house.pico()
    true_ms = (clock.now_ns() - clock.wall_ns()) * 1e-6 - 1000 * OFFSET_S
    off_ms, uncertainty_ms = pico.clock.offset_ms - true_ms, pico.clock.uncertainty_ms
    print(f"clock: off by {off_ms:.2f} ms, said to be known to +-{uncertainty_ms:.2f} ms")
    assert abs(off_ms) <= uncertainty_ms

    # Only who has control may use the rig.
    house.until(lambda: "nobody has it" in house.ask("use").error)

    def use() -> bool:
        house.robot.ask("lease.take", driver=ADA, name="Ada")
        return house.ask("use").ok

    house.until(use)
    house.until(lambda: any(s.source == "pico" for s in house.robot.records[-1].sources))
    assert house.robot.ask("arm", driver=ADA).ok

    # Hands move the robot's wrists.
    emulator.tell("ready")
    house.until(lambda: house.input.latest()[0].right.pose[2] > 0.6)
    house.drive(lambda: house.status.engaged)
    emulator.tell("circle 0.08")
    wrists, arms = [], []

    def moved() -> bool:
        record = house.robot.records[-1]
        wrists.append([record.intent.T_footprint_left[:3], record.intent.T_footprint_right[:3]])
        arms.append(record.command.action[house.robot.spec.layout.arms])
        return np.ptp(wrists, axis=0)[:, 1:].min() > 0.04 and np.ptp(arms, axis=0).max() > 0.1

    house.drive(moved)

    # Half-open: no end of the connection is seen, only silence.
    house.drive(lambda: True)
    emulator.tell("silence")
    house.until(lambda: house.robot.records[-1].mode in (Mode.HOLD, Mode.READY))
    print(f"silence: {house.robot.records[-1].mode}: {house.robot.records[-1].reason}")
    half_open_s = house.until(lambda: "has been silent" in house.pico().state)
    print(f"half-open: said so {1000 * half_open_s:.0f} ms later")
    assert all(track.state is not TrackState.LIVE for track in house.pico().tracks)
    house.mode(Mode.READY)
    house.held = False
    emulator.tell("heal")
    house.until(lambda: live(house) == 5)

    # A headset that hangs up comes again after two seconds; one that crashed leaves its old connection open.
    emulator.tell("hang_up")
    house.until(lambda: live(house) == 0)
    print(f"hang up: back after {house.until(lambda: live(house) == 5):.2f} s")
    emulator.tell("silence", "restart", "heal")
    print(f"restart: back after {house.until(lambda: live(house) == 5):.2f} s")
    house.drive(lambda: True)
    house.held = False
    house.mode(Mode.READY)

    # Another headset waits until the first has gone, and needs its own roles and calibration.
    other = HeadsetEmulator(house.port, "PB7")
    try:
        house.until(lambda: any("Another headset is waiting" in note for note in house.pico().notes))
        emulator.tell("quit")
        house.until(
            lambda: any(t.name == "PB7T1" and t.state is TrackState.LIVE for t in house.pico().tracks)
        )
        house.until(lambda: "missing" in house.pico().state)
    finally:
        other.end()

    # A page that has gone takes the rig with it, although the headset still sends.
    house.page = False
    house.until(lambda: house.robot.records[-1].lease == "" and house.status.driver == "")
