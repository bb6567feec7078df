"""Kinematics of one Dex3-1 hand, from the robot's own URDF.

The palm's frame (`*_hand_palm_link`) has x along the fingers and z from the middle finger to the index
finger; fingers bend towards the thumb, which is at -y on the left hand and at +y on the right.
"""

import numpy as np
import pinocchio as pin

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.hands.dex3_limits import hand_joints

TIPS = ("thumb", "index", "middle")
TIP_LINKS = {"thumb": "thumb_2", "index": "index_1", "middle": "middle_1"}
LINK_M = 0.052
"""From a last joint to the end of its link, as its mesh has it."""
TIP_RADIUS_M = 0.008
"""Of the round end of a finger, where it touches; two tips that touch are twice as far apart."""
TIP_M = LINK_M - TIP_RADIUS_M
"""From a last joint to the middle of that round end."""


class Dex3Model:
    """Finger tips of one hand and how they move; vectors are in the order of `hand_joints(spec, side)`."""

    def __init__(self, spec: RobotSpec, side: str) -> None:
        self.side = side
        self.joints = hand_joints(spec, side)
        robot = pin.buildModelFromUrdf(spec.urdf_path)
        for finger, link in TIP_LINKS.items():
            body = robot.frames[robot.getFrameId(f"{side}_hand_{link}_link")]
            if finger == "thumb":
                offset = np.array([0.0, TIP_M if side == "right" else -TIP_M, 0.0])
            else:
                offset = np.array([TIP_M, 0.0, 0.0])
            placement = body.placement * pin.SE3(np.eye(3), offset)
            robot.addFrame(pin.Frame(finger, body.parentJoint, placement, pin.FrameType.OP_FRAME))
        locked = [robot.getJointId(name) for name in robot.names[1:] if name not in self.joints]
        self._model = model = pin.buildReducedModel(robot, locked, pin.neutral(robot))
        self._data = model.createData()
        self._to_model = np.array([self.joints.index(name) for name in model.names[1:]])
        self._from_model = np.argsort(self._to_model)
        self._frames = [model.getFrameId(finger) for finger in TIPS]
        pin.framesForwardKinematics(model, self._data, pin.neutral(model))
        self._T_palm_root = self._data.oMf[model.getFrameId(f"{side}_hand_palm_link")].inverse().copy()
        self.roots_m = {finger: self._root(finger) for finger in TIPS[1:]}
        """Where index and middle finger begin, (3,) in the palm's frame."""

    def tips_m(self, hand_rad: Array) -> Array:
        """Return (3, 3) positions of thumb, index and middle finger tip in the palm's frame [m]."""
        pin.framesForwardKinematics(self._model, self._data, hand_rad[self._to_model])
        return np.array([self._T_palm_root.act(self._data.oMf[frame].translation) for frame in self._frames])

    def tips_and_jacobian(self, hand_rad: Array) -> tuple[Array, Array]:
        """Return (3, 3) tips [m] and (3, 3, 7) how they move with the joints [m/rad]."""
        model, data = self._model, self._data
        pin.computeJointJacobians(model, data, hand_rad[self._to_model])
        pin.updateFramePlacements(model, data)
        turn, frame_of = self._T_palm_root.rotation, pin.ReferenceFrame.LOCAL_WORLD_ALIGNED
        tips, slopes = np.empty((3, 3)), np.empty((3, 3, len(self.joints)))
        for i, frame in enumerate(self._frames):
            tips[i] = self._T_palm_root.act(data.oMf[frame].translation)
            slopes[i] = (turn @ pin.getFrameJacobian(model, data, frame, frame_of)[:3])[:, self._from_model]
        return tips, slopes

    def _root(self, finger: str) -> Array:
        joint = self._model.getJointId(f"{self.side}_hand_{finger}_0_joint")
        return self._T_palm_root.act(self._data.oMi[joint].translation)
