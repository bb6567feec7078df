"""Gloves in the whole tick: nothing snaps, nothing lets go; the independent check judges every command."""

import numpy as np
import pytest

from backend.core.contracts.frame import ArmInput
from backend.core.hands.dex3 import hand_pose
from devices.robots.g1_spec import g1_spec
from tests.core.rig import Rig, arm_input

SPEC = g1_spec()
FIST = hand_pose(SPEC.hand_joints[:7], 1.0, 0.0)
OPEN = np.zeros(7)
STEP_RAD = 0.06
"""Safety's limit of hand speed at 100 Hz."""
PERIOD_NS = 10_000_000


@pytest.fixture
def rig() -> Rig:
    rig = Rig(SPEC)
    rig.engage()
    return rig


def glove(hand_rad: np.ndarray) -> ArmInput:
    return arm_input(fingers_rad=hand_rad)


def drive(rig: Rig, ticks: int, hand_rad: np.ndarray | None = None, **triggers) -> np.ndarray:
    """Hold the deadman; the glove says something new in every tick. Returns the left hand."""
    for _ in range(ticks):
        frames = [rig.frame(deadman=True, **triggers)]
        if hand_rad is not None:
            frames.append(rig.frame(source="manus", left=glove(hand_rad)))
        record = rig.tick(*frames)
        assert np.abs(np.diff([r.command.action[:7] for r in rig.records[-2:]], axis=0)).max() <= STEP_RAD
    return record.command.action[:7]


def waits(rig: Rig) -> bool:
    return "glove: close your left hand as far as the robot's to take it over" in rig.records[-1].refused


def test_a_glove_gets_the_hand_softly_and_then_at_full_speed(rig):
    first = drive(rig, 5, FIST)
    assert np.abs(first).max() < 0.08
    assert drive(rig, 95, FIST) == pytest.approx(FIST, abs=1e-3)
    speed = np.abs(np.diff([r.command.action[:7] for r in rig.records], axis=0)).max() * 100
    assert speed == pytest.approx(5.0, abs=0.1)


def test_a_lost_glove_leaves_the_hand_as_it_is(rig):
    held = drive(rig, 120, 0.7 * FIST)
    # After the watchdog's time the glove's last frame is not trusted any more.
    assert drive(rig, 100) == pytest.approx(held, abs=1e-6)


def test_a_glove_that_comes_back_open_does_not_let_go_before_it_has_closed(rig):
    held = drive(rig, 120, 0.8 * FIST)
    drive(rig, 60)
    assert drive(rig, 60, OPEN) == pytest.approx(held, abs=1e-6)
    assert waits(rig)
    drive(rig, 5, 0.8 * FIST)
    assert not waits(rig)
    assert drive(rig, 120, OPEN) == pytest.approx(OPEN, abs=1e-3)


def test_a_paused_hand_does_not_let_go_for_an_open_glove(rig):
    held = drive(rig, 120, FIST)
    for _ in range(20):
        rig.tick(rig.frame(), rig.frame(source="manus", left=glove(OPEN)))
    assert drive(rig, 80, OPEN) == pytest.approx(held, abs=1e-2)
    assert waits(rig)


def test_a_glove_that_jumps_to_and_fro_never_snaps_the_hand(rig):
    drive(rig, 60, OPEN)
    for k in range(60):
        drive(rig, 1, FIST if k % 2 else OPEN)
    rng = np.random.default_rng(0)
    for _ in range(100):
        drive(rig, 1, rng.uniform(-3, 3, 7))


def test_a_glove_of_no_numbers_is_refused_and_the_hand_holds(rig):
    held = drive(rig, 120, 0.5 * FIST)
    after = drive(rig, 60, np.array([np.nan, *FIST[1:]]))
    assert after == pytest.approx(held, abs=1e-6)
    assert any("manus.left.fingers_rad is not a usable number" in why for why in rig.records[-1].refused)


def test_triggers_take_over_where_a_lost_glove_left_the_hand(rig):
    held = drive(rig, 150, FIST)
    drive(rig, 60)
    assert drive(rig, 30, left=arm_input(grip=0.2)) == pytest.approx(held, abs=1e-6)
    drive(rig, 10, left=arm_input(grip=1.0))
    assert drive(rig, 150, left=arm_input(grip=0.0)) == pytest.approx(OPEN, abs=1e-3)


def test_one_glove_leaves_the_other_hand_to_the_triggers(rig):
    for _ in range(120):
        record = rig.tick(
            rig.frame(deadman=True, right=arm_input(grip=0.0)), rig.frame(source="manus", left=glove(FIST))
        )
    right_fist = hand_pose(SPEC.hand_joints[7:], 1.0, 0.0)
    for _ in range(120):
        record = rig.tick(
            rig.frame(deadman=True, right=arm_input(grip=1.0)), rig.frame(source="manus", left=glove(FIST))
        )
    assert record.command.action[:7] == pytest.approx(FIST, abs=1e-3)
    assert record.command.action[7:14] == pytest.approx(right_fist, abs=1e-3)
