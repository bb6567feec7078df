"""What stands in the workshop: room, table, shelf and a push cart on wheels that roll."""

import mujoco
import numpy as np

from devices.scenes.options import place
from devices.scenes.shapes import add_surface, lathe
from devices.scenes.textures import add_material, floor, label, poster, wall, window, wood

COLLISION_GROUP = 3
ROOM_HALF_M = 3.6
WALL_HEIGHT_M = 2.7

WORK_AREA_M = (-0.55, -0.75, 0.27, 0.75)
"""x and y of two corners of the tape on the floor round the robot's place."""

TABLE_FRONT_M = 0.35
"""x of the edge nearest to a robot at the origin: it may raise its forearms without touching the table."""
TABLE_HALF_M = (0.32, 0.75)
TABLE_TOP_M = 0.77
TABLE_CENTRE_M = (TABLE_FRONT_M + TABLE_HALF_M[0], 0.0)

SHELF_CENTRE_M = (0.15, 1.95)
SHELF_HALF_M = (0.45, 0.16)
SHELF_BOARDS_M = (0.62, 0.96)
"""Heights of the tops of the two boards."""

CART_START_M = (0.75, -1.6)
CART_DECK_HALF_M = (0.32, 0.22)
CART_DECK_M = 0.34
CART_HANDLE_M = (-0.42, 0.86)
"""x and z of the handle bar in the cart's frame; it is pushed along +x."""
WHEEL_RADIUS_M = 0.06
WHEEL_FRICTION_NM = 0.01

WALL_PIECES = {
    0: (("window", (0.95, 0.55), 0.0, 0.25),),
    1: (("window", (0.95, 0.55), 0.0, 0.25),),
    2: (("poster", (0.42, 0.58), -0.9, 0.12), ("window", (0.95, 0.55), 1.5, 0.25)),
}
"""What hangs on the walls ahead (0), left (1), behind (2): material, half size, offset aside and up [m]."""

_BOX = mujoco.mjtGeom.mjGEOM_BOX
_PLANE = mujoco.mjtGeom.mjGEOM_PLANE
_CAPSULE = mujoco.mjtGeom.mjGEOM_CAPSULE
_CYLINDER = mujoco.mjtGeom.mjGEOM_CYLINDER


