"""The simulated world beside the robot: privileged, for pictures, demonstrations and evaluation."""

from typing import Literal

import msgspec

from backend.core.contracts.record import Array, Record


class WorldState(Record):
    """Objects and full simulator configuration at one instant."""

    t_ns: int
    seq: int
    objects: tuple[str, ...]
    object_poses: Array
    """(7 * n,) T_world_object of each object: x y z [m], qx qy qz qw."""
    qpos: Array
    """Full MuJoCo configuration, enough to render the world."""
    real_time_factor: float = 1.0


class WorldRequest(Record):
    """Reset the simulated robot (upright, where it is or at the start) or the whole scene, or describe it."""

    kind: str
    """`reset_robot`, `reset_scene` or `shapes`, whose reply has `SceneShapes` as JSON in its detail."""
    seed: int = 0


class ShapePart(Record):
    """One coloured shape of a body."""

    kind: Literal["box", "sphere", "cylinder", "capsule", "mesh"]
    size: Array
    """(3,) box: half extents; sphere: radius; cylinder and capsule: radius, half length along z [m]."""
    T_body_part: Array
    """(7,) in the frame of its body, or of the world when it never moves."""
    colour: str
    """#rrggbb"""
    vertices_m: Array
    """(3 n,) of a mesh."""
    faces: Array
    """(3 m,) indices into the vertices of a mesh."""


class SceneShapes(Record):
    """What stands around the robot, to be drawn: furniture, and the parts of every movable object."""

    fixed: tuple[ShapePart, ...] = ()
    objects: dict[str, tuple[ShapePart, ...]] = msgspec.field(default_factory=dict)
