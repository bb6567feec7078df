"""Parts of the robot's side by themselves."""

import numpy as np
import pinocchio as pin
import pytest

from backend.core.contracts.command import MotorCommand
from backend.core.locomotion.waist import torso_from_waist, waist_from_torso
from backend.runtime.processes import PROCESSES, processes_of
from backend.settings import Settings
from devices.robots.unitree.dds import Link
from devices.robots.unitree.stiffness import RAMP_S, Stiffness
from devices.robots.unitree_g1 import UnitreeG1
from tests.unitree.robot import DOMAIN

SPEC = UnitreeG1.spec


def test_the_waist_s_joints_turn_the_torso_as_it_was_asked():
    rng = np.random.default_rng(2)
    for rpy in rng.uniform(-0.5, 0.5, (20, 3)):
        yaw, roll, pitch = waist_from_torso(rpy)
        turned = np.eye(3)
        for axis in ((0, 0, yaw), (roll, 0, 0), (0, pitch, 0)):
            turned = turned @ pin.rpy.rpyToMatrix(*axis)
        np.testing.assert_allclose(turned, pin.rpy.rpyToMatrix(*rpy), atol=1e-12)
        np.testing.assert_allclose(torso_from_waist(np.array([yaw, roll, pitch])), rpy, atol=1e-12)


def motors(q: float, kp: float = 100.0, tau: float = 0.0) -> MotorCommand:
    ones = np.ones(len(SPEC.joints))
    return MotorCommand(q_rad=q * ones, dq_rad_s=0 * ones, kp=kp * ones, kd=2 * ones, tau_nm=tau * ones)


def test_a_soft_start_begins_where_the_robot_is_and_never_jumps():
    stiffness = Stiffness(SPEC)
    measured = SPEC.neutral_rad
    stiffness.restart(measured)
    sent = [stiffness.shape(motors(0.0), measured, "live", 0.004) for _ in range(round(RAMP_S / 0.004) + 2)]
    np.testing.assert_allclose(sent[0].q_rad, measured, atol=1e-3)
    assert sent[0].kp.max() == pytest.approx(10.0, rel=0.01)
    assert np.max(np.abs(np.diff([command.q_rad for command in sent], axis=0))) < 0.01
    assert np.all(np.diff([command.kp[0] for command in sent]) >= 0)
    assert sent[-1].kp.min() == 100.0
    assert stiffness.stiff
    np.testing.assert_allclose(sent[-1].q_rad, 0.0, atol=1e-9)


def test_arms_that_soften_keep_their_target_and_begin_anew_where_they_were_pushed():
    stiffness, arm = Stiffness(SPEC), SPEC.index("left_elbow_joint")
    leg = SPEC.index("left_knee_joint")
    stiffness.restart(SPEC.neutral_rad)
    for _ in range(600):
        stiffness.shape(motors(0.1), SPEC.neutral_rad, "live", 0.004)
    soft = [stiffness.shape(motors(0.1), SPEC.neutral_rad, "soft", 0.004) for _ in range(600)]
    falling = [command for command in soft if command.kp[arm] > 0]
    assert np.ptp([command.q_rad[arm] for command in falling]) < 1e-9
    assert soft[-1].kp[arm] == 0.0
    assert soft[-1].kp[leg] == 100.0
    pushed = SPEC.neutral_rad + 0.2
    stiffness.shape(motors(0.1), pushed, "soft", 0.004)
    back = [stiffness.shape(motors(0.1), pushed, "live", 0.004) for _ in range(600)]
    assert back[0].q_rad[arm] == pytest.approx(pushed[arm], abs=1e-3)
    assert np.abs(np.diff([command.q_rad[arm] for command in back])).max() < 0.01
    assert back[-1].q_rad[arm] == pytest.approx(0.1)


def test_whatever_a_controller_wants_stays_inside_the_joint_and_effort_limits():
    stiffness = Stiffness(SPEC)
    for _ in range(1000):
        sent = stiffness.shape(motors(9.0, tau=1e6), SPEC.neutral_rad, "live", 0.004)
    np.testing.assert_array_equal(sent.q_rad, SPEC.upper_rad)
    np.testing.assert_array_equal(sent.tau_nm, SPEC.effort_limit_nm)


def test_damping_is_at_once_and_leaves_no_stiffness():
    stiffness = Stiffness(SPEC)
    for _ in range(1000):
        stiffness.shape(motors(0.1), SPEC.neutral_rad, "live", 0.004)
    sent = stiffness.shape(motors(0.1, tau=5.0), SPEC.neutral_rad, "damp", 0.004)
    assert (sent.kp.max(), np.abs(sent.tau_nm).max()) == (0.0, 0.0)
    assert sent.kd.min() > 0.0


def test_an_interface_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ConnectionError, match=r"'eth99'.*BUNRAKU_DDS_INTERFACE may be .*lo"):
        Link("eth99", DOMAIN)


def test_the_robot_decides_on_its_side_and_its_defaults(monkeypatch: pytest.MonkeyPatch):
    for name in ("BUNRAKU_LOCOMOTION", "BUNRAKU_CAMERAS", "BUNRAKU_ROBOT"):
        monkeypatch.delenv(name, raising=False)
    assert Settings().locomotion == "dcm_wbc"
    assert Settings(robot="unitree_g1").locomotion == "unitree"
    assert Settings(robot="unitree_g1", locomotion="posture").locomotion == "posture"
    assert processes_of(Settings()) == PROCESSES
    changed = {s.name: s.module for s in processes_of(Settings(robot="unitree_g1"))}.items() - {
        s.name: s.module for s in PROCESSES
    }.items()
    assert changed == {("world", "backend.runtime.body")}
