"""From the headset's axes (OpenXR: x right, y up, z back) to the project's (x forward, y left, z up).

Both are right-handed, and units are metres. The public client passes poses on as the runtime gives them,
and its documents disagree on the handedness of trackers: `mirrored` undoes a z that points forward. The
sign checks of the calibration tell which it is.
"""

import numpy as np

from backend.core.contracts.record import Array

R_PROJECT_OPENXR = np.array([[0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
MIRROR = np.array([1.0, 1.0, -1.0, -1.0, -1.0, 1.0, 1.0])
"""Negates z of the position, and of the rotation what a mirrored z negates."""


def to_project(pose: Array, mirrored: bool = False) -> Array:
    """Return a (7,) pose x y z, qx qy qz qw of the headset in the project's axes.

    p' = R p, and the rotation becomes R Q R^T, so an upright headset that looks ahead has the identity.
    """
    if mirrored:
        pose = pose * MIRROR
    return np.concatenate([R_PROJECT_OPENXR @ pose[:3], R_PROJECT_OPENXR @ pose[3:6], pose[6:]])
