"""The vendor's package: the real one as far as it goes without its service, then one with its shape."""

import sys
import types

import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.rig import Role, TrackState
from backend.runtime.rig_store import RigStore
from devices.emulators.pico.body import Body, Habit
from devices.emulators.pico.wire import R_OPENXR_PROJECT
from devices.inputs.pico.device import PicoDevice
from devices.inputs.pico.sdk import SdkSource
from tests.rig.bench import ADA

CALLS = (
    "init", "close", "get_time_stamp_ns", "get_headset_pose", "get_left_controller_pose", "get_left_grip",
    "get_right_controller_pose", "get_right_grip", "get_motion_tracker_pose",
    "get_motion_tracker_serial_numbers",
)  # fmt: skip
MS = 1_000_000


def test_the_real_package_without_its_service():
    sdk = pytest.importorskip("xrobotoolkit_sdk", reason="the vendor's package is not installed")
    assert all(callable(getattr(sdk, call)) for call in CALLS)
    source = SdkSource()
    source.open()
    now_ns = clock.now_ns()
    assert source.read(now_ns) == []
    assert "no headset yet" in source.state(now_ns)
    assert "at most 3 trackers" in source.notes(now_ns)[0]
    source.close()


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "xrobotoolkit_sdk", None)
    with pytest.raises(ConnectionError, match="pip install xrobotoolkit-sdk"):
        SdkSource().open()


class Service:
    """A module with the calls of the real one; it forgets no tracker, as the real one does not."""

    def __init__(self) -> None:
        self.module = types.ModuleType("xrobotoolkit_sdk")
        self.values = {
            "time_stamp_ns": 0,
            "headset_pose": [0.0] * 7,
            "left_controller_pose": [0.0] * 7,
            "right_controller_pose": [0.0] * 7,
            "left_grip": 0.0,
            "right_grip": 0.0,
            "motion_tracker_pose": [],
            "motion_tracker_serial_numbers": [],
        }
        for name in self.values:
            setattr(self.module, f"get_{name}", lambda name=name: self.values[name])
        self.module.init = self.module.close = lambda: None


def openxr(pose: np.ndarray) -> list[float]:
    return [*(R_OPENXR_PROJECT @ pose[:3]), *(R_OPENXR_PROJECT @ pose[3:6]), pose[6]]


def test_three_trackers_by_way_of_the_service(monkeypatch, tmp_path):
    service = Service()
    monkeypatch.setitem(sys.modules, "xrobotoolkit_sdk", service.module)
    now_ns = [5_000_000_000]
    monkeypatch.setattr(clock, "now_ns", lambda: now_ns[0])
    device = PicoDevice(SdkSource(), RigStore(tmp_path), 0.74, 0.41)
    device.open()
    assert device.turn(None, now_ns[0]) is None
    worn = {"A": "left_wrist", "B": "waist", "C": "right_wrist"}
    body = Body(Habit())

    def turn(*tracked: str) -> None:
        now_ns[0] += 14 * MS
        body.advance(0.014)
        poses = body.poses()
        service.values |= {"time_stamp_ns": now_ns[0], "headset_pose": openxr(poses["head"])}
        # Gaps are closed, and what stood at the end of the list stays there.
        for i, serial in enumerate(tracked):
            service.values["motion_tracker_serial_numbers"][i : i + 1] = [serial]
            service.values["motion_tracker_pose"][i : i + 1] = [openxr(poses[worn[serial]])]
        device.turn(ADA, now_ns[0])

    turn("A", "B", "C")
    tracks = {track.name: track for track in device.status(now_ns[0]).tracks}
    for serial, role in worn.items():
        np.testing.assert_allclose(tracks[serial].pose[:3], body.poses()[role][:3], atol=0.01)
    for _ in range(12):
        turn("A", "C")
    states = {track.name: track.state for track in device.status(now_ns[0]).tracks}
    assert service.values["motion_tracker_serial_numbers"] == ["A", "C", "C"]
    assert (states["A"], states["B"], states["C"]) == (TrackState.LIVE, TrackState.LOST, TrackState.LIVE)
    now_ns[0] += 600 * MS
    assert "nothing new for 0.6 s" in device.status(now_ns[0]).state
    assert Role.WAIST not in device._guide.roles.serials
    device.close()
