"""DCM walking with whole-body inverse dynamics: the model-based locomotion controller.

Needs torque-level motors and the true state of the base, so it is for simulation; on hardware the
vendor's walking service takes the same commands.
"""

import numpy as np
import pinocchio as pin

from backend.core.contracts.command import Command, MotorCommand
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.locomotion.body_model import GRAVITY_M_S2, BodyModel
from backend.core.locomotion.controller import LocomotionManifest
from backend.core.locomotion.fall import FALLEN_TEXT, has_fallen, limp
from backend.core.locomotion.reference import Reference, ReferenceShaper
from backend.core.locomotion.walker import Balance, Phase, Sole, Walker
from backend.core.locomotion.whole_body_qp import Task, WholeBodyQp

RATE_HZ = 250.0
HEIGHT_RANGE_M = (0.50, 0.76)
MAX_VELOCITY = np.array([0.5, 0.25, 0.8])
TORSO_LIMIT_RAD = np.array([0.25, 0.5, 0.7])

COM_WEIGHT = np.array([500.0, 500.0, 100.0])
"""Balance before height: a crouch that the ankles cannot follow is not taken."""
HEIGHT_KP = 60.0
HEIGHT_KD = 16.0
TORSO_KP, TORSO_WEIGHT = 150.0, 10.0
PELVIS_KP, PELVIS_WEIGHT = 100.0, 5.0
PELVIS_PITCH_SHARE = 0.5
"""Part of the torso's pitch that the pelvis takes, so that the waist keeps its range."""
CONTACT_KD, CONTACT_WEIGHT = 60.0, 1e4
SWING_KP = np.array([700.0] * 3 + [500.0] * 3)
SWING_WEIGHT = np.array([200.0] * 3 + [50.0] * 3)
ARM_KP, ARM_WEIGHT = 400.0, 1.0
LEG_KP, LEG_WEIGHT = 20.0, 0.1
ARM_SERVO = {"wrist": (20.0, 0.5)}
ARM_SERVO_DEFAULT = (40.0, 1.0)
"""Motor stiffness [Nm/rad] and damping [Nm s/rad] beside the feed-forward torque."""
HAND_SERVO = (2.0, 0.08)
MIN_COM_HEIGHT_M = 0.35
TORQUE_DECAY = 0.98
SIDE_NAMES = {1: "left", -1: "right"}


