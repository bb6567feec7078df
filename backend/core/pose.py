"""Poses as (7,) arrays x y z [m], qx qy qz qw, and as pinocchio transforms."""

import math

import numpy as np
import pinocchio as pin

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotState


def transform(pose: Array) -> pin.SE3:
    """Return the transform of a (7,) pose; its quaternion need not be exactly of unit length."""
    pose = pose.copy()
    pose[3:] /= math.sqrt(pose[3:] @ pose[3:])
    return pin.XYZQUATToSE3(pose)


def pose(T: pin.SE3) -> Array:
    """Return a transform as a (7,) pose."""
    return pin.SE3ToXYZQUAT(T)


def yaw_of(quaternion: Array) -> float:
    """Return the heading [rad] of a unit quaternion (qx, qy, qz, qw)."""
    qx, qy, qz, qw = quaternion
    return math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz))


def footprint(state: RobotState | None) -> Array:
    """Return T_world_footprint (7,): on the ground below the pelvis, x along the heading, z up."""
    if state is None:
        return np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    x, y, z = state.T_world_pelvis[:3]
    half = yaw_of(state.T_world_pelvis[3:]) / 2
    return np.array([x, y, z - state.base_height_m, 0.0, 0.0, math.sin(half), math.cos(half)])


def limited(vector: Array, length: float) -> Array:
    """Return `vector`, shortened to `length` where it is longer."""
    norm = math.sqrt(vector @ vector)
    return vector if norm <= length else vector * (length / norm)
