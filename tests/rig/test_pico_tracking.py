"""Axes, and what the app does with its list of trackers."""

import json

import numpy as np
import pinocchio as pin
import pytest

from devices.emulators.pico.body import TRACKERS
from devices.emulators.pico.headset import Headset
from devices.emulators.pico.wire import pose_text
from devices.inputs.pico.axes import to_project
from devices.inputs.pico.tracking import sample_of

OPENXR = {"right": [1, 0, 0], "left": [-1, 0, 0], "up": [0, 1, 0], "forward": [0, 0, -1]}
PROJECT = {"right": [0, -1, 0], "left": [0, 1, 0], "up": [0, 0, 1], "forward": [1, 0, 0]}
SN = "PC2310MLJC130055G"


def motion(joints: list[dict], count: int) -> str:
    return json.dumps({"Motion": {"joints": joints, "len": count}, "timeStampNs": 1})


@pytest.mark.parametrize("direction", OPENXR)
def test_a_known_motion_goes_where_it_should(direction):
    before = sample_of(motion([{"p": "0,1,0,0,0,0,1", "sn": SN}], 1), False, 0, 0)
    x, y, z = np.array([0, 1, 0]) + 0.3 * np.array(OPENXR[direction])
    after = sample_of(motion([{"p": f"{x},{y},{z},0,0,0,1", "sn": SN}], 1), False, 0, 0)
    moved = after.trackers[SN][:3] - before.trackers[SN][:3]
    np.testing.assert_allclose(moved, 0.3 * np.array(PROJECT[direction]), atol=1e-12)


@pytest.mark.parametrize(
    ("turn", "axis_openxr", "axis_project"),
    [
        ("left", [0, 1, 0], [0, 0, 1]),
        ("nose up", [1, 0, 0], [0, -1, 0]),
        ("tilt left", [0, 0, 1], [-1, 0, 0]),
    ],
)
def test_a_known_turn_turns_the_right_way(turn, axis_openxr, axis_project):
    quaternion = pin.Quaternion(pin.exp3(0.4 * np.array(axis_openxr, float))).coeffs()
    turned = to_project(np.array([0, 0, 0, *quaternion]))
    expected = pin.Quaternion(pin.exp3(0.4 * np.array(axis_project, float))).coeffs()
    np.testing.assert_allclose(turned[3:], expected, atol=1e-12)


@pytest.mark.parametrize("mirrored", [False, True])
def test_what_the_emulator_writes_is_read_back(mirrored):
    rng = np.random.default_rng(0)
    for _ in range(50):
        pose = pin.SE3ToXYZQUAT(pin.SE3.Random())
        pose[:3] = rng.normal(size=3)
        data = motion([{"p": pose_text(pose, mirrored), "sn": SN}], 1)
        got = sample_of(data, mirrored, 0, 0).trackers[SN]
        np.testing.assert_allclose(got[:3], pose[:3], atol=1e-6)
        np.testing.assert_allclose(got[3:] * np.sign(got[3:] @ pose[3:]), pose[3:], atol=1e-6)


def test_all_five_are_told_apart_by_serial_number_when_places_shift():
    headset = Headset("PA9")
    poses = {name: np.array([0.1 * i, 0, 1, 0, 0, 0, 1.0]) for i, name in enumerate(TRACKERS)}
    poses["head"] = np.array([0, 0, 1.6, 0, 0, 0, 1.0])
    for missing in ({}, {"left_wrist"}, {"left_wrist", "left_foot"}, set(TRACKERS), {}):
        headset.missing = set(missing)
        value = headset.tracking(poses, 1)
        sample = sample_of(json.dumps(value), False, 0, 0)
        # The list of the app never gets shorter: what it has lost is still in it.
        assert len(value["Motion"]["joints"]) == 5
        assert set(sample.trackers) == {headset.serials[name] for name in TRACKERS if name not in missing}
        for name in set(TRACKERS) - set(missing):
            np.testing.assert_allclose(sample.trackers[headset.serials[name]][:3], poses[name][:3], atol=1e-6)


def test_missing_keys_are_as_if_untouched():
    sample = sample_of({"Head": {"pose": "1,2,3,0,0,0,1"}}, False, 3, 1700)
    assert sample.source_t_ns == 1700 * 1_000_000
    assert sample.trackers == {}
    assert sample.controllers["left"].grip == 0.0
    enterprise = {"Controller": {"left": {"hasPose": False, "pose": "1,2,3,0,0,0,1", "grip": 1.0}}}
    assert sample_of(enterprise, False, 0, 0).controllers["left"].pose is None
    assert sample_of([1], False, 0, 0) is None