class DcmWholeBody:
    """Walker plans feet and zero-moment point; one quadratic program makes torques of it."""

    def __init__(self, spec: RobotSpec) -> None:
        self._spec = spec
        self._model = BodyModel(spec)
        self._qp = WholeBodyQp(self._model, spec.effort_limit_nm[self._model.index])
        self._walker = Walker()
        kp, kd = _servo_gains(spec)
        self.manifest = LocomotionManifest(
            name="dcm_wbc",
            rate_hz=RATE_HZ,
            max_velocity=MAX_VELOCITY,
            height_range_m=HEIGHT_RANGE_M,
            torso_limit_rad=TORSO_LIMIT_RAD,
            default_rad=spec.neutral_rad,
            kp=kp,
            kd=kd,
            simulation_only=True,
        )
        self._shaper = ReferenceShaper(spec, self.manifest)
        names = self._model.joints
        arm = np.array([name in spec.arm_joints for name in names])
        self._posture_kp = np.where(arm, ARM_KP, LEG_KP)
        self._posture_weight = np.where(arm, ARM_WEIGHT, LEG_WEIGHT)
        self._follow = np.array([spec.index(name) for name in (*spec.hand_joints, *spec.arm_joints)])
        self._sole_centre_m = self._model.sole_points_m.mean(axis=0)
        self._fallen = False
        self._note = ""

    @property
    def mode(self) -> str:
        """`stand`, `walk` or `fallen`."""
        if self._fallen:
            return "fallen"
        return "stand" if self._walker.phase is Phase.STAND else "walk"

    @property
    def note(self) -> str:
        """What it limits or cannot do now, in words; empty when all is well."""
        return self._note

    def reset(self, state: RobotState) -> None:
        """Start from `state`: standing, both feet on the ground."""
        self._model.update(state)
        yaw = _yaw_rad(self._model.frames["pelvis"].rotation)
        self._walker.reset(yaw)
        self._shaper.reset(state, yaw)
        self._torque_nm = np.zeros(len(self._model.joints))
        self._fallen = False
        self._note = ""

    def update(self, state: RobotState, command: Command | None, dt_s: float) -> MotorCommand:
        """Return the motor command for the next `dt_s`; None or a stop brings the robot to rest."""
        return self.follow(state, self._shaper.update(command, self.stepping, dt_s), dt_s)

    @property
    def stepping(self) -> bool:
        """Whether the feet are stepping."""
        return self._walker.phase is not Phase.STAND

    def follow(self, state: RobotState, reference: Reference, dt_s: float) -> MotorCommand:
        """Return the motor command that follows a reference whose rates are limited already."""
        self._note = reference.note
        self._model.update(state)
        self._fallen = self._fallen or has_fallen(state)
        if self._fallen:
            self._note = FALLEN_TEXT
            return limp(self._spec)
        tasks = self._plan(state, reference, dt_s)
        joints = self._spec.neutral_rad.copy()
        velocity = np.zeros(len(joints))
        joints[self._follow] = reference.joints_rad
        velocity[self._follow] = reference.joint_velocity_rad_s
        index = self._model.index
        posture = self._posture_kp * (joints[index] - self._model.q_rad) + 2 * np.sqrt(self._posture_kp) * (
            velocity[index] - self._model.dq_rad_s
        )
        contacts = tuple(SIDE_NAMES[side] for side in self._walker.contacts)
        torque = self._qp.solve(tasks, contacts, posture, self._posture_weight)
        if torque is None:
            self._note = "no whole-body solution: holding the last torques"
            torque = self._torque_nm * TORQUE_DECAY
        self._torque_nm = torque
        feed_forward = np.zeros(len(joints))
        feed_forward[index] = torque
        return MotorCommand(
            q_rad=joints,
            dq_rad_s=velocity,
            kp=self.manifest.kp,
            kd=self.manifest.kd,
            tau_nm=feed_forward,
        )

    def _plan(self, state: RobotState, reference: Reference, dt_s: float) -> list[Task]:
        model, walker = self._model, self._walker
        com, velocity = model.com_m, model.com_velocity_m_s
        omega = float(np.sqrt(GRAVITY_M_S2 / max(com[2], MIN_COM_HEIGHT_M)))
        balance = Balance(dcm_m=com[:2] + velocity[:2] / omega, omega=omega)
        soles = {side: self._sole(name) for side, name in SIDE_NAMES.items()}
        cop = walker.update(balance, soles, reference, dt_s)
        lift = HEIGHT_KP * (reference.height_m - state.base_height_m) - HEIGHT_KD * velocity[2]
        tasks = [
            Task(
                model.com_jacobian,
                model.com_bias_m_s2,
                np.append(omega * omega * (com[:2] - cop), lift),
                COM_WEIGHT,
            )
        ]
        roll, pitch, yaw = reference.torso_rpy_rad
        torso = pin.rpy.rpyToMatrix(roll, pitch, walker.pelvis_yaw_rad + yaw)
        pelvis = pin.rpy.rpyToMatrix(0.0, PELVIS_PITCH_SHARE * pitch, walker.pelvis_yaw_rad)
        tasks.append(self._orient("torso", torso, TORSO_KP, TORSO_WEIGHT))
        tasks.append(self._orient("pelvis", pelvis, PELVIS_KP, PELVIS_WEIGHT))
        for side in walker.contacts:
            foot = model.frames[SIDE_NAMES[side]]
            tasks.append(
                Task(foot.jacobian, foot.bias, -CONTACT_KD * foot.velocity, np.full(6, CONTACT_WEIGHT))
            )
        if walker.phase is Phase.SWING:
            tasks.append(self._swing_task())
        return tasks

    def _sole(self, name: str) -> Sole:
        foot = self._model.frames[name]
        centre = foot.position_m + foot.rotation @ self._sole_centre_m
        centre[2] = self._model.sole_height_m(name)
        return Sole(position_m=centre, yaw_rad=_yaw_rad(foot.rotation))

    def _orient(self, name: str, goal: Array, kp: float, weight: float) -> Task:
        frame = self._model.frames[name]
        error = frame.rotation @ pin.log3(frame.rotation.T @ goal)
        wish = kp * error - 2 * np.sqrt(kp) * frame.velocity[3:]
        return Task(frame.jacobian[3:], frame.bias[3:], wish, np.full(3, weight))

    def _swing_task(self) -> Task:
        foot = self._model.frames[SIDE_NAMES[self._walker.swing_side]]
        path = self._walker.swing
        goal = pin.rpy.rpyToMatrix(0.0, 0.0, path.position[3])
        position = path.position[:3] - goal @ self._sole_centre_m
        error = np.concatenate((position - foot.position_m, foot.rotation @ pin.log3(foot.rotation.T @ goal)))
        velocity = np.array([*path.velocity[:3], 0.0, 0.0, path.velocity[3]])
        acceleration = np.array([*path.acceleration[:3], 0.0, 0.0, path.acceleration[3]])
        wish = acceleration + SWING_KP * error + 2 * np.sqrt(SWING_KP) * (velocity - foot.velocity)
        return Task(foot.jacobian, foot.bias, wish, SWING_WEIGHT)


def _yaw_rad(rotation: Array) -> float:
    return float(np.arctan2(rotation[1, 0], rotation[0, 0]))


def _servo_gains(spec: RobotSpec) -> tuple[Array, Array]:
    """Return kp and kd of every joint: legs and waist are driven by torque alone."""
    gains = np.zeros((2, len(spec.joints)))
    for name in spec.hand_joints:
        gains[:, spec.index(name)] = HAND_SERVO
    for name in spec.arm_joints:
        gains[:, spec.index(name)] = next(
            (value for key, value in ARM_SERVO.items() if key in name), ARM_SERVO_DEFAULT
        )
    return gains[0], gains[1]
