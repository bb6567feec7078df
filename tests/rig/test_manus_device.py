"""Gloves as a device of the rig: whose hands they are, by whose calibration, and what they feel."""

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.rig import RigRequest, Wearer
from backend.core.hands.by_angles import AngleRetargeting
from backend.core.hands.calibration import HandCalibration, usual_hand
from backend.runtime.hand_calibrations import HandCalibrations
from devices.emulators.manus.motions import poses
from devices.inputs.manus.device import ManusDevice
from devices.inputs.manus.gloves import ManusGloves
from devices.robots.g1_spec import g1_spec
from tests.rig.emulator import WAIT_S, Emulator

SPEC = g1_spec()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    emulator = Emulator("--pose", "pinch_index")
    yield emulator
    emulator.stop()


class Room:
    """The device, turned as the rig process turns it."""

    def __init__(self, address: str, folder: Path) -> None:
        self.store = HandCalibrations(folder)
        self.device = ManusDevice(ManusGloves(address), self.store, SPEC)
        self.device.open()
        self.force_n = np.zeros(6)

    def turn(self, name: str = "Ada", driving: bool = False):
        """Return the frame of one turn; nobody wears the rig without a name."""
        time.sleep(0.005)
        now_ns = clock.now_ns()
        wearer = Wearer(driver="ada", name=name, driving=driving, touch_n=self.force_n, touch_t_ns=now_ns)
        return self.device.turn(wearer if name else None, now_ns)

    def until(self, wanted, **wearer):
        ends = time.monotonic() + WAIT_S
        while time.monotonic() < ends:
            frame = self.turn(**wearer)
            if wanted(frame):
                return frame
        raise AssertionError(f"never; {self.status}")

    def ask(self, kind: str, **fields):
        return self.device.ask(RigRequest(kind=kind, name="Ada", **fields), clock.now_ns())

    @property
    def status(self):
        return self.device.status(clock.now_ns())


@pytest.fixture
def room(emulator, tmp_path) -> Iterator[Room]:
    room = Room(emulator.address, tmp_path)
    yield room
    room.device.close()


def both(frame) -> bool:
    return frame is not None and frame.left is not None and frame.right is not None


def test_gloves_move_the_hands_of_whoever_wears_the_rig_by_their_calibration(room):
    angles = {"open_deg": poses()["open"], "fist_deg": poses()["fist"], "pinch_deg": poses()["pinch_index"]}
    mine = HandCalibration(side="left", **angles)
    room.store.save("Ada", mine)
    room.until(lambda _: room.status.state == "ok", name="")
    assert all(room.turn(name="") is None for _ in range(20)), "nobody wears it"
    frame = room.until(both)
    assert (frame.source, frame.driver, frame.deadman, frame.moving) == ("manus", "ada", False, False)
    pinch = poses()["pinch_index"]
    assert frame.left.fingers_rad == pytest.approx(AngleRetargeting(SPEC, mine).retarget(pinch), abs=0.08)
    usual = AngleRetargeting(SPEC, usual_hand("right")).retarget(pinch)
    assert frame.right.fingers_rad == pytest.approx(usual, abs=0.08)
    assert room.status.calibration == "Ada: left hand calibrated."
    later = room.until(lambda f: both(f) and f.seq > frame.seq)
    assert later.t_ns > frame.t_ns
    room.turn(name="Ben")
    assert room.status.calibration == "Ben: no hand calibrated."


def test_the_wearer_feels_contact_while_driving_and_not_after(room, emulator):
    room.until(both)
    room.force_n = np.array([0, 0, 0, 5.0, 0, 12.0])
    for _ in range(50):
        room.turn()
    for _ in range(20):
        room.turn(driving=True)
    felt = emulator.hear("vibrate")
    assert felt["vibrate"] == 1002
    thumb, index, middle, ring, pinky = felt["fingers"]
    assert index == 1.0 > thumb > 0.3
    assert middle == ring == pinky == 0.0
    assert "let go of the deadman" in room.ask("hands.calibrate", side="left").error
    room.turn(name="")
    assert emulator.hear("vibrate")["fingers"] == [0.0] * 5


def test_a_hand_is_calibrated_step_by_step_and_followed_at_once(room, emulator):
    room.until(lambda _: room.status.state == "ok")
    assert "allowed: left, right" in room.ask("hands.calibrate", side="up").error
    assert "begin with one" in room.ask("hands.take").error
    reply = room.ask("hands.calibrate", side="left")
    assert (reply.ok, reply.detail["task"]) == (True, "1")
    assert (room.status.task.step, room.status.task.about) == ("open", "left")
    assert "Hold it" in room.ask("hands.take").error
    room.until(lambda _: "Straighten the index finger" in room.status.task.trouble)
    for step, pose in (("open", "open"), ("fist", "fist"), ("pinch", "pinch_index")):
        assert room.status.task.step == step
        emulator.tell(f"pose left {pose}")
        room.until(lambda _: room.status.task.trouble == "")
        assert room.status.task.progress == 1.0
        assert room.ask("hands.take").ok
    task = room.status.task
    assert (task.phase, task.text) == ("done", "The left glove follows Ada: open, fist, pinch were taken.")
    assert room.status.calibration == "Ada: left hand calibrated."
    kept = room.store.load("Ada")["left"]
    assert kept.fist_deg == pytest.approx(poses()["fist"], abs=2.0)
    assert kept.wall_ns > 0


def test_a_glove_that_goes_is_said_and_a_calibration_waits_for_it(room, emulator):
    room.until(lambda _: room.status.state == "ok")
    assert room.status.rate_hz > 1
    assert room.status.clock.samples > 0
    assert room.status.clock.uncertainty_ms is None
    assert room.ask("hands.calibrate", side="right").ok
    emulator.tell("unplug right")
    room.until(lambda _: room.status.state == "The right glove is switched off or unplugged.")
    assert "unplugged" in room.status.task.trouble
    assert "unplugged" in room.ask("hands.take").error
    left, right = room.status.hands
    assert (left.state, left.glove, left.trouble, right.state) == ("live", "1001", "", "unplugged")
    assert left.angles_deg.shape == (20,)
    emulator.tell("plug right")
    room.until(lambda _: room.status.state == "ok")
    assert room.ask("hands.cancel").ok
    assert room.status.task.phase == "failed"
