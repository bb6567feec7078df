"""MuJoCo's settings that every scene with things to grasp needs."""

import mujoco


def set_options(body: mujoco.MjSpec) -> None:
    """Set contact, sleep and drawing options of a scene in which hands hold things."""
    # Elliptic cones, friction stiffer than the normals and a few slip-free iterations keep a held object
    # from creeping out of the hand; things that lie still sleep, which pays for all of it.
    body.option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
    body.option.impratio = 10.0
    body.option.noslip_iterations = 3
    body.option.enableflags |= int(mujoco.mjtEnableBit.mjENBL_SLEEP)
    # MuJoCo's clipping planes are multiples of the extent: from 1 cm, for the wrist cameras, to 20 m.
    body.stat.extent = 2.0
    body.visual.map.znear, body.visual.map.zfar = 0.005, 10.0
    body.visual.map.shadowclip = 3.0


def place(model: mujoco.MjModel, data: mujoco.MjData, name: str, pose: tuple[float, ...]) -> None:
    """Put the free body `name` at rest at `pose`: x y z [m], qw qx qy qz."""
    joint = model.joint(name)
    data.qpos[joint.qposadr[0] :][:7] = pose
    data.qvel[joint.dofadr[0] :][:6] = 0
