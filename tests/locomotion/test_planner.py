"""The maths of the walk: periodic DCM, foothold program, swing path, shaped references."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.locomotion.footstep import FootstepWeights, plan_foothold
from backend.core.locomotion.gait import GaitParameters, dcm_offset, step_displacement
from backend.core.locomotion.reference import wrap_rad
from backend.core.locomotion.swing import LANDING_M_S, SwingPath

GAIT = GaitParameters()
OMEGA = 3.8
GROWTH = float(np.exp(OMEGA * 0.43))
speeds = st.tuples(st.floats(-0.6, 0.6), st.floats(-0.3, 0.3))


@settings(deadline=None)
@given(speeds)
def test_the_gait_s_dcm_comes_back_after_two_steps(velocity):
    left, right = (step_displacement(side, np.array(velocity), 0.43, GAIT) for side in (1, -1))
    after_left = dcm_offset(left, right, GROWTH)
    after_right = dcm_offset(right, left, GROWTH)
    np.testing.assert_allclose(after_left * GROWTH - right, after_right, atol=1e-12)
    np.testing.assert_allclose(after_right * GROWTH - left, after_left, atol=1e-12)


@settings(deadline=None)
@given(speeds)
def test_two_steps_cover_the_commanded_ground_and_never_cross(velocity):
    left, right = (step_displacement(side, np.array(velocity), 0.43, GAIT) for side in (1, -1))
    np.testing.assert_allclose(left + right, 2 * 0.43 * np.array(velocity), atol=1e-12)
    assert left[1] >= GAIT.narrow_m - 1e-12
    assert right[1] <= -GAIT.narrow_m + 1e-12


def _plan(dcm_m, cop_m, nominal_m, offset_m, times=(0.1, 0.2, 0.4)):
    bounds = (np.array([-0.3, 0.13]), np.array([0.4, 0.45]))
    return plan_foothold(
        np.asarray(dcm_m),
        np.asarray(cop_m),
        nominal_m,
        offset_m,
        OMEGA,
        times,
        0.02,
        bounds,
        FootstepWeights(),
    )


def test_the_nominal_orbit_gives_the_nominal_step():
    nominal, offset = np.array([0.1, 0.2]), np.array([0.02, -0.04])
    dcm = (nominal + offset) * np.exp(-OMEGA * 0.22)
    plan = _plan(dcm, np.zeros(2), nominal, offset)
    np.testing.assert_allclose(plan.displacement_m, nominal, atol=1e-6)
    assert plan.remaining_s == pytest.approx(0.2, abs=1e-6)
    assert plan.offset_error_m < 1e-6


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(-0.3, 0.3), st.floats(-0.1, 0.4)),
    st.tuples(st.floats(-0.06, 0.06), st.floats(-0.02, 0.02)),
)
def test_a_disturbed_step_obeys_the_dynamics_inside_its_bounds(dcm_m, cop_m):
    nominal, offset = np.array([0.1, 0.2]), np.array([0.02, -0.04])
    plan = _plan(dcm_m, cop_m, nominal, offset)
    assert plan is not None
    assert np.all(plan.displacement_m >= [-0.3 - 1e-6, 0.13 - 1e-6])
    assert np.all(plan.displacement_m <= [0.4 + 1e-6, 0.45 + 1e-6])
    assert 0.1 - 1e-6 <= plan.remaining_s <= 0.4 + 1e-6
    landing_dcm = np.array(cop_m) + (np.array(dcm_m) - cop_m) * np.exp(OMEGA * (plan.remaining_s + 0.02))
    missed = landing_dcm - plan.displacement_m - offset
    assert np.linalg.norm(missed) == pytest.approx(plan.offset_error_m, abs=1e-5)


def test_a_push_outwards_makes_the_step_wider_and_sooner():
    nominal, offset = np.array([0.0, 0.2]), np.array([0.0, -0.04])
    calm = (nominal + offset) * np.exp(-OMEGA * 0.22)
    plan = _plan(calm + np.array([0.0, 0.06]), np.zeros(2), nominal, offset)
    assert plan.displacement_m[1] > 0.2
    assert plan.remaining_s < 0.2


def test_the_swing_foot_rises_arrives_in_time_and_moves_smoothly():
    dt_s, total_s = 0.002, 0.4
    path = SwingPath(np.array([0.0, 0.1, 0.0]), 0.0)
    heights, last = [], path.position.copy()
    for tick in range(round(total_s / dt_s)):
        elapsed = (tick + 1) * dt_s
        target = np.array([0.2, 0.1 + 0.05 * (elapsed > 0.15)])
        velocity = path.velocity.copy()
        path.advance(target, 0.3, elapsed, total_s - elapsed, 0.07, dt_s)
        np.testing.assert_allclose(path.position - last, velocity * dt_s, atol=60 * dt_s**2)
        last = path.position.copy()
        heights.append(path.position[2])
    assert max(heights) == pytest.approx(0.07, abs=0.003)
    np.testing.assert_allclose(path.position[[0, 1, 3]], [0.2, 0.15, 0.3], atol=0.004)
    assert abs(path.position[2]) < 0.004
    assert path.velocity[2] == pytest.approx(-LANDING_M_S, abs=0.05)


@settings(deadline=None)
@given(st.floats(-50, 50))
def test_wrapped_angles_are_the_same_angle(angle):
    assert -np.pi < wrap_rad(angle) <= np.pi
    assert np.cos(wrap_rad(angle)) == pytest.approx(np.cos(angle), abs=1e-9)
    assert np.sin(wrap_rad(angle)) == pytest.approx(np.sin(angle), abs=1e-9)
