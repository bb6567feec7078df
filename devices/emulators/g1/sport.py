"""The walking that a G1 brings along ("sport mode"), played by the project's own walking controller."""

import numpy as np

from backend.core.contracts.command import MotorCommand
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.locomotion.dcm_wbc import DcmWholeBody
from backend.core.locomotion.reference import Reference, wrap_rad

MAX_VELOCITY = np.array([0.5, 0.25, 0.8])
ACCELERATION = np.array([0.6, 0.4, 2.0])
"""Of vx, vy [m/s2] and the yaw rate [rad/s2]."""
STILL = 0.02
EVERY = 2
"""Turns of the firmware per turn of the controller, which is steady at 125 Hz too."""


class Sport:
    """Stands and walks by velocity; arms and torso go where they are told or stay."""

    def __init__(self, spec: RobotSpec) -> None:
        self._spec = spec
        self._controller = DcmWholeBody(spec)
        self._arms = np.array([spec.index(name) for name in spec.arm_joints])
        self._hands = np.array([spec.index(name) for name in spec.hand_joints])
        self._velocity = np.zeros(3)
        self._until_ns = self._turns = 0

    @property
    def mode(self) -> str:
        """`stand`, `walk` or `fallen`."""
        return self._controller.mode

    def reset(self, state: RobotState) -> None:
        """Stand where the robot stands."""
        self._controller.reset(state)
        self._velocity = np.zeros(3)
        self._turns = 0
        self._reference = Reference(
            velocity_m_s=np.zeros(2),
            yaw_rad=_yaw_rad(state),
            height_m=self._spec.nominal_height_m,
            torso_rpy_rad=np.zeros(3),
            joints_rad=state.q_rad[np.concatenate((self._hands, self._arms))],
            joint_velocity_rad_s=np.zeros(len(self._hands) + len(self._arms)),
        )

    def move(self, velocity: Array, now_ns: int, duration_s: float) -> None:
        """Walk by (3,) vx, vy [m/s] and yaw rate [rad/s] for a while."""
        self._velocity = velocity
        self._until_ns = now_ns + int(duration_s * 1e9)

    def update(self, state: RobotState, arms_rad: Array, torso_rpy_rad: Array, dt_s: float) -> MotorCommand:
        """Return motor commands for the whole body.

        Args:
            state: The robot now.
            arms_rad: (14,) where the arms are to be, in the order of `spec.arm_joints`.
            torso_rpy_rad: (3,) torso relative to the heading frame.
            dt_s: Until the next call.
        """
        if self._turns % EVERY == 0:
            self._steer(self._velocity if state.t_ns < self._until_ns else np.zeros(3), EVERY * dt_s)
            reference = self._reference
            reference.joints_rad = np.concatenate((state.q_rad[self._hands], arms_rad))
            reference.torso_rpy_rad = torso_rpy_rad
            self._motors = self._controller.follow(state, reference, EVERY * dt_s)
        self._turns += 1
        return self._motors

    def _steer(self, velocity: Array, dt_s: float) -> None:
        """Move the reference towards a velocity."""
        reference = self._reference
        wished = np.clip(velocity, -MAX_VELOCITY, MAX_VELOCITY)
        now = np.append(reference.velocity_m_s, reference.turn_rate_rad_s)
        now = now + np.clip(wished - now, -ACCELERATION * dt_s, ACCELERATION * dt_s)
        reference.velocity_m_s, reference.turn_rate_rad_s = now[:2], float(now[2])
        reference.yaw_rad = wrap_rad(reference.yaw_rad + reference.turn_rate_rad_s * dt_s)
        reference.moving = bool(np.linalg.norm(now) > STILL)


def _yaw_rad(state: RobotState) -> float:
    x, y, z, w = state.T_world_pelvis[3:]
    return float(np.arctan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)))
