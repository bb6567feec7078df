"""Gloves as an input of control: whose hands they are, by whose calibration, and what they feel."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend import settings as settings_module
from backend.core import clock
from backend.core.hands.by_angles import AngleRetargeting
from backend.core.hands.calibration import HandCalibration, usual_hand
from backend.runtime.bus import Bus
from backend.runtime.hand_calibrations import HandCalibrations
from backend.runtime.topics import CONTROL_TICK, ROBOT_STATE
from devices.emulators.manus.motions import poses
from devices.inputs.manus.input import ManusInput
from devices.robots.g1_spec import g1_spec
from tests.core.rig import Rig
from tests.rig.emulator import WAIT_S, Emulator

SPEC = g1_spec()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    emulator = Emulator("--pose", "pinch_index")
    yield emulator
    emulator.stop()


class House:
    """Control's messages on a bus, and the gloves' input."""

    def __init__(self, folder: Path) -> None:
        self.rig = Rig(SPEC)
        bus = Bus(folder / "run")
        self._ticks, self._states = bus.publisher(CONTROL_TICK), bus.publisher(ROBOT_STATE)
        self.input = ManusInput(bus)
        self.input.open()
        self.force_n = np.zeros(6)

    def turn(self, **channels):
        """One tick of control with these channels of Ada's; returns the gloves' frames."""
        self._ticks.publish(self.rig.tick(self.rig.frame(**channels)))
        self.rig.state_changes = {"t_ns": clock.now_ns(), "hand_force_n": self.force_n}
        self._states.publish(self.rig.state())
        self.rig.state_changes = {}
        time.sleep(0.01)
        return self.input.latest()

    def until(self, wanted, **channels):
        ends = time.monotonic() + WAIT_S
        while time.monotonic() < ends:
            if wanted(frames := self.turn(**channels)):
                return frames
        raise AssertionError(f"never; the last frames are {frames}")

    def close(self) -> None:
        self.input.close()
        self._ticks.close()
        self._states.close()


@pytest.fixture
def house(emulator, tmp_path, monkeypatch) -> Iterator[House]:
    monkeypatch.setenv("BUNRAKU_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BUNRAKU_MANUS_ADDRESS", emulator.address)
    settings_module.settings.cache_clear()
    house = House(tmp_path)
    yield house
    house.close()
    settings_module.settings.cache_clear()


def both(frames) -> bool:
    return bool(frames) and frames[0].left is not None and frames[0].right is not None


def test_gloves_move_the_hands_of_whoever_holds_the_lease_by_their_calibration(house, tmp_path):
    angles = {"open_deg": poses()["open"], "fist_deg": poses()["fist"], "pinch_deg": poses()["pinch_index"]}
    mine = HandCalibration(side="left", **angles)
    HandCalibrations(settings_module.settings().hands_dir).save("Ada", mine)
    for _ in range(30):
        assert house.turn() == ()
    house.rig.arm()
    (frame,) = house.until(both)
    assert (frame.source, frame.driver, frame.deadman, frame.moving) == ("manus", "ada", False, False)
    pinch = poses()["pinch_index"]
    assert frame.left.fingers_rad == pytest.approx(AngleRetargeting(SPEC, mine).retarget(pinch), abs=0.08)
    usual = AngleRetargeting(SPEC, usual_hand("right")).retarget(pinch)
    assert frame.right.fingers_rad == pytest.approx(usual, abs=0.08)
    (later,) = house.until(lambda frames: both(frames) and frames[0].seq > frame.seq)
    assert later.t_ns > frame.t_ns
    assert house.rig.ask("lease.release").ok
    house.until(lambda frames: frames == ())


def test_the_wearer_feels_contact_while_driving_and_not_after(house, emulator):
    house.rig.arm()
    house.until(both)
    house.force_n = np.array([0, 0, 0, 5.0, 0, 12.0])
    for _ in range(50):
        house.turn()
    house.until(lambda _: house.rig.records[-1].driver == "ada", deadman=True)
    for _ in range(20):
        house.turn(deadman=True)
    felt = emulator.hear("vibrate")
    assert felt["vibrate"] == 1002
    thumb, index, middle, ring, pinky = felt["fingers"]
    assert index == 1.0 > thumb > 0.3
    assert middle == ring == pinky == 0.0
    house.force_n = np.zeros(6)
    for _ in range(20):
        house.turn(deadman=True)
    assert emulator.hear("vibrate")["fingers"] == [0.0] * 5
