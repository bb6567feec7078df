"""The robot on its feet, in physics: what is commanded against what is measured."""

import numpy as np
import pytest

from backend.core.locomotion.fall import FALLEN_TEXT
from benchmarks.soak import drive
from tests.locomotion.rig import LAYOUT, SPEC, Rig

# Seconds of CPU, but a machine that is busy with other things may take long for them.
pytestmark = pytest.mark.timeout(900)


def test_stands_squats_and_rises_to_the_commanded_height():
    rig = Rig()
    rig.run(0.5)
    for height_m in (0.60, 0.74):
        rig.glide(LAYOUT.height, height_m, 1.0)
        rig.run(0.8)
        assert rig.state.base_height_m == pytest.approx(height_m, abs=0.015)
    assert rig.state.locomotion == "stand"
    assert np.linalg.norm(rig.place[:2]) < 0.06


def test_bends_and_turns_the_torso_as_commanded():
    rig = Rig()
    wish = np.array([0.15, 0.35, 0.5])
    rig.glide(LAYOUT.torso, wish, 1.0)
    rig.run(1.5)
    np.testing.assert_allclose(rig.state.torso_rpy_rad, wish, atol=0.06)
    assert rig.state.locomotion == "stand"


def test_does_not_take_a_crouch_that_the_ankles_cannot_follow():
    rig = Rig()
    ankles = [SPEC.index(f"{side}_ankle_pitch_joint") for side in ("left", "right")]
    rig.glide(LAYOUT.torso, np.array([0.14, -0.2, -0.68]), 1.0)
    rig.glide(LAYOUT.height, 0.49, 1.3)
    rig.run(2.0)
    assert rig.state.locomotion == "stand"
    assert 0.49 < rig.state.base_height_m < 0.58
    assert np.all(rig.state.q_rad[ankles] > SPEC.lower_rad[ankles])
    assert np.linalg.norm(rig.state.base_twist[:2]) < 0.05


def test_walks_at_the_commanded_speed_and_stops():
    rig = Rig()
    rig.run(2.0, (0.4, 0.0, 0.0))
    start = rig.place
    rig.run(2.4, (0.4, 0.0, 0.0))
    moved = rig.place - start
    assert rig.state.locomotion == "walk"
    assert moved[0] / 2.4 == pytest.approx(0.4, rel=0.2)
    assert abs(moved[1]) < 0.1
    assert rig.place[0] > 1.0
    rig.run(2.5)
    assert rig.state.locomotion == "stand"
    assert np.linalg.norm(rig.state.base_twist[:2]) < 0.05


def test_rises_from_a_squat_before_it_walks():
    rig = Rig()
    rig.glide(LAYOUT.height, 0.52, 1.2)
    rig.run(0.5)
    heights = []
    rig.watch = lambda: heights.append((rig.world.controller.mode, rig.world.data.qpos[2]))
    rig.run(3.0, (0.3, 0.0, 0.0))
    assert min(height for mode, height in heights if mode == "walk") > 0.55
    assert rig.state.locomotion_note == "risen to walk"
    assert rig.place[0] > 0.3


def test_turns_on_the_spot_to_the_commanded_heading():
    rig = Rig()
    rig.run(1.5, (0.0, 0.0, 0.7))
    rig.run(2.5)
    x, y, yaw = rig.place
    assert yaw == pytest.approx(1.05, abs=0.12)
    assert np.hypot(x, y) < 0.2
    assert rig.state.locomotion == "stand"


def test_walks_sideways_without_crossing_the_legs():
    rig = Rig()
    rig.run(1.5, (0.0, 0.25, 0.0))
    start = rig.place
    left, right = (rig.world.data.body(link) for link in (SPEC.left_foot_link, SPEC.right_foot_link))
    widths = []
    rig.watch = lambda: widths.append(left.xpos[1] - right.xpos[1])
    rig.run(2.6, (0.0, 0.25, 0.0))
    assert (rig.place - start)[1] / 2.6 == pytest.approx(0.25, rel=0.35)
    assert min(widths) > 0.11


def test_walks_forwards_sideways_and_round_at_once():
    rig = Rig()
    rig.run(6.0, (0.3, -0.15, -0.4))
    assert rig.state.locomotion == "walk"
    assert rig.place[2] == pytest.approx(-2.2, abs=0.35)


@pytest.mark.parametrize("push_n", [(80.0, 0.0, 0.0), (0.0, 100.0, 0.0)])
def test_keeps_its_balance_when_pushed(push_n: tuple[float, float, float]):
    rig = Rig()
    rig.run(0.5)
    rig.run(3.5, push_n=push_n)
    assert rig.state.locomotion == "stand"
    assert rig.state.base_height_m == pytest.approx(0.74, abs=0.02)


def test_steps_to_catch_itself():
    rig = Rig()
    rig.run(0.5)
    modes = set()
    rig.watch = lambda: modes.add(rig.world.controller.mode)
    rig.run(4.0, push_n=(120.0, 0.0, 0.0))
    assert modes == {"stand", "walk"}
    assert rig.state.locomotion == "stand"


def test_a_fall_is_detected_damped_and_undone_where_it_happened():
    rig = Rig()
    rig.run(3.0, (0.4, 0.0, 0.0))
    rig.run(2.5, push_n=(-500.0, 300.0, 0.0), push_s=0.4)
    assert rig.state.locomotion == "fallen"
    assert rig.state.locomotion_note == FALLEN_TEXT
    motors = rig.world.controller.update(rig.state, None, 0.004)
    assert not motors.tau_nm.any()
    assert not motors.kp.any()
    assert (motors.kd > 0).all()
    fell_at = rig.place
    assert rig.world.reset_robot()
    np.testing.assert_allclose(rig.place, fell_at, atol=1e-6)
    rig.connected = False
    rig.run(1.0)
    assert rig.state.locomotion == "stand"
    assert rig.state.base_height_m > 0.7


def test_a_restless_operator_for_a_while():
    assert drive(seed=11, duration_s=10.0) == []
