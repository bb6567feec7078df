"""Unitree's own walking as a locomotion controller: takes velocities, arms and waist, balances by itself.

Its motor commands go to `rt/arm_sdk`; `velocity` goes to the walking service. It cannot be chosen for the
simulated robot, which has no such service.
"""

import numpy as np

from backend.core.contracts.command import Command, MotorCommand
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.locomotion.controller import LocomotionManifest
from backend.core.locomotion.fall import FALLEN_TEXT, has_fallen
from backend.core.locomotion.reference import ReferenceShaper, wrap_rad
from backend.core.locomotion.waist import waist_from_torso
from backend.core.pose import yaw_of
from devices.robots.unitree.motors import WAIST_JOINTS

RATE_HZ = 100.0
MAX_VELOCITY = np.array([0.5, 0.25, 0.7])
TORSO_LIMIT_RAD = np.array([0.2, 0.3, 0.7])
HEIGHT_RANGE_M = (0.69, 0.79)
"""It keeps its own height; this is what counts as standing tall."""
YAW_GAIN = 1.0
"""Yaw rate [rad/s] for each radian of heading error, beside the feed-forward rate."""
TURN_SLACK_RAD = 0.06
GAINS = {"waist": (100.0, 2.0), "wrist": (40.0, 1.5), "hand": (1.5, 0.2), "": (60.0, 1.5)}
"""Stiffness [Nm/rad] and damping [Nm s/rad] of what we drive; the legs are not ours."""
LEGS = ("hip", "knee", "ankle")


class UnitreeWalking:
    """Turns Commands into velocities and targets for arms, hands and waist."""

    def __init__(self, spec: RobotSpec) -> None:
        gains = np.array(
            [
                (0.0, 0.0)
                if any(leg in name for leg in LEGS)
                else next(v for key, v in GAINS.items() if key in name)
                for name in spec.joints
            ]
        )
        self.manifest = LocomotionManifest(
            name="unitree",
            rate_hz=RATE_HZ,
            max_velocity=MAX_VELOCITY,
            height_range_m=HEIGHT_RANGE_M,
            torso_limit_rad=TORSO_LIMIT_RAD,
            default_rad=spec.neutral_rad,
            kp=gains[:, 0],
            kd=gains[:, 1],
        )
        self.velocity: Array = np.zeros(3)
        """(3,) vx, vy [m/s] and yaw rate [rad/s] that the walking is to take now."""
        self._shaper = ReferenceShaper(spec, self.manifest)
        self._follow = np.array([spec.index(name) for name in (*spec.hand_joints, *spec.arm_joints)])
        self._waist = np.array([spec.index(name) for name in WAIST_JOINTS])
        self._fallen = self._moving = False
        self._note = ""

    @property
    def mode(self) -> str:
        """`stand`, `walk` or `fallen`."""
        if self._fallen:
            return "fallen"
        return "walk" if self._moving else "stand"

    @property
    def note(self) -> str:
        """What it limits or cannot do now, in words; empty when all is well."""
        return self._note

    def reset(self, state: RobotState) -> None:
        """Start from `state`, at rest."""
        self._shaper.reset(state, yaw_of(state.T_world_pelvis[3:]))
        self._fallen = self._moving = False
        self.velocity = np.zeros(3)
        self._note = ""

    def update(self, state: RobotState, command: Command | None, dt_s: float) -> MotorCommand:
        """Return the motor command for the next `dt_s`; None or a stop brings the robot to rest."""
        reference = self._shaper.update(command, self._moving, dt_s)
        self._note = reference.note
        self._error_rad = wrap_rad(reference.yaw_rad - yaw_of(state.T_world_pelvis[3:]))
        # The walking knows no headings: a turn ends when the robot has turned, not when it was told to.
        self._moving = reference.moving or (self._moving and abs(self._error_rad) > TURN_SLACK_RAD)
        self._fallen = self._fallen or has_fallen(state)
        if self._fallen:
            self._note = FALLEN_TEXT
        self.velocity = self._velocity()
        goal, speed = self.manifest.default_rad.copy(), np.zeros(len(self.manifest.default_rad))
        goal[self._follow] = reference.joints_rad
        speed[self._follow] = reference.joint_velocity_rad_s
        goal[self._waist] = waist_from_torso(reference.torso_rpy_rad)
        return MotorCommand(
            q_rad=goal,
            dq_rad_s=speed,
            kp=self.manifest.kp,
            kd=self.manifest.kd,
            tau_nm=np.zeros(len(goal)),
        )

    def _velocity(self) -> Array:
        reference = self._shaper.reference
        if self._fallen or not self._moving:
            return np.zeros(3)
        rate = reference.turn_rate_rad_s + YAW_GAIN * self._error_rad
        return np.append(reference.velocity_m_s, np.clip(rate, -MAX_VELOCITY[2], MAX_VELOCITY[2]))
