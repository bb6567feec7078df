"""How far the robot's arms reach."""

import numpy as np
import pinocchio as pin

from backend.core.contracts.robot import RobotSpec


def reach_m(spec: RobotSpec) -> float:
    """Return the length of the stretched left arm from its first joint to its last [m]."""
    model = pin.buildModelFromUrdf(str(spec.urdf_path))
    arm = spec.arm_joints[: len(spec.arm_joints) // 2]
    links = [model.jointPlacements[model.getJointId(name)].translation for name in arm[1:]]
    return float(sum(np.linalg.norm(link) for link in links))
