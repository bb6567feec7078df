"""What the robot reports, made of what physics knows."""

import numpy as np

from backend.core import clock
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState
from devices.robots.unitree.crc import message_crc
from devices.robots.unitree.idl_go import IMUState_ as GoImu
from devices.robots.unitree.idl_go import PathPoint_, SportModeState_, TimeSpec_
from devices.robots.unitree.idl_hg import (
    BmsState_,
    HandState_,
    IMUState_,
    LowState_,
    MotorState_,
    PressSensorState_,
)
from devices.robots.unitree.layout import LOW_STATE
from devices.robots.unitree.motors import BODY, ENABLED, HANDS, MODE_MACHINE_29DOF, SIDES, hand_mode, indices
from devices.robots.unitree.remote import remote_bytes

ROOM_C = 28.0
HEATING_C_PER_J = 2e-4
"""Warming of a motor by the square of its torque [degrees per Nm2 s]."""
COOLING_PER_S = 1 / 300.0
PADS = 9
UPRIGHT_M_S2 = np.array([0.0, 0.0, 9.81])


class RobotSensors:
    """Makes the messages of one robot; the IMU's accelerometer knows gravity only."""

    def __init__(self, spec: RobotSpec) -> None:
        self._body = indices(spec, BODY)
        self._hands = {side: indices(spec, HANDS[side]) for side in SIDES}
        self._motors_c = np.full(len(spec.joints), ROOM_C)
        self._tick = 0
        self.charge = 87
        """Of the battery [%]."""
        self.keys: frozenset[str] = frozenset()
        """Held on the remote control."""

    def warm(self, tau_nm: Array, dt_s: float) -> None:
        """Let the motors warm by their torque and cool to the room."""
        heat = HEATING_C_PER_J * tau_nm * tau_nm - COOLING_PER_S * (self._motors_c - ROOM_C)
        self._motors_c += heat * dt_s

    def low_state(self, state: RobotState) -> LowState_:
        """Return motors, IMU and remote control."""
        record = np.zeros((), LOW_STATE)
        self._tick += 1
        record["tick"] = self._tick
        record["mode_machine"] = MODE_MACHINE_29DOF
        rotation = _rotation(state)
        imu = record["imu_state"]
        imu["quaternion"] = state.T_world_pelvis[[6, 3, 4, 5]]
        imu["gyroscope"] = rotation.T @ state.base_twist[3:]
        imu["accelerometer"] = rotation.T @ UPRIGHT_M_S2
        imu["rpy"] = (
            np.arctan2(rotation[2, 1], rotation[2, 2]),
            np.arcsin(np.clip(-rotation[2, 0], -1.0, 1.0)),
            np.arctan2(rotation[1, 0], rotation[0, 0]),
        )
        motors = record["motor_state"][: len(BODY)]
        motors["mode"] = ENABLED
        motors["q"] = state.q_rad[self._body]
        motors["dq"] = state.dq_rad_s[self._body]
        motors["tau_est"] = state.tau_nm[self._body]
        motors["temperature"] = self._motors_c[self._body, np.newaxis]
        motors["vol"] = 53.0
        record["wireless_remote"] = np.frombuffer(remote_bytes(self.keys), "u1")
        record["crc"] = message_crc(record)
        return LowState_.of(record)

    def hand_state(self, side: str, state: RobotState) -> HandState_:
        """Return the seven motors of a hand, and pads that nothing touches."""
        motors = [
            MotorState_(
                hand_mode(motor),
                float(state.q_rad[joint]),
                float(state.dq_rad_s[joint]),
                0.0,
                float(state.tau_nm[joint]),
                [int(self._motors_c[joint])] * 2,
                12.0,
                [0, 0],
                0,
                [0] * 4,
            )
            for motor, joint in enumerate(self._hands[side])
        ]
        pads = [PressSensorState_([0.0] * 12, [ROOM_C] * 12, 0, 0) for _ in range(PADS)]
        level = IMUState_([1.0, 0.0, 0.0, 0.0], [0.0] * 3, [0.0] * 3, [0.0] * 3, int(ROOM_C))
        return HandState_(motors, pads, level, 12.0, 0.3, 5.0, 3.3, [0, 0], [0, 0])

    def odometry(self, state: RobotState) -> SportModeState_:
        """Return position and velocity of the pelvis, as the walking estimates them."""
        rotation = _rotation(state)
        imu = GoImu(
            state.T_world_pelvis[[6, 3, 4, 5]].tolist(),
            (rotation.T @ state.base_twist[3:]).tolist(),
            (rotation.T @ UPRIGHT_M_S2).tolist(),
            [0.0] * 3,
            int(ROOM_C),
        )
        seconds, rest_ns = divmod(clock.wall_ns(), 1_000_000_000)
        return SportModeState_(
            TimeSpec_(seconds, rest_ns),
            0,
            imu,
            0,
            0.0,
            0,
            0.0,
            state.T_world_pelvis[:3].tolist(),
            state.base_height_m,
            state.base_twist[:3].tolist(),
            float(state.base_twist[5]),
            [0.0] * 4,
            [0] * 4,
            [0.0] * 12,
            [0.0] * 12,
            [PathPoint_(*[0.0] * 7)] * 10,
        )

    def battery(self) -> BmsState_:
        """Return the battery's state."""
        cells_mv = [4000] * 13 + [0] * 27
        return BmsState_(
            1, 0, 0, cells_mv, [52000, 0, 0], -2500, self.charge, 98, [30] * 12, 12, 0, [0] * 5, [0] * 3
        )


def _rotation(state: RobotState) -> Array:
    """Return (3, 3) R_world_pelvis."""
    x, y, z, w = state.T_world_pelvis[3:]
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
