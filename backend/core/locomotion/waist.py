"""The torso's orientation and the three waist joints under it, for a level pelvis.

The joints turn about yaw, then roll, then pitch: R = Rz(yaw) Rx(roll) Ry(pitch). Everywhere else in the
project a torso is R = Rz(yaw) Ry(pitch) Rx(roll).
"""

import numpy as np

from backend.core.contracts.record import Array


def waist_from_torso(torso_rpy_rad: Array) -> Array:
    """Return (3,) waist yaw, roll and pitch joint [rad] that give the torso roll, pitch and yaw asked for."""
    roll, pitch, yaw = torso_rpy_rad
    sr, cr, sp, cp = np.sin(roll), np.cos(roll), np.sin(pitch), np.cos(pitch)
    # Of R = Ry(pitch) Rx(roll); the yaw of the torso comes first in both orders and is added.
    first_row_second, middle, last_row = sp * sr, cr, np.array([-sp, cp * sr, cp * cr])
    joint_roll = np.arcsin(np.clip(last_row[1], -1.0, 1.0))
    joint_pitch = np.arctan2(-last_row[0], last_row[2])
    joint_yaw = yaw + np.arctan2(-first_row_second, middle)
    return np.array([joint_yaw, joint_roll, joint_pitch])


def torso_from_waist(waist_rad: Array) -> Array:
    """Return (3,) torso roll, pitch and yaw [rad] of the waist's yaw, roll and pitch joint."""
    yaw, roll, pitch = waist_rad
    sr, cr, sp, cp = np.sin(roll), np.cos(roll), np.sin(pitch), np.cos(pitch)
    # Of R = Rx(roll) Ry(pitch).
    first_column, last_row = np.array([cp, sr * sp, -cr * sp]), np.array([-cr * sp, sr, cr * cp])
    return np.array(
        [
            np.arctan2(last_row[1], last_row[2]),
            np.arcsin(np.clip(-last_row[0], -1.0, 1.0)),
            yaw + np.arctan2(first_column[1], first_column[0]),
        ]
    )
