"""Rigid-body quantities of the robot at one instant, by pinocchio."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState

GRAVITY_M_S2 = 9.81
SIDES = ("left", "right")
_WORLD_ALIGNED = pin.ReferenceFrame.LOCAL_WORLD_ALIGNED


@dataclass(frozen=True)
class FrameMotion:
    """Pose, velocity and Jacobian of a frame: linear rows first, axes of the world."""

    rotation: Array
    """(3, 3) R_world_frame."""
    position_m: Array
    """(3,)"""
    velocity: Array
    """(6,) [m/s, rad/s]"""
    bias: Array
    """(6,) acceleration at zero joint acceleration, dJ/dt v [m/s2, rad/s2]."""
    jacobian: Array
    """(6, nv)"""


class BodyModel:
    """The robot without finger joints: 6 coordinates of the pelvis, then `joints`.

    Velocities follow pinocchio: the pelvis twist is in the pelvis frame, linear first.
    """

    def __init__(self, spec: RobotSpec) -> None:
        full = pin.buildModelFromUrdf(spec.urdf_path, pin.JointModelFreeFlyer())
        hands = [full.getJointId(name) for name in spec.hand_joints]
        self._model = pin.buildReducedModel(full, hands, pin.neutral(full))
        self._data = self._model.createData()
        self.joints: tuple[str, ...] = tuple(self._model.names[2:])
        """Actuated joints, in the order of the model."""
        self.index: Array = np.array([spec.index(name) for name in self.joints])
        """Place of each model joint in `spec.joints`."""
        self._model.armature = np.concatenate((np.zeros(6), spec.armature_kg_m2[self.index]))
        self.lower_rad: Array = spec.lower_rad[self.index]
        self.upper_rad: Array = spec.upper_rad[self.index]
        self.nv: int = self._model.nv
        self._lower = np.tril_indices(self.nv, -1)
        self.mass_kg: float = sum(inertia.mass for inertia in self._model.inertias)
        foot_links = (spec.left_foot_link, spec.right_foot_link)
        self._frames = {
            name: self._model.getFrameId(link)
            for name, link in zip(
                ("left", "right", "torso", "pelvis"), (*foot_links, spec.torso_link, "pelvis"), strict=True
            )
        }
        self.sole_points_m: Array = _sole_points(spec.urdf_path, spec.left_foot_link)
        """(n, 3) contact points in the foot frame, the lowest points of the URDF's collision spheres."""

    def update(self, state: RobotState) -> None:
        """Compute everything below for `state`."""
        rotation = pin.Quaternion(*state.T_world_pelvis[[6, 3, 4, 5]]).toRotationMatrix()
        q = np.concatenate((state.T_world_pelvis, state.q_rad[self.index]))
        v = np.concatenate(
            (
                rotation.T @ state.base_twist[:3],
                rotation.T @ state.base_twist[3:],
                state.dq_rad_s[self.index],
            )
        )
        model, data = self._model, self._data
        zero = np.zeros(self.nv)
        pin.crba(model, data, q)
        pin.nonLinearEffects(model, data, q, v)
        pin.computeJointJacobians(model, data, q)
        pin.forwardKinematics(model, data, q, v, zero)
        pin.updateFramePlacements(model, data)
        # Both stand on what was computed above.
        pin.centerOfMass(model, data, pin.KinematicLevel.ACCELERATION, False)
        pin.jacobianCenterOfMass(model, data, False)
        self.q_rad = q[7:]
        self.dq_rad_s = v[6:]
        # pinocchio fills the upper triangle only.
        self.mass_matrix = data.M.copy()
        self.mass_matrix[self._lower] = data.M.T[self._lower]
        self.nonlinear = data.nle.copy()
        self.com_m = data.com[0].copy()
        self.com_velocity_m_s = data.vcom[0].copy()
        self.com_bias_m_s2 = data.acom[0].copy()
        self.com_jacobian = data.Jcom.copy()
        self.frames = {name: self._motion(frame) for name, frame in self._frames.items()}

    def _motion(self, frame: int) -> FrameMotion:
        model, data = self._model, self._data
        pose = data.oMf[frame]
        return FrameMotion(
            rotation=pose.rotation.copy(),
            position_m=pose.translation.copy(),
            velocity=pin.getFrameVelocity(model, data, frame, _WORLD_ALIGNED).vector,
            bias=pin.getFrameClassicalAcceleration(model, data, frame, _WORLD_ALIGNED).vector,
            jacobian=pin.getFrameJacobian(model, data, frame, _WORLD_ALIGNED),
        )

    def sole_height_m(self, side: str) -> float:
        """Return the height of the lowest contact point of a foot over the ground."""
        foot = self.frames[side]
        return float(foot.position_m[2] + np.min(self.sole_points_m @ foot.rotation[2]))


def _sole_points(urdf_path: str, foot_link: str) -> Array:
    for link in ET.parse(urdf_path).getroot().iter("link"):
        if link.get("name") == foot_link:
            points = [
                np.fromstring(collision.find("origin").get("xyz"), sep=" ")
                - [0.0, 0.0, float(sphere.get("radius"))]
                for collision in link.iter("collision")
                if (sphere := collision.find("geometry/sphere")) is not None
            ]
            return np.array(points)
    raise ValueError(f"{urdf_path} has no link {foot_link!r}")
