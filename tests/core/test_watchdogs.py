import numpy as np
import pytest

from backend.core.contracts.tick import Mode, SourceState
from tests.core.rig import arm_input

MS = 1_000_000
HERE = [0.3, 0.2, 0.9, 0, 0, 0, 1]


def test_silence_holds_by_250_ms_and_disengages_by_500_ms(rig):
    rig.engage()
    rig.drive(50, right=arm_input(twist=[0.2, 0, 0, 0, 0, 0]), base_velocity=np.array([0.3, 0, 0]))
    sent_ns = rig.records[-1].frames[0].t_ns
    while (record := rig.tick()).mode is Mode.ACTIVE:
        pass
    assert record.mode is Mode.HOLD
    assert record.t_ns - sent_ns == 250 * MS
    assert "has been silent for 250 ms" in record.reason
    while (record := rig.tick()).mode is Mode.HOLD:
        pass
    assert (record.mode, record.t_ns - sent_ns) == (Mode.READY, 500 * MS)
    assert record.sources[0].state is SourceState.LOST
    for _ in range(60):
        record = rig.tick()
    assert np.abs(record.command.action[rig.spec.layout.velocity]).max() < 1e-9
    # A device that comes back with the deadman still held does not move the robot.
    assert rig.drive(10).mode is Mode.READY


def test_a_short_gap_ends_in_motion_without_a_jump(rig):
    rig.engage()
    rig.drive(40, right=arm_input(twist=[0.2, 0, 0, 0, 0, 0]))
    for _ in range(40):
        record = rig.tick()
    assert record.mode is Mode.HOLD
    held = record.command.action
    record = rig.drive(1, right=arm_input(twist=[0.2, 0, 0, 0, 0, 0]))
    assert record.mode is Mode.ACTIVE
    assert record.speed_scale == 0.0
    assert np.abs(record.command.action - held).max() < 1e-3


def test_poses_that_never_change_while_moving_are_frozen(rig):
    rig.engage()
    pose = arm_input(pose=HERE, clutch=True)
    first_ns = rig.now_ns
    while (record := rig.tick(rig.frame(deadman=True, moving=True, right=pose))).mode is Mode.ACTIVE:
        pass
    assert record.mode is Mode.HOLD
    assert record.t_ns - first_ns == 250 * MS
    assert "has sent the same values for 250 ms" in record.reason
    assert record.sources[0].state is SourceState.FROZEN
    for _ in range(25):
        record = rig.tick(rig.frame(deadman=True, moving=True, right=pose))
    assert record.mode is Mode.READY


@pytest.mark.parametrize("moving", [False, True])
def test_a_held_key_and_a_resting_hand_are_not_frozen(rig, moving):
    rig.engage()
    hand = arm_input(twist=[0.01, 0, 0, 0, 0, 0]) if moving else arm_input(pose=HERE, clutch=True)
    assert rig.drive(100, moving=moving, right=hand).mode is Mode.ACTIVE


def test_a_device_whose_clock_stands_still_is_frozen(rig):
    rig.engage()
    for _ in range(30):
        twist = arm_input(twist=np.random.default_rng(len(rig.records)).normal(0, 0.1, 6))
        record = rig.tick(rig.frame(deadman=True, moving=True, right=twist, source_t_ns=7))
    assert record.mode is Mode.HOLD


def test_an_idle_device_may_vanish_but_a_steering_one_may_not(rig):
    rig.arm()
    for k in range(100):
        frames = [rig.frame(deadman=k > 5)]
        if k < 20:
            frames.append(rig.frame(source="gamepad"))
        assert rig.tick(*frames).mode in (Mode.READY, Mode.ACTIVE)
    assert rig.records[-1].mode is Mode.ACTIVE
    for k in range(60):
        frames = [rig.frame(deadman=True)]
        if k < 5:
            frames.append(rig.frame(source="pico", right=arm_input(pose=HERE, clutch=True)))
        record = rig.tick(*frames)
        if record.mode is Mode.HOLD:
            break
    assert "Pico has been silent" in record.reason


def test_after_a_lost_device_another_can_drive_on(rig):
    rig.engage()
    for _ in range(5):
        rig.tick(rig.frame(deadman=True), rig.frame(source="pico", right=arm_input(pose=HERE, clutch=True)))
    for _ in range(60):
        record = rig.tick(rig.frame(deadman=True))
    assert record.mode is Mode.READY
    rig.tick(rig.frame(deadman=False))
    assert rig.drive(100).mode is Mode.ACTIVE


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"base_velocity": np.array([np.nan, 0, 0])}, "base_velocity is not a usable number"),
        ({"base_velocity": np.array([1e9, 0, 0])}, "allowed: -100 to 100"),
        ({"base_velocity": np.zeros(4)}, "has shape (4,); allowed: (3,)"),
        ({"right": arm_input(pose=[0, 0, 0, 0, 0, 0, 0], clutch=True)}, "right.pose has no unit quaternion"),
        ({"right": arm_input(grip=float("inf"))}, "right.grip is not a usable number"),
        ({"height_rate_m_s": float("nan")}, "height_rate_m_s is not a usable number"),
        ({"t_ns": 10**18}, "in the future"),
    ],
)
def test_frames_that_cannot_be_used_are_refused_in_words(rig, change, words):
    rig.engage()
    record = rig.drive(1, **change)
    assert len(record.refused) == 1
    assert words in record.refused[0]
    assert record.frames == ()
    assert rig.drive(30, **change).mode is Mode.HOLD


def test_old_and_repeated_frames_are_no_news(rig):
    rig.engage()
    frame = rig.frame(deadman=True)
    assert rig.tick(frame).frames == (frame,)
    assert rig.tick(frame).frames == ()
    older = rig.frame(deadman=False, t_ns=frame.t_ns - 1)
    record = rig.tick(older)
    assert (record.frames, record.mode) == ((), Mode.ACTIVE)


def test_a_flood_of_devices_is_refused(rig):
    rig.arm()
    record = rig.tick(*(rig.frame(source=f"device {k}") for k in range(100)))
    assert len(record.sources) == 32
    assert len(record.refused) == 68
    assert "allowed: 32 devices" in record.refused[0]


def test_a_device_that_says_it_is_in_trouble_makes_the_robot_hold_at_once(rig):
    rig.engage()
    right = arm_input(pose=HERE, clutch=True)
    rig.tick(rig.frame(deadman=True), rig.frame("pico", right=right))
    record = rig.tick(rig.frame(deadman=True), rig.frame("pico", moving=True, trouble="the waist is lost"))
    assert (record.mode, record.reason) == (Mode.HOLD, "The waist is lost.")
    assert {s.source: s.state for s in record.sources}["pico"] is SourceState.TROUBLED
    record = rig.tick(rig.frame(deadman=True), rig.frame("pico", right=right))
    assert record.mode is Mode.ACTIVE
    began_ns = rig.now_ns
    while record.mode is not Mode.READY:
        record = rig.tick(rig.frame(deadman=True), rig.frame("pico", moving=True, trouble="lost"))
    assert record.t_ns - began_ns == 250 * MS
    for _ in range(20):
        record = rig.tick(rig.frame(deadman=True), rig.frame("pico", right=right))
    assert record.mode is Mode.READY, "the deadman was never let go"


def test_the_trouble_of_a_device_that_does_not_steer_stops_nobody(rig):
    rig.engage()
    for _ in range(60):
        record = rig.tick(rig.frame(deadman=True), rig.frame("pico", trouble="the waist is lost"))
    assert record.mode is Mode.ACTIVE
