"""A picture of the robot at work in the configured scene, for the README and for looking at a change."""

import mujoco
import numpy as np

from backend.core.contracts.robot import RobotSpec
from devices.scenes.painter import Painter

# Arms over the table, hands half closed.
POSE_RAD = {
    "shoulder_pitch": -0.25,
    "left_shoulder_roll": 0.25,
    "right_shoulder_roll": -0.25,
    "elbow": 0.10,
    "left_hand_index": -0.5,
    "left_hand_middle": -0.5,
    "right_hand_index": 0.5,
    "right_hand_middle": 0.5,
}
SUPERSAMPLING = 2


def hero_qpos(model: mujoco.MjModel, spec: RobotSpec) -> np.ndarray:
    """Return a configuration (nq,) with the robot reaching over the table, everything else at its home."""
    data = mujoco.MjData(model)
    for joint, neutral_rad in zip(spec.joints, spec.neutral_rad, strict=True):
        posed = (value for part, value in POSE_RAD.items() if part in joint)
        data.joint(joint).qpos = next(posed, neutral_rad)
    mujoco.mj_forward(model, data)
    data.qpos[2] -= (
        min(data.body(foot).xpos[2] for foot in (spec.left_foot_link, spec.right_foot_link)) - 0.035
    )
    return data.qpos.copy()


def hero_picture(
    model: mujoco.MjModel,
    spec: RobotSpec,
    qpos: np.ndarray | None = None,
    width: int = 1280,
    height: int = 720,
    azimuth_deg: float = 148.0,
) -> np.ndarray:
    """Return a picture of `qpos` (default: reaching over the table) from beside the table.

    Args:
        model: Robot and scene with visuals, as from `compiled_scene`.
        spec: The robot.
        qpos: Configuration to draw, (nq,).
        width: Pixels across.
        height: Pixels down.
        azimuth_deg: Direction the camera looks from.

    Returns:
        (height, width, 3) uint8 rgb, antialiased.
    """
    painter = Painter(model, width * SUPERSAMPLING, height * SUPERSAMPLING, fine=True)
    painter.pose(hero_qpos(model, spec) if qpos is None else qpos)
    view = mujoco.MjvCamera()
    view.lookat[:] = (0.30, 0.03, 0.78)
    view.distance, view.azimuth, view.elevation = 2.05, azimuth_deg, -17.0
    large = painter.draw(view, width * SUPERSAMPLING, height * SUPERSAMPLING)
    painter.close()
    blocks = large.reshape(height, SUPERSAMPLING, width, SUPERSAMPLING, 3)
    return blocks.mean(axis=(1, 3)).astype(np.uint8)
