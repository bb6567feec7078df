"""Where the legs are while the robot stands at a given height."""

from bisect import bisect

import numpy as np
import pinocchio as pin

from backend.core.contracts.record import Array
from backend.core.contracts.robot import Capsule, RobotSpec

FOLDS = np.linspace(0.2, 2.6, 13)
"""How far the legs are bent, as multiples of the neutral pose."""


class FoldingLegs:
    """Ends of the legs' capsules in the pelvis frame, as a function of the pelvis height.

    The legs are not in the chain that the IK solves: whoever walks decides where they are. While
    standing they fold the way the neutral pose begins, which is good enough to keep hands off knees.
    """

    def __init__(self, robot: pin.Model, spec: RobotSpec, capsules: list[Capsule]) -> None:
        data = robot.createData()
        heights, ends = [], []
        for fold in FOLDS:
            q = pin.neutral(robot)
            for joint, angle in zip(spec.joints, spec.neutral_rad, strict=True):
                q[robot.joints[robot.getJointId(joint)].idx_q] = fold * angle
            pin.framesForwardKinematics(robot, data, q)
            heights.append(-data.oMf[robot.getFrameId(spec.left_foot_link)].translation[2])
            placements = [data.oMf[robot.getFrameId(capsule.link)] for capsule in capsules]
            ends.append(
                [
                    [T.act(capsule.start_m), T.act(capsule.end_m)]
                    for T, capsule in zip(placements, capsules, strict=True)
                ]
            )
        order = np.argsort(heights)
        # The sole's thickness cancels: only the change from the nominal height matters.
        sole_m = spec.nominal_height_m - np.interp(1.0, FOLDS, heights)
        self._heights = [float(heights[k] + sole_m) for k in order]
        self._ends = np.array(ends)[order]

    def ends(self, height_m: float) -> Array:
        """Return (n, 2, 3) start and end of every capsule in the pelvis frame [m]."""
        k = min(max(bisect(self._heights, height_m), 1), len(self._heights) - 1)
        low, high = self._heights[k - 1], self._heights[k]
        share = min(max((height_m - low) / (high - low), 0.0), 1.0)
        return (1 - share) * self._ends[k - 1] + share * self._ends[k]
