"""The columns of a dataset version, by LeRobot's names: the data contract of the project."""

from typing import Any

import numpy as np

from backend.core.contracts.layout import TORSO
from backend.core.contracts.recording import CameraManifest
from backend.core.contracts.robot import RobotSpec
from backend.recording.export.rows import Rows

TORSO_HEIGHT = (*TORSO, "base_height")
BASE_NAMES = (
    *TORSO_HEIGHT,
    *("pelvis_x", "pelvis_y", "pelvis_z", "pelvis_qx", "pelvis_qy", "pelvis_qz", "pelvis_qw"),
    *("pelvis_vx", "pelvis_vy", "pelvis_vz", "pelvis_wx", "pelvis_wy", "pelvis_wz"),
)


def image_key(camera: str) -> str:
    """Return the name of a camera's pictures."""
    return f"observation.images.{camera}"


def features(spec: RobotSpec, cameras: tuple[CameraManifest, ...]) -> dict[str, dict[str, Any]]:
    """Return LeRobot's description of every column."""
    layout = spec.layout
    names = [camera.name for camera in cameras]
    table = {
        "observation.state": _vector("float32", layout.state_names),
        "observation.torso_base": _vector("float32", BASE_NAMES),
        "observation.torso_command": _vector("float32", TORSO_HEIGHT),
        "action": _vector("float32", layout.action_names),
        "action.sent": _vector("float32", layout.action_names),
        "observation.timestamp_ns": _vector("int64", ("t_ns",)),
        "observation.camera_t_ns": _vector("int64", names),
        "observation.camera_age_s": _vector("float32", names),
        "observation.sync_error_s": _vector("float32", ("state", "action")),
        "mode": _vector("int64", ("mode",)),
        "driver": _vector("int64", ("driver",)),
        "intervention": _vector("bool", ("intervention",)),
    }
    for camera in cameras:
        table[f"is_fresh.{camera.name}"] = _vector("bool", ("is_fresh",))
        table[image_key(camera.name)] = {
            "dtype": "video",
            "shape": (camera.height, camera.width, 3),
            "names": ["height", "width", "channels"],
        }
    return table


def _vector(dtype: str, names: Any) -> dict[str, Any]:
    return {"dtype": dtype, "shape": (len(names),), "names": list(names)}


def columns(rows: Rows, driver_codes: dict[str, int]) -> dict[str, np.ndarray]:
    """Return every column but the pictures: (n, k) arrays of the types that `features` states.

    Args:
        rows: one episode.
        driver_codes: the dataset's number for each driver's name.
    """
    cameras = list(rows.pictures)
    captured = np.column_stack([rows.picture_t_ns[camera] for camera in cameras])
    driver = np.array([driver_codes[name] for name in rows.drivers])[rows.driver]
    table = {
        "observation.state": rows.state.astype(np.float32),
        "observation.torso_base": rows.base.astype(np.float32),
        "observation.torso_command": rows.torso_command.astype(np.float32),
        "action": rows.action.astype(np.float32),
        "action.sent": rows.sent.astype(np.float32),
        "observation.timestamp_ns": rows.t_ns[:, None],
        "observation.camera_t_ns": captured,
        "observation.camera_age_s": ((rows.t_ns[:, None] - captured) / 1e9).astype(np.float32),
        "observation.sync_error_s": rows.sync_error_s.astype(np.float32),
        "mode": rows.mode[:, None],
        "driver": driver[:, None],
        "intervention": rows.intervention[:, None],
    }
    return table | {f"is_fresh.{camera}": rows.is_fresh(camera)[:, None] for camera in cameras}
