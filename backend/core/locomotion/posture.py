"""Holds the legs where they are and moves torso, arms and hands: for a robot that hangs on a gantry.

It does not balance: on its own feet a robot falls with it.
"""

import numpy as np

from backend.core.contracts.command import Command, MotorCommand
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.locomotion.controller import LocomotionManifest
from backend.core.locomotion.reference import ReferenceShaper
from backend.core.locomotion.waist import waist_from_torso

RATE_HZ = 250.0
GAINS = {
    "hip": (100.0, 2.0),
    "knee": (150.0, 4.0),
    "ankle": (40.0, 2.0),
    "waist": (150.0, 4.0),
    "wrist": (30.0, 1.0),
    "hand": (1.5, 0.2),
    "": (60.0, 1.5),
}
"""Stiffness [Nm/rad] and damping [Nm s/rad] by the first part of a joint's name that fits."""
NOTE = "the legs hold their pose and do not balance: for a robot on a gantry"


class Posture:
    """Keeps the pose it started in; only what the Command says of torso, arms and hands moves."""

    mode = property(lambda self: "stand", doc="Always `stand`: it knows nothing of falling.")
    note = property(lambda self: NOTE, doc="That it does not balance.")

    def __init__(self, spec: RobotSpec) -> None:
        gains = np.array([next(v for key, v in GAINS.items() if key in name) for name in spec.joints])
        self.manifest = LocomotionManifest(
            name="posture",
            rate_hz=RATE_HZ,
            max_velocity=np.array([0.1, 0.1, 0.1]),
            height_range_m=(0.0, spec.nominal_height_m),
            torso_limit_rad=np.array([0.3, 0.4, 0.7]),
            default_rad=spec.neutral_rad,
            kp=gains[:, 0],
            kd=gains[:, 1],
        )
        self._shaper = ReferenceShaper(spec, self.manifest)
        self._follow = np.array([spec.index(name) for name in (*spec.hand_joints, *spec.arm_joints)])
        self._waist = np.array([spec.index(f"waist_{axis}_joint") for axis in ("yaw", "roll", "pitch")])

    def reset(self, state: RobotState) -> None:
        """Hold the pose of `state`."""
        self._pose_rad = state.q_rad.copy()
        self._shaper.reset(state, 0.0)

    def update(self, state: RobotState, command: Command | None, dt_s: float) -> MotorCommand:
        """Return the motor command for the next `dt_s`; None or a stop holds the arms."""
        reference = self._shaper.update(command, False, dt_s)
        goal, velocity = self._pose_rad.copy(), np.zeros(len(self._pose_rad))
        goal[self._follow] = reference.joints_rad
        velocity[self._follow] = reference.joint_velocity_rad_s
        goal[self._waist] = waist_from_torso(reference.torso_rpy_rad)
        return MotorCommand(
            q_rad=goal,
            dq_rad_s=velocity,
            kp=self.manifest.kp,
            kd=self.manifest.kd,
            tau_nm=np.zeros(len(goal)),
        )
