"""Unitree G1 with Dex3-1 hands: names, limits and geometry.

All of it is read from the one URDF that pinocchio, MuJoCo and the browser share (`example-robot-data`,
BSD-3-Clause, Unitree Robotics).
"""

import xml.etree.ElementTree as ET
from functools import lru_cache
from importlib.metadata import files
from pathlib import Path

import numpy as np

from backend.core.contracts.robot import CameraSpec, RobotSpec
from devices.robots.g1_capsules import g1_capsules, keep_apart

URDF_NAME = "g1_29dof_with_hand_rev_1_0.urdf"

LEGS = tuple(
    f"{side}_{joint}_joint"
    for side in ("left", "right")
    for joint in ("hip_pitch", "hip_roll", "hip_yaw", "knee", "ankle_pitch", "ankle_roll")
)
WAIST = ("waist_yaw_joint", "waist_roll_joint", "waist_pitch_joint")
ARM = ("shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow", "wrist_roll", "wrist_pitch", "wrist_yaw")
ARMS = tuple(f"{side}_{joint}_joint" for side in ("left", "right") for joint in ARM)
HAND = ("thumb_0", "thumb_1", "thumb_2", "middle_0", "middle_1", "index_0", "index_1")
HANDS = tuple(f"{side}_hand_{joint}_joint" for side in ("left", "right") for joint in HAND)
JOINTS = (*LEGS, *WAIST, *ARMS, *HANDS)

NEUTRAL = {
    "hip_pitch": -0.32,
    "knee": 0.62,
    "ankle_pitch": -0.30,
    "shoulder_pitch": 0.15,
    "left_shoulder_roll": 0.2,
    "right_shoulder_roll": -0.2,
    "elbow": 0.7,
}
"""Slightly crouched with forearms forward; every joint not named is at zero."""

ARMATURE_KG_M2 = {
    "hip_pitch": 0.01018,
    "hip_yaw": 0.01018,
    "hip_roll": 0.02510,
    "knee": 0.02510,
    "ankle": 0.00721,
    "waist_yaw": 0.01018,
    "waist": 0.00721,
    "shoulder": 0.00361,
    "elbow": 0.00361,
    "wrist_roll": 0.00361,
    "wrist": 0.00425,
    "hand": 0.0006,
}
"""Reflected rotor inertia by the first name that a joint contains."""

# Turns a link's axes (x forward, z up) into optical ones (z forward, y down); x, y, z, w.
OPTICAL = (-0.5, 0.5, -0.5, 0.5)
# The D435i's RGB sensor sees 69 x 42 degrees; at 640x480 it crops the sides, to 54 x 42. d435_link looks
# 47.6 degrees down: the picture holds what lies 0.2 to 0.9 m ahead on a table.
D435_FOVY_RAD = np.deg2rad(42.0)
WRIST_FOVY_RAD = np.deg2rad(66.0)
# On the thumb's side above the left wrist, looking between thumb and fingers; wrist_yaw_link's frame.
WRIST_CAMERA_M = (0.01, -0.045, 0.095)
WRIST_GRASP_M = (0.135, -0.048, -0.005)


@lru_cache
def description_dir() -> Path:
    """Folder of the G1 description inside the installed `example-robot-data` wheel."""
    for file in files("example-robot-data") or ():
        if file.name == URDF_NAME:
            return Path(file.locate()).resolve().parent.parent
    raise FileNotFoundError(f"{URDF_NAME} is not in the installed example-robot-data; run `make setup`")


def _neutral(joint: str) -> float:
    return next((value for key, value in NEUTRAL.items() if key in joint), 0.0)


def _armature(joint: str) -> float:
    return next(value for key, value in ARMATURE_KG_M2.items() if key in joint)


def _size(text: str) -> tuple[int, int, float]:
    size, _, fps = text.partition("@")
    width, _, height = size.partition("x")
    return int(width), int(height), float(fps)


def g1_spec(head_camera: str = "640x480@30", wrist_cameras: str = "320x240@15") -> RobotSpec:
    """Return the spec of the G1; camera sizes are `WIDTHxHEIGHT@FPS`."""
    root = description_dir()
    urdf = root / "urdf" / URDF_NAME
    limits = {
        joint.get("name"): joint.find("limit").attrib
        for joint in ET.parse(urdf).getroot().iter("joint")
        if joint.get("type") == "revolute"
    }
    if set(limits) != set(JOINTS):
        raise ValueError(f"{urdf} has other joints than expected: {sorted(set(limits) ^ set(JOINTS))}")
    column = {
        key: np.array([float(limits[joint][key]) for joint in JOINTS])
        for key in ("lower", "upper", "velocity", "effort")
    }
    width, height, fps = _size(head_camera)
    cameras = [
        CameraSpec(
            name="head",
            link="d435_link",
            T_link_camera=np.array([0.0, 0.0, 0.0, *OPTICAL]),
            fovy_rad=D435_FOVY_RAD,
            width=width,
            height=height,
            fps=fps,
        )
    ]
    width, height, fps = _size(wrist_cameras)
    cameras += [
        CameraSpec(
            name=f"{side}_wrist",
            link=f"{side}_wrist_yaw_link",
            T_link_camera=_looking_at(_mirrored(WRIST_CAMERA_M, side), _mirrored(WRIST_GRASP_M, side)),
            fovy_rad=WRIST_FOVY_RAD,
            width=width,
            height=height,
            fps=fps,
        )
        for side in ("left", "right")
    ]
    return RobotSpec(
        name="g1",
        joints=JOINTS,
        hand_joints=HANDS,
        arm_joints=ARMS,
        lower_rad=column["lower"],
        upper_rad=column["upper"],
        velocity_limit_rad_s=column["velocity"],
        effort_limit_nm=column["effort"],
        armature_kg_m2=np.array([_armature(joint) for joint in JOINTS]),
        urdf_path=str(urdf),
        mesh_dir=str(root / "meshes"),
        stop="hold",
        cameras=tuple(cameras),
        nominal_height_m=0.74,
        neutral_rad=np.array([_neutral(joint) for joint in JOINTS]),
        capsules=g1_capsules(),
        keep_apart=keep_apart(),
    )


def _mirrored(point_m: tuple[float, float, float], side: str) -> np.ndarray:
    """Return a point of the left wrist on the given side."""
    return np.array([point_m[0], point_m[1] if side == "left" else -point_m[1], point_m[2]])


def _looking_at(eye_m: np.ndarray, target_m: np.ndarray) -> np.ndarray:
    """Return the (7,) pose of a camera at `eye_m` that looks at `target_m` with its right side level."""
    x, y, z = target_m - eye_m
    pan, tilt = np.arctan2(y, x) / 2, np.arctan2(-z, np.hypot(x, y)) / 2
    turn = _multiply((0.0, 0.0, np.sin(pan), np.cos(pan)), (0.0, np.sin(tilt), 0.0, np.cos(tilt)))
    return np.array([*eye_m, *_multiply(turn, OPTICAL)])


def _multiply(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, ...]:
    """Hamilton product of two quaternions (x, y, z, w)."""
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )
