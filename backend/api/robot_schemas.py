"""Shapes of the description of the robot and of what stands around it."""

from typing import Literal

from backend.api.schemas import Shape


class Joint(Shape):
    """Limits of one joint."""

    name: str
    lower_rad: float
    upper_rad: float
    velocity_rad_s: float
    effort_nm: float
    neutral_rad: float


class Camera(Shape):
    """A camera of the robot; `T_link_camera` is x y z [m], qx qy qz qw, optical frame."""

    name: str
    link: str
    T_link_camera: list[float]
    fovy_rad: float
    width: int
    height: int
    fps: float


class Robot(Shape):
    """The robot that is driven."""

    name: str
    joints: list[Joint]
    arm_joints: list[str]
    hand_joints: list[str]
    cameras: list[Camera]
    action_names: list[str]
    state_names: list[str]
    nominal_height_m: float
    left_wrist_link: str
    right_wrist_link: str
    urdf_url: str


class ScenePart(Shape):
    """One coloured shape of a body.

    `size` is half extents (box), radius (sphere), or radius and half length along z (cylinder, capsule), in
    metres; `T_body_part` is x y z [m], qx qy qz qw, in the world for what never moves. Vertices [m] and faces
    are flat lists of triples.
    """

    kind: Literal["box", "sphere", "cylinder", "capsule", "mesh"]
    size: list[float]
    T_body_part: list[float]
    colour: str
    vertices_m: list[float]
    faces: list[int]


class Scene(Shape):
    """What stands around the robot."""

    fixed: list[ScenePart]
    objects: dict[str, list[ScenePart]]