def add_room(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Add floor, four walls, two windows and the light."""
    shadows = [
        (*TABLE_CENTRE_M, TABLE_HALF_M[0] - 0.08, TABLE_HALF_M[1] - 0.08),
        (*SHELF_CENTRE_M, *SHELF_HALF_M),
    ]
    room = spec.worldbody.add_body(name="room")
    add_material(spec, "floor", floor(shadows, WORK_AREA_M, ROOM_HALF_M, rng), specular=0.1, shininess=0.2)
    room.add_geom(
        name="floor",
        type=_PLANE,
        size=[ROOM_HALF_M, ROOM_HALF_M, 0.05],
        material="floor",
        friction=[1.0, 0.02, 0.001],
    )
    add_material(spec, "wall", wall((0.86, 0.85, 0.80), rng), specular=0.0)
    add_material(spec, "window", window(rng), rgba=(0.72, 0.72, 0.72, 1), specular=0.0, emission=0.45)
    add_material(spec, "poster", poster(), specular=0.0)
    half_height = WALL_HEIGHT_M / 2
    for number in range(4):
        yaw = number * np.pi / 2
        # A plane's z is its normal, here into the room; the top of its texture is at -y.
        inward = np.array([-np.cos(yaw), -np.sin(yaw), 0.0])
        up = np.array([0.0, 0.0, 1.0])
        quat = np.zeros(4)
        mujoco.mju_mat2Quat(quat, np.stack([np.cross(inward, up), -up, inward], axis=1).ravel())
        centre = -ROOM_HALF_M * inward + half_height * up
        room.add_geom(
            type=_PLANE, size=[ROOM_HALF_M, half_height, 0.05], pos=centre, quat=quat, material="wall"
        )
        for name, half_m, aside_m, raised_m in WALL_PIECES.get(number, ()):
            room.add_geom(
                type=_PLANE,
                size=[*half_m, 0.05],
                pos=centre + 0.02 * inward + aside_m * np.cross(inward, up) + raised_m * up,
                quat=quat,
                material=name,
                contype=0,
                conaffinity=0,
            )
    room.add_light(
        pos=[0, 0, 4],
        dir=[-0.35, -0.40, -0.85],
        type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
        castshadow=True,
        ambient=[0.10, 0.10, 0.11],
        diffuse=[0.60, 0.58, 0.54],
        specular=[0.35, 0.35, 0.33],
    )
    spec.visual.headlight.ambient = [0.36, 0.37, 0.39]
    spec.visual.headlight.diffuse = [0.32, 0.32, 0.32]
    spec.visual.headlight.specular = [0.05, 0.05, 0.05]


def add_steel(spec: mujoco.MjSpec) -> None:
    """Add the material of every frame in the room."""
    add_material(spec, "steel", None, rgba=(0.24, 0.26, 0.29, 1), specular=0.5, shininess=0.5)


def add_table(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Add a wooden table with four steel legs in front of the robot."""
    add_material(spec, "oak", wood((0.80, 0.58, 0.36), rng, planks=5), specular=0.25, shininess=0.3)
    table = spec.worldbody.add_body(name="table", pos=[*TABLE_CENTRE_M, 0])
    half_x, half_y = TABLE_HALF_M
    # Turned, so that the grain runs along the long side.
    turned = [np.sqrt(0.5), 0, 0, np.sqrt(0.5)]
    table.add_geom(
        name="table_top",
        type=_BOX,
        size=[half_y, half_x, 0.018],
        pos=[0, 0, TABLE_TOP_M - 0.018],
        quat=turned,
        material="oak",
        friction=[0.9, 0.01, 0.001],
    )
    for x in (-1, 1):
        table.add_geom(
            type=_BOX,
            size=[0.02, half_y - 0.1, 0.025],
            pos=[x * (half_x - 0.08), 0, TABLE_TOP_M - 0.061],
            material="steel",
        )
        for y in (-1, 1):
            table.add_geom(
                type=_BOX,
                size=[0.022, 0.022, (TABLE_TOP_M - 0.036) / 2],
                pos=[x * (half_x - 0.08), y * (half_y - 0.08), (TABLE_TOP_M - 0.036) / 2],
                material="steel",
            )


def add_shelf(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Add an open shelf with two boards to the robot's left, facing the room."""
    add_material(spec, "beech", wood((0.86, 0.70, 0.50), rng, planks=3), specular=0.2, shininess=0.3)
    shelf = spec.worldbody.add_body(name="shelf", pos=[*SHELF_CENTRE_M, 0])
    half_x, half_y = SHELF_HALF_M
    for number, top_m in enumerate(SHELF_BOARDS_M):
        shelf.add_geom(
            name=f"shelf_board_{number}",
            type=_BOX,
            size=[half_x, half_y, 0.014],
            pos=[0, 0, top_m - 0.014],
            material="beech",
            friction=[0.9, 0.01, 0.001],
        )
    for x in (-1, 1):
        for y in (-1, 1):
            shelf.add_geom(
                type=_BOX, size=[0.018, 0.018, 0.58], pos=[x * half_x, y * half_y, 0.58], material="steel"
            )


def add_cart(spec: mujoco.MjSpec, rng: np.random.Generator) -> None:
    """Add a push cart: deck, handle bar, two fixed wheels in front and two casters behind."""
    add_material(spec, "cart", None, rgba=(0.12, 0.36, 0.62, 1), specular=0.4, shininess=0.5)
    add_material(
        spec, "rubber", label((0.14, 0.14, 0.15), (0.55, 0.55, 0.57), (0.32, 0.33, 0.35)), specular=0.1
    )
    add_material(spec, "chrome", None, rgba=(0.75, 0.77, 0.80, 1), specular=0.9, shininess=0.8)
    cart = spec.worldbody.add_body(name="cart", pos=[*CART_START_M, 0])
    cart.add_freejoint(name="cart")
    half_x, half_y = CART_DECK_HALF_M
    cart.add_geom(
        name="cart_deck",
        type=_BOX,
        size=[half_x, half_y, 0.02],
        pos=[0, 0, CART_DECK_M - 0.02],
        material="cart",
        mass=7.0,
        friction=[0.9, 0.01, 0.001],
    )
    for x in (-1, 1):
        cart.add_geom(
            type=_BOX,
            size=[0.012, half_y, 0.05],
            pos=[x * half_x, 0, CART_DECK_M + 0.03],
            material="cart",
            mass=0.6,
        )
    handle_x, handle_z = CART_HANDLE_M
    for y in (-half_y, half_y):
        post = [-half_x, y, CART_DECK_M - 0.02, handle_x, y, handle_z]
        cart.add_geom(type=_CAPSULE, fromto=post, size=[0.014, 0, 0], material="chrome", mass=0.4)
    cart.add_geom(
        name="cart_handle",
        type=_CAPSULE,
        fromto=[handle_x, -half_y, handle_z, handle_x, half_y, handle_z],
        size=[0.017, 0, 0],
        material="rubber",
        mass=0.4,
        condim=4,
        friction=[1.0, 0.02, 0.001],
    )
    radius, half_width = WHEEL_RADIUS_M, 0.018
    tyre = [(0, -half_width, 0), (radius, -half_width, 0.35), (radius, half_width, 0.65), (0, half_width, 1)]
    add_surface(spec, "tyre", lathe(tyre, segments=24))
    for x, kind in ((half_x - 0.07, "wheel"), (-half_x + 0.07, "caster")):
        for y, side in ((half_y - 0.03, "left"), (-half_y + 0.03, "right")):
            _add_wheel(cart, f"cart_{kind}_{side}", (x, y, radius), kind)


def _add_wheel(cart: mujoco.MjsBody, name: str, centre: tuple[float, float, float], kind: str) -> None:
    """Add a wheel that rolls about y; a caster may also turn, so it is a ball that rolls every way."""
    x, y, z = centre
    cart.add_geom(
        type=_BOX,
        size=[0.014, 0.026, (CART_DECK_M - 0.04 - z) / 2],
        pos=[x, y, (CART_DECK_M - 0.04 + z) / 2],
        material="steel",
        mass=0.2,
        contype=0,
        conaffinity=0,
    )
    wheel = cart.add_body(name=name, pos=centre)
    across = [np.sqrt(0.5), np.sqrt(0.5), 0, 0]
    wheel.add_geom(
        type=mujoco.mjtGeom.mjGEOM_MESH,
        meshname="tyre",
        material="rubber",
        quat=across,
        contype=0,
        conaffinity=0,
        mass=0,
    )
    if kind == "caster":
        joint = wheel.add_joint(name=name, type=mujoco.mjtJoint.mjJNT_BALL)
        shape = {"type": mujoco.mjtGeom.mjGEOM_SPHERE, "size": [WHEEL_RADIUS_M, 0, 0]}
    else:
        joint = wheel.add_joint(name=name, type=mujoco.mjtJoint.mjJNT_HINGE, axis=[0, 1, 0])
        shape = {"type": _CYLINDER, "size": [WHEEL_RADIUS_M, 0.018, 0], "quat": across}
    joint.damping = [0.002, 0, 0]
    joint.frictionloss = WHEEL_FRICTION_NM if kind == "wheel" else 0.0
    wheel.add_geom(group=COLLISION_GROUP, mass=0.35, friction=[0.9, 0.005, 0.0001], **shape)


def reset_cart(
    model: mujoco.MjModel, data: mujoco.MjData, place_m: tuple[float, float], yaw_rad: float = 0.0
) -> None:
    """Put the cart at rest at x, y [m], with its wheels straight."""
    place(model, data, "cart", (*place_m, 0, np.cos(yaw_rad / 2), 0, 0, np.sin(yaw_rad / 2)))
    for name in ("wheel_left", "wheel_right", "caster_left", "caster_right"):
        joint = model.joint(f"cart_{name}")
        ball = name.startswith("caster")
        data.qpos[joint.qposadr[0] :][: 4 if ball else 1] = (1, 0, 0, 0) if ball else 0
        data.qvel[joint.dofadr[0] :][: 3 if ball else 1] = 0
