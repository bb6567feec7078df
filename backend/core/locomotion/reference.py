"""Shapes commands into references that the legs can follow: rate limits and combined limits."""

from dataclasses import dataclass

import numpy as np

from backend.core.contracts.command import Command
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.locomotion.controller import LocomotionManifest

ACCELERATION = np.array([0.6, 0.4])
"""Largest change of vx, vy [m/s2]."""
TURN_ACCELERATION_RAD_S2 = 2.0
HEIGHT_RATE_M_S = 0.2
TORSO_RATE_RAD_S = 0.8
LOW_SPEED_SHARE = 0.5
"""Share of the full speed that remains at the lowest height."""
FULL_SPEED_HEIGHT_M = 0.70
WALKING_HEIGHT_M = 0.62
"""Lower than this the ankles reach their stops before a swinging foot clears the ground."""
MOVING_M_S = 0.02
TURN_START_RAD = 0.12
TURN_STOP_RAD = 0.04


def clamp(value: float, low: float, high: float) -> float:
    """Return a single number kept between `low` and `high`; numpy's `clip` is slow for one number."""
    return float(min(max(value, low), high))


def wrap_rad(angle: float) -> float:
    """Return the same angle in (-pi, pi]."""
    return float(np.pi - (np.pi - angle) % (2 * np.pi))


@dataclass
class Reference:
    """What the legs and arms are to follow now."""

    velocity_m_s: Array
    """(2,) vx, vy in the heading frame."""
    yaw_rad: float
    """Heading, in the world."""
    height_m: float
    torso_rpy_rad: Array
    joints_rad: Array
    """(28,) hands, then arms."""
    joint_velocity_rad_s: Array
    turn_rate_rad_s: float = 0.0
    moving: bool = False
    """Walk, in place at least."""
    note: str = ""


class ReferenceShaper:
    """Follows the commands at limited rates; without commands it comes to rest and holds the arms."""

    def __init__(self, spec: RobotSpec, manifest: LocomotionManifest) -> None:
        layout = spec.layout
        self._joints, self._torso, self._velocity = layout.joints, layout.torso, layout.velocity
        self._height, self._yaw = layout.height.start, layout.target_yaw.start
        self._manifest = manifest
        self._index = np.array([spec.index(name) for name in (*spec.hand_joints, *spec.arm_joints)])

    def reset(self, state: RobotState, yaw_rad: float) -> None:
        """Start at rest in the pose of `state`."""
        self._turning = self._wants_to_walk = False
        self.reference = Reference(
            velocity_m_s=np.zeros(2),
            yaw_rad=yaw_rad,
            height_m=state.base_height_m,
            torso_rpy_rad=state.torso_rpy_rad.copy(),
            joints_rad=state.q_rad[self._index],
            joint_velocity_rad_s=np.zeros(len(self._index)),
        )

    def update(self, command: Command | None, stepping: bool, dt_s: float) -> Reference:
        """Return the reference `dt_s` later; None or a stop brings the robot to rest.

        Args:
            command: What is commanded now.
            stepping: Whether the feet are stepping; the robot does not sink below its walking height then.
            dt_s: Tick.
        """
        reference = self.reference
        reference.note = ""
        if command is None or command.stop:
            reference.joint_velocity_rad_s = np.zeros(len(self._index))
            self._walk(np.zeros(2), reference.yaw_rad, dt_s)
            return reference
        action = command.action
        reference.joints_rad = action[self._joints]
        reference.joint_velocity_rad_s = command.joint_velocity_rad_s
        limit = self._manifest.torso_limit_rad
        torso = np.clip(action[self._torso], -limit, limit)
        reference.torso_rpy_rad = toward(reference.torso_rpy_rad, torso, TORSO_RATE_RAD_S * dt_s)
        self._walk(self._allowed(action[self._velocity]), float(action[self._yaw]), dt_s)
        height = clamp(action[self._height], *self._manifest.height_range_m)
        if height < WALKING_HEIGHT_M and (stepping or self._wants_to_walk):
            height = WALKING_HEIGHT_M
            reference.note = "risen to walk"
        reference.height_m = float(toward(reference.height_m, height, HEIGHT_RATE_M_S * dt_s))
        return reference

    def _allowed(self, velocity: Array) -> Array:
        """Scale vx, vy so that together with the turn they stay inside an ellipsoid of the limits."""
        low, full = self._manifest.height_range_m[0], FULL_SPEED_HEIGHT_M
        share = np.interp(self.reference.height_m, (low, full), (LOW_SPEED_SHARE, 1.0))
        effort = float(np.linalg.norm(velocity / (self._manifest.max_velocity * share)))
        if effort <= 1.0:
            return velocity[:2]
        crouched = share < 1.0 and effort * share <= 1.0
        self.reference.note = "slower because crouched" if crouched else "speed limited"
        return velocity[:2] / effort

    def _walk(self, velocity_m_s: Array, target_yaw_rad: float, dt_s: float) -> None:
        reference = self.reference
        error = wrap_rad(target_yaw_rad - reference.yaw_rad)
        self._turning = abs(error) > (TURN_STOP_RAD if self._turning else TURN_START_RAD)
        self._wants_to_walk = self._turning or bool(np.linalg.norm(velocity_m_s) > MOVING_M_S)
        tall = reference.height_m > WALKING_HEIGHT_M - 0.02
        goal = velocity_m_s if tall else np.zeros(2)
        reference.velocity_m_s = toward(reference.velocity_m_s, goal, ACCELERATION * dt_s)
        slow = np.linalg.norm(reference.velocity_m_s) <= MOVING_M_S
        reference.moving = not slow or (self._turning and tall)
        wished = 0.0
        if reference.moving:
            # The fastest rate from which the turn can still be stopped in time.
            wished = np.sign(error) * min(
                self._manifest.max_velocity[2], np.sqrt(2 * TURN_ACCELERATION_RAD_S2 * abs(error))
            )
        step = TURN_ACCELERATION_RAD_S2 * dt_s
        reference.turn_rate_rad_s = float(toward(reference.turn_rate_rad_s, wished, step))
        reference.yaw_rad = wrap_rad(reference.yaw_rad + reference.turn_rate_rad_s * dt_s)


def toward(value: Array | float, goal: Array | float, step: Array | float) -> Array:
    """Return `value` moved to `goal` by at most `step`, each axis by itself."""
    return value + np.minimum(np.maximum(goal - value, -step), step)
