"""What stands around the robot, as shapes and colours for a browser to draw."""

import mujoco
import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.world import SceneShapes, ShapePart

HIDDEN_GROUP = 3
"""Group of the geoms that are only touched, never seen."""
KINDS = {
    mujoco.mjtGeom.mjGEOM_BOX: "box",
    mujoco.mjtGeom.mjGEOM_SPHERE: "sphere",
    mujoco.mjtGeom.mjGEOM_CYLINDER: "cylinder",
    mujoco.mjtGeom.mjGEOM_CAPSULE: "capsule",
    mujoco.mjtGeom.mjGEOM_MESH: "mesh",
}
MM = 1e4
"""Coordinates are rounded to a tenth of a millimetre: half the bytes."""


def scene_shapes(model: mujoco.MjModel, robot: str, objects: tuple[str, ...]) -> SceneShapes:
    """Return the visible shapes of a model, without the robot; planes (floor, walls) are left out.

    Args:
        model: Robot and scene.
        robot: Root body of the robot.
        objects: Movable bodies; what hangs from one moves with it as in the model's first configuration.
    """
    data = mujoco.MjData(model)
    mujoco.mj_kinematics(model, data)
    roots = {model.body(name).id: name for name in objects}
    fixed: list[ShapePart] = []
    movable: dict[str, list[ShapePart]] = {name: [] for name in objects}
    robot_root = model.body(robot).id
    for geom in range(model.ngeom):
        root = model.body_rootid[model.geom_bodyid[geom]]
        kind = KINDS.get(mujoco.mjtGeom(model.geom_type[geom]))
        colour = _rgba(model, geom)
        if kind is None or root == robot_root or model.geom_group[geom] == HIDDEN_GROUP or colour[3] == 0:
            continue
        part = _part(model, data, geom, kind, colour, root)
        (movable[roots[root]] if root in roots else fixed).append(part)
    return SceneShapes(fixed=tuple(fixed), objects={name: tuple(parts) for name, parts in movable.items()})


def _part(
    model: mujoco.MjModel, data: mujoco.MjData, geom: int, kind: str, colour: Array, root: int
) -> ShapePart:
    # Things that never move have their root in the world, whose frame is that of `root` only by accident.
    moves = model.body_dofnum[root] > 0
    origin = data.xpos[root] if moves else np.zeros(3)
    turn = data.xmat[root].reshape(3, 3) if moves else np.eye(3)
    quat = np.zeros(4)
    mujoco.mju_mat2Quat(quat, (turn.T @ data.geom_xmat[geom].reshape(3, 3)).ravel())
    pose = np.concatenate((turn.T @ (data.geom_xpos[geom] - origin), quat[[1, 2, 3, 0]]))
    vertices, faces = _mesh(model, model.geom_dataid[geom]) if kind == "mesh" else (np.zeros(0), np.zeros(0))
    return ShapePart(
        kind=kind,
        size=np.zeros(0) if kind == "mesh" else model.geom_size[geom].copy(),
        T_body_part=np.round(pose * MM) / MM,
        colour="#" + "".join(f"{round(255 * min(value, 1.0)):02x}" for value in colour[:3]),
        vertices_m=vertices,
        faces=faces,
    )


def _mesh(model: mujoco.MjModel, mesh: int) -> tuple[Array, Array]:
    """Return vertices (3 n,) and faces (3 m,) of a mesh, in the frame of its geom."""
    first, count = model.mesh_vertadr[mesh], model.mesh_vertnum[mesh]
    start, length = model.mesh_faceadr[mesh], model.mesh_facenum[mesh]
    vertices, place = np.unique(
        np.round(model.mesh_vert[first : first + count] * MM) / MM, axis=0, return_inverse=True
    )
    faces = place[model.mesh_face[start : start + length]]
    return vertices.astype(float).ravel(), faces.astype(float).ravel()


def _rgba(model: mujoco.MjModel, geom: int) -> Array:
    """Return the mean colour of a geom, its texture included (4,)."""
    material = model.geom_matid[geom]
    if material < 0:
        return model.geom_rgba[geom].astype(float)
    colour = model.mat_rgba[material].astype(float)
    texture = model.mat_texid[material][mujoco.mjtTextureRole.mjTEXROLE_RGB]
    if texture >= 0:
        channels = int(model.tex_nchannel[texture])
        size = int(model.tex_width[texture]) * int(model.tex_height[texture]) * channels
        start = int(model.tex_adr[texture])
        texels = model.tex_data[start : start + size].reshape(-1, channels)
        colour[:3] *= texels[:, :3].mean(axis=0) / 255.0
    return colour
