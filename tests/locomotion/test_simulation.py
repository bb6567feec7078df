"""The robot's side: its watchdog, its sensors, and what happens on a reset."""

import numpy as np
import pytest

from backend.core.contracts.command import MotorCommand
from devices.robots.sim_g1 import SimG1
from devices.scenes.workshop import Workshop
from tests.locomotion.rig import LAYOUT, SPEC, Rig


def test_silence_brings_the_base_to_rest_and_holds_the_arms():
    rig = Rig()
    elbow = LAYOUT.action_names.index("left_elbow_joint")
    rig.glide(slice(elbow, elbow + 1), 1.0, 0.5)
    rig.run(2.0, (0.4, 0.0, 0.0))
    assert not rig.state.stopped_by_watchdog
    rig.connected = False
    rig.run(0.15)
    assert not rig.state.stopped_by_watchdog
    rig.run(0.15)
    assert rig.state.stopped_by_watchdog
    rig.run(3.5)
    assert rig.state.locomotion == "stand"
    assert np.linalg.norm(rig.state.base_twist[:2]) < 0.05
    assert rig.state.q_rad[SPEC.index("left_elbow_joint")] == pytest.approx(1.0, abs=0.05)
    rig.connected = True
    rig.run(0.1)
    assert not rig.state.stopped_by_watchdog


def test_repeating_one_command_does_not_keep_the_watchdog_quiet():
    rig = Rig()
    rig.run(0.1)
    last, _ = rig.safety.hold(rig.now_ns)
    rig.connected = False
    for _ in range(30):
        rig.world.command(last, rig.now_ns)
        rig.run(0.01)
    assert rig.state.stopped_by_watchdog


def test_a_stop_command_ends_the_walk():
    rig = Rig()
    rig.run(2.0, (0.4, 0.0, 0.0))
    rig.connected = False
    for _ in range(350):
        rig.world.command(rig.safety.stop(rig.now_ns)[0], rig.now_ns)
        rig.run(0.01)
    assert rig.state.locomotion == "stand"
    assert not rig.state.stopped_by_watchdog


def test_measures_what_physics_does():
    rig = Rig()
    rig.run(1.5, (0.3, 0.0, 0.3))
    before, dt_s = rig.state, rig.world.dt_s
    rig.world.step(rig.now_ns)
    after = rig.state
    np.testing.assert_allclose(
        (after.T_world_pelvis[:3] - before.T_world_pelvis[:3]) / dt_s, after.base_twist[:3], atol=0.02
    )
    np.testing.assert_allclose((after.q_rad - before.q_rad) / dt_s, after.dq_rad_s, atol=0.05)
    assert after.base_height_m == after.T_world_pelvis[2]
    assert np.linalg.norm(after.T_world_pelvis[3:]) == pytest.approx(1.0)
    assert after.seq > before.seq


def test_motors_follow_the_contract_and_clip_at_the_effort_limit():
    rig = Rig()
    elbow = SPEC.index("left_elbow_joint")

    def force_nm(tau_nm: float, kp: float, gap_rad: float, kd: float, speed_rad_s: float) -> float:
        q, dq, tau, stiffness, damping = (np.zeros(len(SPEC.joints)) for _ in range(5))
        q[elbow], dq[elbow] = SPEC.neutral_rad[elbow] + gap_rad, speed_rad_s
        tau[elbow], stiffness[elbow], damping[elbow] = tau_nm, kp, kd
        motors = MotorCommand(q_rad=q, dq_rad_s=dq, kp=stiffness, kd=damping, tau_nm=tau)
        rig.world.controller.update = lambda *_: motors
        rig.world.reset_scene(0)
        rig.world.step(0)
        return float(rig.world.data.actuator("left_elbow_joint").force[0])

    assert force_nm(2.0, 10.0, 0.1, 0.5, 2.0) == pytest.approx(4.0)
    assert force_nm(0.0, 100.0, -1.0, 0.0, 0.0) == -SPEC.effort_limit_nm[elbow]


def test_a_robot_that_lies_in_the_furniture_stands_up_at_its_start():
    scene = Workshop()
    model = scene.furnish(SimG1.build_body(SPEC)).compile()
    rig = Rig(model=model, scene=scene)
    table_x_m = 0.55
    rig.world.data.qpos[rig.world.model.joint("floating_base").qposadr[0]] = table_x_m
    assert not rig.world.reset_robot()
    np.testing.assert_allclose(rig.place, np.zeros(3), atol=1e-6)
