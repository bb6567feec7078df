"""Where the pelvis is, from the IMU and the legs, and what gravity asks of the arms.

- Orientation and turn rate: measured, by the IMU in the pelvis; its heading drifts.
- Height: the lowest sole is taken to be on flat ground at height 0.
- Velocity: the lower foot is taken to stand still, so the pelvis moves against it. Slips are not seen.
- Position: the odometry of Unitree's walking while it comes, else the same foot as an anchor. Either drifts.
"""

import msgspec
import numpy as np
import pinocchio as pin

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.locomotion.body_model import SIDES, BodyModel
from backend.core.pose import yaw_of

LOWER_M = 0.008
"""The other foot becomes the anchor when it is lower by this."""
SMOOTH_S = 0.02
"""Time constant of the velocity's filter."""


class BaseEstimator:
    """Completes a RobotState whose base has only orientation and turn rate."""

    def __init__(self, spec: RobotSpec) -> None:
        self._model = BodyModel(spec)
        self._spec = spec
        self._velocity = np.zeros(3)
        self._anchor_m = np.zeros(2)
        self._shift_m = np.zeros(2)
        self._place_m = np.zeros(2)
        self._foot = ""
        self._by_odometry = False

    def update(self, state: RobotState, odometry_m: Array | None, dt_s: float) -> RobotState:
        """Return `state` with position, velocity, height and torso filled in.

        Args:
            state: Joints, and the base's orientation and angular velocity; its place is ignored.
            odometry_m: (2,) x, y of the pelvis in the odometry's own frame, or None when there is none.
            dt_s: Since the last update.
        """
        turn = np.concatenate((np.zeros(3), state.base_twist[3:]))
        pose = np.concatenate((np.zeros(3), state.T_world_pelvis[3:]))
        state = msgspec.structs.replace(state, T_world_pelvis=pose, base_twist=turn)
        self._model.update(state)
        soles_m = {side: self._model.sole_height_m(side) for side in SIDES}
        self._stand(soles_m)
        foot = self._model.frames[self._foot]
        share = min(1.0, dt_s / SMOOTH_S)
        self._velocity += share * (-foot.velocity[:3] - self._velocity)
        self._move(odometry_m, foot.position_m[:2])
        height_m = -min(soles_m.values())
        c, s = np.cos(yaw_of(pose[3:])), np.sin(yaw_of(pose[3:]))
        heading = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        torso = heading.T @ self._model.frames["torso"].rotation
        return msgspec.structs.replace(
            state,
            T_world_pelvis=np.concatenate((self._place_m, (height_m,), pose[3:])),
            base_twist=np.concatenate((self._velocity, state.base_twist[3:])),
            torso_rpy_rad=pin.rpy.matrixToRpy(torso),
            base_height_m=height_m,
        )

    def _stand(self, soles_m: dict[str, float]) -> None:
        """Choose the foot that stands; a new one is anchored where it is."""
        lower = min(soles_m, key=soles_m.get)
        if not self._foot or (lower != self._foot and soles_m[lower] < soles_m[self._foot] - LOWER_M):
            self._foot = lower
            self._anchor_m = self._place_m + self._model.frames[lower].position_m[:2]

    def _move(self, odometry_m: Array | None, foot_m: Array) -> None:
        """Follow the odometry or the anchor; changing between them is not a jump."""
        if odometry_m is None:
            if self._by_odometry:
                self._anchor_m = self._place_m + foot_m
            self._place_m = self._anchor_m - foot_m
        else:
            if not self._by_odometry:
                self._shift_m = self._place_m - odometry_m
            self._place_m = odometry_m + self._shift_m
            self._anchor_m = self._place_m + foot_m
        self._by_odometry = odometry_m is not None

    def gravity_nm(self, joints: Array) -> Array:
        """Return the torque that carries each of `joints`, places in `spec.joints`, in the last pose.

        By recursive Newton-Euler without acceleration: gravity and what the present speeds add. The hands
        count as open.
        """
        torque = np.zeros(len(self._spec.joints))
        torque[self._model.index] = self._model.nonlinear[6:]
        return torque[joints]
