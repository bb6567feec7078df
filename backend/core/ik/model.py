"""The kinematic chain that the IK solves for.

    footprint -> height (prismatic z) -> torso yaw -> torso pitch -> torso roll -> both arms

Pitch and roll act at one point above the pelvis, where the robot's own waist has them. So the torso's
coordinates are its roll, pitch and yaw themselves, as in the action vector, whichever of hips and
waist realise them, and the limits of the action are the limits of the chain.
"""

import numpy as np
import pinocchio as pin

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec

BODY_JOINTS = ("base_height", "torso_yaw", "torso_pitch", "torso_roll")


class BodyModel:
    """Pinocchio model of height, torso and arms, and its map to the action vector.

    Attributes:
        robot: The whole robot with its pelvis fixed, as the URDF has it.
        model: nq = nv = 18: height [m], torso yaw, pitch, roll, left arm, right arm [rad].
        to_action: (18,) place of every coordinate in the action vector.
        joint_of_link: Joint that carries each link of the robot's upper body.
        placement_of_link: T_joint_link of each of these links.
    """

    def __init__(self, spec: RobotSpec) -> None:
        self.robot = robot = pin.buildModelFromUrdf(spec.urdf_path)
        posture = pin.neutral(robot)
        data = robot.createData()
        pin.framesForwardKinematics(robot, data, posture)
        torso = robot.frames[robot.getFrameId(spec.torso_link)]
        T_pelvis_torso = data.oMf[robot.getFrameId(spec.torso_link)]

        model = pin.Model()
        model.name = f"{spec.name}_upper_body"
        identity = pin.SE3.Identity()
        parent = model.addJoint(0, pin.JointModelPZ(), identity, "base_height")
        self.pelvis_joint = parent
        parent = model.addJoint(parent, pin.JointModelRZ(), identity, "torso_yaw")
        parent = model.addJoint(parent, pin.JointModelRY(), T_pelvis_torso, "torso_pitch")
        parent = model.addJoint(parent, pin.JointModelRX(), identity, "torso_roll")
        new_joint = {torso.parentJoint: parent}
        for name in spec.arm_joints:
            old = robot.getJointId(name)
            placement = robot.jointPlacements[old]
            if robot.parents[old] == torso.parentJoint:
                placement = torso.placement.actInv(placement)
            new_joint[old] = model.addJoint(new_joint[robot.parents[old]], robot.joints[old], placement, name)

        self.joint_of_link: dict[str, int] = {}
        self.placement_of_link: dict[str, pin.SE3] = {}
        self.joint_of_link["pelvis"] = self.pelvis_joint
        self.placement_of_link["pelvis"] = identity
        for frame in robot.frames:
            if frame.type != pin.FrameType.BODY or frame.parentJoint not in new_joint:
                continue
            placement = frame.placement
            if frame.parentJoint == torso.parentJoint:
                placement = torso.placement.actInv(placement)
            joint = new_joint[frame.parentJoint]
            model.addFrame(pin.Frame(frame.name, joint, placement, pin.FrameType.BODY))
            self.joint_of_link[frame.name] = joint
            self.placement_of_link[frame.name] = placement

        self.model = model
        names = spec.layout.action_names
        self.to_action = np.array([names.index(name) for name in model.names[1:]])
        self.to_action.setflags(write=False)

    def configuration(self, action: Array) -> Array:
        """Return the (18,) configuration that a (36,) action stands for."""
        return action[self.to_action]
