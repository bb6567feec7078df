"""One robot in three places: URDF, MuJoCo body and the controller's model must not disagree."""

import mujoco
import numpy as np
import pytest

from backend.core.locomotion.body_model import BodyModel
from backend.core.locomotion.whole_body_qp import Task, WholeBodyQp
from devices.robots import g1_collision, g1_model
from tests.locomotion.rig import SPEC, Rig, floor_model


@pytest.fixture(scope="module")
def rig() -> Rig:
    rig = Rig()
    rig.run(0.3)
    return rig


@pytest.fixture(scope="module")
def model(rig: Rig) -> BodyModel:
    model = BodyModel(SPEC)
    model.update(rig.state)
    return model


def test_controller_and_physics_agree_on_masses_inertias_and_rotors(rig: Rig, model: BodyModel):
    dense = np.zeros((rig.world.model.nv, rig.world.model.nv))
    mujoco.mj_fullM(rig.world.model, rig.world.data, dense)
    dofs = [rig.world.model.joint(name).dofadr[0] for name in model.joints]
    ours = model.mass_matrix[6:, 6:]
    np.testing.assert_allclose(ours, dense[np.ix_(dofs, dofs)], atol=3e-4)
    np.testing.assert_allclose(ours, ours.T)
    assert model.mass_kg == pytest.approx(34.394, abs=0.001)


def test_controller_and_physics_agree_on_where_things_are(rig: Rig, model: BodyModel):
    data = rig.world.data
    np.testing.assert_allclose(model.com_m, data.subtree_com[rig.world.model.body("pelvis").id], atol=2e-3)
    for name, link in (("left", SPEC.left_foot_link), ("torso", SPEC.torso_link)):
        np.testing.assert_allclose(model.frames[name].position_m, data.body(link).xpos, atol=1e-4)
    assert model.sole_height_m("left") == pytest.approx(0.0, abs=0.003)


def test_sole_points_of_the_controller_are_the_contact_spheres_of_the_body(model: BodyModel):
    spheres = [
        (x, y, g1_collision.SOLE_Z_M - g1_collision.SOLE_RADIUS_M) for x, y in g1_collision.SOLE_CENTRES_M
    ]
    np.testing.assert_allclose(sorted(model.sole_points_m.tolist()), sorted(spheres), atol=1e-9)


def test_drives_have_the_documented_constants():
    body = floor_model()
    for name, armature in zip(SPEC.joints, SPEC.armature_kg_m2, strict=True):
        hand = name in SPEC.hand_joints
        dof = body.joint(name).dofadr[0]
        assert body.dof_armature[dof] == armature > 0
        assert body.dof_damping[dof] == (g1_model.HAND_DAMPING_NM_S if hand else g1_model.BODY_DAMPING_NM_S)
        assert body.dof_frictionloss[dof] == (
            g1_model.HAND_FRICTION_NM if hand else g1_model.BODY_FRICTION_NM
        )
    np.testing.assert_array_equal(body.actuator_forcerange[:, 1], SPEC.effort_limit_nm)
    np.testing.assert_array_equal(body.actuator_forcerange[:, 0], -SPEC.effort_limit_nm)


def test_nothing_touches_itself_in_the_neutral_pose(rig: Rig):
    data, body = rig.world.data, rig.world.model
    floor = body.geom("floor").id
    assert len(data.contact.geom) >= 4
    assert all(floor in pair for pair in data.contact.geom)


def test_visual_meshes_are_there_only_when_asked_for():
    full = g1_model.build_body(SPEC, SPEC.mesh_dir).compile()
    bare = g1_model.build_body(SPEC).compile()
    assert (full.geom_group == g1_model.VISUAL_GROUP).sum() >= 43
    assert not (bare.geom_group == g1_model.VISUAL_GROUP).any()
    assert bare.nmesh == 0
    assert [full.joint(j).name for j in range(full.njnt)] == [bare.joint(j).name for j in range(bare.njnt)]
    assert full.body_mass.sum() == pytest.approx(bare.body_mass.sum(), rel=1e-9)


def test_cameras_look_along_their_optical_axis(rig: Rig):
    for camera in SPEC.cameras:
        x, y, z, w = camera.T_link_camera[3:]
        optical = np.zeros(9)
        mujoco.mju_quat2Mat(optical, np.array([w, x, y, z]))
        link = rig.world.data.body(camera.link).xmat.reshape(3, 3)
        forward = -rig.world.data.camera(camera.name).xmat.reshape(3, 3)[:, 2]
        np.testing.assert_allclose(forward, link @ optical.reshape(3, 3)[:, 2], atol=1e-6)


def test_the_program_keeps_torques_in_limits_whatever_is_wished(model: BodyModel):
    effort = SPEC.effort_limit_nm[model.index]
    program = WholeBodyQp(model, effort)
    posture, weight = np.full(len(model.joints), 0.0), np.full(len(model.joints), 0.1)
    largest = []
    for wish_m_s2 in (0.0, 200.0):
        task = Task(
            model.com_jacobian, model.com_bias_m_s2, np.array([wish_m_s2, 0.0, wish_m_s2]), np.full(3, 500.0)
        )
        torque = program.solve([task], ("left", "right"), posture, weight)
        assert np.all(np.abs(torque) <= effort + 1e-6)
        largest.append(np.max(np.abs(torque) / effort))
    assert largest[0] < 0.9
    assert largest[1] == pytest.approx(1.0, abs=1e-6)


def test_the_program_s_torques_produce_the_wished_motion(model: BodyModel):
    """Check M a + h = S tau + J' f by the base rows: what the feet carry is the weight."""
    program = WholeBodyQp(model, SPEC.effort_limit_nm[model.index])
    tasks = [Task(model.com_jacobian, model.com_bias_m_s2, np.zeros(3), np.full(3, 500.0))]
    for side in ("left", "right"):
        foot = model.frames[side]
        tasks.append(Task(foot.jacobian, foot.bias, np.zeros(6), np.full(6, 1e4)))
    quiet = np.zeros(len(model.joints))
    torque = program.solve(tasks, ("left", "right"), quiet, np.full(len(quiet), 1.0))
    # Standing still, virtual work of gravity along each joint is carried by motors and ground together.
    lift = model.frames["left"].jacobian[2, 6:] + model.frames["right"].jacobian[2, 6:]
    weight_n = model.mass_kg * 9.81
    static = model.nonlinear[6:] - lift * weight_n / 2
    legs = [i for i, name in enumerate(model.joints) if "knee" in name]
    np.testing.assert_allclose(torque[legs], static[legs], atol=12.0)
