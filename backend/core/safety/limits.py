"""Limits of every entry of the action vector, from the robot's description and documented margins."""

from dataclasses import dataclass

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec


@dataclass(frozen=True)
class LimitConfig:
    """Limits for teleoperation: far below what the motors can do, close to what a person does.

    Triples are roll, pitch, yaw for the torso and vx, vy, yaw rate for the base.
    """

    arm_margin_rad: float = 0.02
    """Kept free before the hard stops of the arms; an open hand rests at its own."""
    arm_velocity_rad_s: float = 4.0
    arm_acceleration_rad_s2: float = 40.0
    hand_velocity_rad_s: float = 6.0
    hand_acceleration_rad_s2: float = 80.0
    torso_lower_rad: tuple[float, float, float] = (-0.20, -0.25, -0.70)
    torso_upper_rad: tuple[float, float, float] = (0.20, 0.50, 0.70)
    torso_velocity_rad_s: float = 0.8
    torso_acceleration_rad_s2: float = 4.0
    squat_m: float = 0.25
    """How far below its nominal height the pelvis may go."""
    rise_m: float = 0.01
    """How far above its nominal height it may go; straight knees cannot balance."""
    height_velocity_m_s: float = 0.2
    height_acceleration_m_s2: float = 1.0
    base_velocity: tuple[float, float, float] = (0.6, 0.3, 0.8)
    base_acceleration: tuple[float, float, float] = (0.6, 0.4, 1.5)
    heading_acceleration_rad_s2: float = 30.0
    joint_jump_rad: float = 0.15
    """A target that moves further in one tick is a glitch, not a motion (100 Hz: 15 rad/s)."""
    torso_jump_rad: float = 0.10
    height_jump_m: float = 0.03
    heading_jump_rad: float = 0.30


@dataclass(frozen=True)
class Limits:
    """Per entry of the action, in the order of `ActionLayout.action_names`; all arrays are (36,).

    For the base's velocity entries `velocity` is the rate of change, i.e. an acceleration [m/s^2,
    rad/s^2], and their own acceleration is unlimited: they are commands, not positions.
    """

    names: tuple[str, ...]
    lower: Array
    upper: Array
    velocity: Array
    acceleration: Array
    jump: Array
    period_s: float
    joints: slice
    base: slice
    heading: slice

    @classmethod
    def from_spec(cls, spec: RobotSpec, period_s: float, config: LimitConfig | None = None) -> "Limits":
        """Build the limits of `spec` for a control period [s]; raises ValueError for a bad period."""
        if not 0 < period_s <= 0.1:
            raise ValueError(f"control period {period_s} s; allowed: above 0 and up to 0.1 s")
        config = config or LimitConfig()
        layout = spec.layout
        size = len(layout.action_names)
        lower, upper, velocity, acceleration, jump = (np.empty(size) for _ in range(5))

        joints = [spec.index(name) for name in (*spec.hand_joints, *spec.arm_joints)]
        lower[layout.joints] = spec.lower_rad[joints]
        upper[layout.joints] = spec.upper_rad[joints]
        lower[layout.arms] += config.arm_margin_rad
        upper[layout.arms] -= config.arm_margin_rad
        velocity[layout.hands] = config.hand_velocity_rad_s
        velocity[layout.arms] = config.arm_velocity_rad_s
        # 0.9: the motor's own limit is never the one that bites.
        velocity[layout.joints] = np.minimum(velocity[layout.joints], 0.9 * spec.velocity_limit_rad_s[joints])
        acceleration[layout.hands] = config.hand_acceleration_rad_s2
        acceleration[layout.arms] = config.arm_acceleration_rad_s2
        jump[layout.joints] = config.joint_jump_rad

        lower[layout.torso], upper[layout.torso] = config.torso_lower_rad, config.torso_upper_rad
        velocity[layout.torso] = config.torso_velocity_rad_s
        acceleration[layout.torso] = config.torso_acceleration_rad_s2
        jump[layout.torso] = config.torso_jump_rad

        lower[layout.height] = spec.nominal_height_m - config.squat_m
        upper[layout.height] = spec.nominal_height_m + config.rise_m
        velocity[layout.height] = config.height_velocity_m_s
        acceleration[layout.height] = config.height_acceleration_m_s2
        jump[layout.height] = config.height_jump_m

        upper[layout.velocity] = config.base_velocity
        lower[layout.velocity] = -upper[layout.velocity]
        velocity[layout.velocity] = config.base_acceleration
        # Any rate of change within `velocity` may be reached in one tick.
        acceleration[layout.velocity] = 2 * velocity[layout.velocity] / period_s
        jump[layout.velocity] = np.inf

        lower[layout.target_yaw], upper[layout.target_yaw] = -np.inf, np.inf
        velocity[layout.target_yaw] = config.base_velocity[2]
        acceleration[layout.target_yaw] = config.heading_acceleration_rad_s2
        jump[layout.target_yaw] = config.heading_jump_rad

        for array in (lower, upper, velocity, acceleration, jump):
            array.setflags(write=False)
        return cls(
            names=layout.action_names,
            lower=lower,
            upper=upper,
            velocity=velocity,
            acceleration=acceleration,
            jump=jump,
            period_s=period_s,
            joints=layout.joints,
            base=layout.velocity,
            heading=layout.target_yaw,
        )
