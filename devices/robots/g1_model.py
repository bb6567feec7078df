"""MuJoCo body of the G1, composed at run time from the same URDF that pinocchio and the browser read.

The URDF gives links, inertias, joints and limits. Added here: the free joint, motors, what the URDF does
not know of the drives (armature, damping, friction) and collision shapes made of primitives, which cost
half of what meshes cost and grasp better.
"""

import re
from pathlib import Path

import mujoco
import numpy as np

from backend.core.contracts.robot import CameraSpec, RobotSpec
from devices.robots.g1_collision import add_collision

ROOT_LINK = "pelvis"
VISUAL_GROUP = 2
COLLISION_GROUP = 3

BODY_DAMPING_NM_S = 0.05
BODY_FRICTION_NM = 0.1
HAND_DAMPING_NM_S = 0.02
HAND_FRICTION_NM = 0.05
# Half a turn about x takes the optical frame (z forward, y down) to MuJoCo's camera frame (-z forward, y up).
OPTICAL_TO_MUJOCO = np.array([0.0, 1.0, 0.0, 0.0])


def build_body(spec: RobotSpec, mesh_dir: str | Path | None = None) -> mujoco.MjSpec:
    """Compose the robot: free joint on the pelvis, one torque motor per joint of `spec.joints`, cameras.

    Args:
        spec: The G1's spec.
        mesh_dir: Folder with the STL files for the visual geoms (group 2), the original or decimated
            ones; None builds a body without visuals, for physics.

    Returns:
        A spec to furnish and compile. Motors are named after their joints, in the order of
        `spec.joints`; controls are torques [Nm] clipped at the effort limits.
    """
    compiler = (
        f'<mujoco><compiler meshdir="{mesh_dir or spec.mesh_dir}" discardvisual="false" fusestatic="false" '
        'strippath="true" balanceinertia="false"/></mujoco>'
    )
    urdf = Path(spec.urdf_path).read_text()
    body = mujoco.MjSpec.from_string(re.sub(r"(<robot [^>]*>)", rf"\1{compiler}", urdf, count=1))
    body.compiler.degree = False
    body.option.timestep = 0.002
    body.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    body.body(ROOT_LINK).add_freejoint(name="floating_base")
    body.body(ROOT_LINK).pos = [0.0, 0.0, spec.nominal_height_m]
    _sort_geoms(body, visuals=mesh_dir is not None)
    _add_drives(body, spec)
    add_collision(body)
    for camera in spec.cameras:
        _add_camera(body, camera)
    return body


def _sort_geoms(body: mujoco.MjSpec, visuals: bool) -> None:
    """Keep the visual meshes or not, and drop the URDF's collision geoms."""
    for geom in list(body.geoms):
        if geom.contype == 0 and visuals:
            geom.group = VISUAL_GROUP
            geom.mass = 0.0
        else:
            body.delete(geom)
    used = {geom.meshname for geom in body.geoms}
    for mesh in list(body.meshes):
        if mesh.name not in used:
            body.delete(mesh)


def _add_drives(body: mujoco.MjSpec, spec: RobotSpec) -> None:
    for name, effort_nm, armature in zip(spec.joints, spec.effort_limit_nm, spec.armature_kg_m2, strict=True):
        hand = name in spec.hand_joints
        joint = body.joint(name)
        joint.armature = armature
        joint.damping = [HAND_DAMPING_NM_S if hand else BODY_DAMPING_NM_S, 0.0, 0.0]
        joint.frictionloss = HAND_FRICTION_NM if hand else BODY_FRICTION_NM
        motor = body.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        motor.set_to_motor()
        motor.forcelimited = 1
        motor.forcerange = [-effort_nm, effort_nm]


def _add_camera(body: mujoco.MjSpec, camera: CameraSpec) -> None:
    x, y, z, w = camera.T_link_camera[3:]
    quat_wxyz = np.zeros(4)
    mujoco.mju_mulQuat(quat_wxyz, np.array([w, x, y, z]), OPTICAL_TO_MUJOCO)
    body.body(camera.link).add_camera(
        name=camera.name,
        pos=camera.T_link_camera[:3],
        quat=quat_wxyz,
        fovy=np.rad2deg(camera.fovy_rad),
        resolution=[camera.width, camera.height],
    )
