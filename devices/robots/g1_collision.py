"""Collision shapes of the G1: primitives fitted by hand to the bounds of the URDF's meshes.

Left-hand shapes are listed; the right hand and arm mirror them in y.
"""

import mujoco

Vector = tuple[float, float, float]

GROUP = 3
SIDES = ("left", "right")

# Four contact spheres under each foot, where the URDF has them: (x, y) and z of their centres [m].
SOLE_CENTRES_M = ((-0.05, 0.025), (-0.05, -0.025), (0.12, 0.03), (0.12, -0.03))
SOLE_Z_M = -0.03
SOLE_RADIUS_M = 0.005
SOLE_FRICTION = (1.0, 0.02, 0.001)

FINGER_FRICTION = (1.5, 0.02, 0.001)
FINGER_CONDIM = 4
FINGER_RADIUS_M = 0.011

# link (without its side), from, to, radius [m]
LIMB_CAPSULES: tuple[tuple[str, Vector, Vector, float], ...] = (
    ("hip_yaw_link", (-0.03, 0.0, -0.04), (-0.07, 0.0, -0.16), 0.055),
    ("knee_link", (0.005, 0.0, 0.0), (0.0, 0.0, -0.25), 0.042),
    ("shoulder_roll_link", (0.0, 0.0, 0.0), (0.0, 0.003, -0.07), 0.033),
    ("shoulder_yaw_link", (0.005, 0.0, 0.0), (0.012, 0.0, -0.08), 0.032),
    ("elbow_link", (0.01, 0.0, 0.0), (0.08, 0.0, -0.005), 0.029),
    ("wrist_roll_link", (0.0, 0.0, 0.0), (0.05, 0.0, 0.0), 0.029),
    ("wrist_pitch_link", (0.0, 0.0, 0.0), (0.045, 0.0, 0.0), 0.027),
)
FINGER_CAPSULES: tuple[tuple[str, Vector, Vector], ...] = (
    ("thumb_1", (0.0, 0.0, 0.0), (0.0, -0.0458, 0.0)),
    ("thumb_2", (0.0, 0.0, 0.0), (0.0, -0.042, 0.0)),
    ("middle_0", (0.0, 0.0, 0.0), (0.0458, 0.0, 0.0)),
    ("middle_1", (0.0, 0.0, 0.0), (0.042, 0.0, 0.0)),
    ("index_0", (0.0, 0.0, 0.0), (0.0458, 0.0, 0.0)),
    ("index_1", (0.0, 0.0, 0.0), (0.042, 0.0, 0.0)),
)
PALM_BOX: tuple[Vector, Vector] = ((0.045, 0.0, 0.0), (0.04, 0.019, 0.04))

# link, centre, half size [m]
TRUNK_BOXES: tuple[tuple[str, Vector, Vector], ...] = (
    ("torso_link", (0.005, 0.0, 0.16), (0.07, 0.1, 0.14)),
    ("pelvis", (0.0, 0.0, -0.085), (0.05, 0.06, 0.055)),
)
HEAD_CAPSULE: tuple[str, Vector, Vector, float] = ("head_link", (0.0, 0.0, 0.38), (0.01, 0.0, 0.45), 0.075)

# Neighbours whose shapes overlap by construction; links joined by one joint never collide anyway.
EXCLUDED = (
    ("pelvis", "{side}_hip_yaw_link"),
    ("pelvis", "torso_link"),
    ("torso_link", "{side}_shoulder_roll_link"),
    ("torso_link", "{side}_shoulder_yaw_link"),
    ("{side}_shoulder_roll_link", "{side}_elbow_link"),
    ("{side}_elbow_link", "{side}_wrist_pitch_link"),
    ("{side}_wrist_roll_link", "{side}_hand_palm_link"),
    ("{side}_wrist_pitch_link", "{side}_hand_palm_link"),
    ("{side}_hand_palm_link", "{side}_hand_thumb_1_link"),
    ("{side}_hand_palm_link", "{side}_hand_thumb_2_link"),
)


def add_collision(body: mujoco.MjSpec) -> None:
    """Add every collision geom to the robot's links, in group 3 and without mass."""
    for side in SIDES:
        mirror = 1.0 if side == "left" else -1.0
        _add_sole(body, side)
        for link, start, end, radius in LIMB_CAPSULES:
            _add_capsule(body, f"{side}_{link}", _mirrored(start, mirror), _mirrored(end, mirror), radius)
        _add_hand(body, side, mirror)
    for link, centre, half in TRUNK_BOXES:
        _add_box(body, link, centre, half)
    _add_capsule(body, *HEAD_CAPSULE)
    for first, second in EXCLUDED:
        for side in SIDES if "{side}" in first + second else ("",):
            body.add_exclude(bodyname1=first.format(side=side), bodyname2=second.format(side=side))


def _mirrored(point: Vector, mirror: float) -> Vector:
    return (point[0], mirror * point[1], point[2])


def _add_sole(body: mujoco.MjSpec, side: str) -> None:
    for x, y in SOLE_CENTRES_M:
        body.body(f"{side}_ankle_roll_link").add_geom(
            type=mujoco.mjtGeom.mjGEOM_SPHERE,
            pos=[x, y, SOLE_Z_M],
            size=[SOLE_RADIUS_M, 0.0, 0.0],
            friction=SOLE_FRICTION,
            condim=3,
            priority=1,
            group=GROUP,
            mass=0.0,
        )


def _add_hand(body: mujoco.MjSpec, side: str, mirror: float) -> None:
    grip = {"friction": FINGER_FRICTION, "condim": FINGER_CONDIM}
    centre, half = PALM_BOX
    _add_box(body, f"{side}_hand_palm_link", _mirrored(centre, mirror), half, **grip)
    for link, start, end in FINGER_CAPSULES:
        _add_capsule(
            body,
            f"{side}_hand_{link}_link",
            _mirrored(start, mirror),
            _mirrored(end, mirror),
            FINGER_RADIUS_M,
            **grip,
        )


def _add_capsule(
    body: mujoco.MjSpec, link: str, start: Vector, end: Vector, radius: float, **surface: object
) -> None:
    body.body(link).add_geom(
        type=mujoco.mjtGeom.mjGEOM_CAPSULE,
        fromto=[*start, *end],
        size=[radius, 0.0, 0.0],
        group=GROUP,
        mass=0.0,
        **surface,
    )


def _add_box(body: mujoco.MjSpec, link: str, centre: Vector, half: Vector, **surface: object) -> None:
    body.body(link).add_geom(
        type=mujoco.mjtGeom.mjGEOM_BOX, pos=centre, size=half, group=GROUP, mass=0.0, **surface
    )
