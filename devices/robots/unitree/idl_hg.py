"""Messages of the package `unitree_hg` (G1, H1-2): names, order and types of the robot's own definition.

`LowCmd_` and `LowState_` carry numpy arrays where the definition has lists, and are written and read whole:
see `layout`. Their fields are declared all the same, because peers compare type descriptions.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from cyclonedds import idl
from cyclonedds.idl import annotations as annotate
from cyclonedds.idl import types

from devices.robots.unitree.layout import LOW_CMD, LOW_STATE, MOTOR_SLOTS, from_cdr, to_cdr

CDR_LE = b"\x00\x01\x00\x00"
"""Encapsulation header of plain little-endian CDR, which is what a G1 sends."""


def _body(data: bytes) -> bytes:
    """Return the CDR body after its header; raises ValueError when it is not plain and little-endian."""
    if data[:2] != CDR_LE[:2]:
        raise ValueError(f"CDR encoding {data[:2].hex()} is not known here; allowed: {CDR_LE[:2].hex()}")
    return data[4:]


def _record(message: idl.IdlStruct, dtype: np.dtype) -> np.ndarray:
    record = np.zeros((), dtype)
    for name in dtype.names:
        record[name] = getattr(message, name)
    return record


@dataclass
@annotate.final
@annotate.autoid("sequential")
class MotorCmd_(idl.IdlStruct, typename="unitree_hg.msg.dds_.MotorCmd_"):
    """Command of one motor."""

    mode: types.uint8 = 0
    q: types.float32 = 0.0
    dq: types.float32 = 0.0
    tau: types.float32 = 0.0
    kp: types.float32 = 0.0
    kd: types.float32 = 0.0
    reserve: types.uint32 = 0


@dataclass
@annotate.final
@annotate.autoid("sequential")
class MotorState_(idl.IdlStruct, typename="unitree_hg.msg.dds_.MotorState_"):
    """State of one motor."""

    mode: types.uint8
    q: types.float32
    dq: types.float32
    ddq: types.float32
    tau_est: types.float32
    temperature: types.array[types.int16, 2]
    vol: types.float32
    sensor: types.array[types.uint32, 2]
    motorstate: types.uint32
    reserve: types.array[types.uint32, 4]


@dataclass
@annotate.final
@annotate.autoid("sequential")
class IMUState_(idl.IdlStruct, typename="unitree_hg.msg.dds_.IMUState_"):
    """State of one inertial sensor; the quaternion is w, x, y, z."""

    quaternion: types.array[types.float32, 4]
    gyroscope: types.array[types.float32, 3]
    accelerometer: types.array[types.float32, 3]
    rpy: types.array[types.float32, 3]
    temperature: types.int16


@dataclass
@annotate.final
@annotate.autoid("sequential")
class LowCmd_(idl.IdlStruct, typename="unitree_hg.msg.dds_.LowCmd_"):
    """Command of every motor of the body, on `rt/lowcmd` and `rt/arm_sdk`."""

    mode_pr: types.uint8
    mode_machine: types.uint8
    motor_cmd: types.array[MotorCmd_, MOTOR_SLOTS]
    reserve: types.array[types.uint32, 4]
    crc: types.uint32

    @classmethod
    def of(cls, record: np.ndarray) -> "LowCmd_":
        """Wrap a `LOW_CMD` record."""
        return cls(*(record[name] for name in LOW_CMD.names))

    def record(self) -> np.ndarray:
        """Return everything as one `LOW_CMD` record."""
        return _record(self, LOW_CMD)

    def serialize(self, *_args: Any, **_options: Any) -> bytes:
        """Return header and CDR body."""
        return CDR_LE + to_cdr(self.record())

    @classmethod
    def deserialize(cls, data: bytes, *_args: Any, **_options: Any) -> "LowCmd_":
        """Read header and CDR body; raises ValueError when they are not of this message."""
        return cls.of(from_cdr(LOW_CMD, _body(data)))


@dataclass
@annotate.final
@annotate.autoid("sequential")
class LowState_(idl.IdlStruct, typename="unitree_hg.msg.dds_.LowState_"):
    """State of every motor of the body, its IMU and the remote control, on `rt/lowstate`."""

    version: types.array[types.uint32, 2]
    mode_pr: types.uint8
    mode_machine: types.uint8
    tick: types.uint32
    imu_state: IMUState_
    motor_state: types.array[MotorState_, MOTOR_SLOTS]
    wireless_remote: types.array[types.uint8, 40]
    reserve: types.array[types.uint32, 4]
    crc: types.uint32

    @classmethod
    def of(cls, record: np.ndarray) -> "LowState_":
        """Wrap a `LOW_STATE` record."""
        return cls(*(record[name] for name in LOW_STATE.names))

    def record(self) -> np.ndarray:
        """Return everything as one `LOW_STATE` record."""
        return _record(self, LOW_STATE)

    def serialize(self, *_args: Any, **_options: Any) -> bytes:
        """Return header and CDR body."""
        return CDR_LE + to_cdr(self.record())

    @classmethod
    def deserialize(cls, data: bytes, *_args: Any, **_options: Any) -> "LowState_":
        """Read header and CDR body; raises ValueError when they are not of this message."""
        return cls.of(from_cdr(LOW_STATE, _body(data)))


@dataclass
@annotate.final
@annotate.autoid("sequential")
class HandCmd_(idl.IdlStruct, typename="unitree_hg.msg.dds_.HandCmd_"):
    """Command of one Dex3-1 hand."""

    motor_cmd: types.sequence[MotorCmd_]
    reserve: types.array[types.uint32, 4]


@dataclass
@annotate.final
@annotate.autoid("sequential")
class PressSensorState_(idl.IdlStruct, typename="unitree_hg.msg.dds_.PressSensorState_"):
    """State of one pressure pad of a hand."""

    pressure: types.array[types.float32, 12]
    temperature: types.array[types.float32, 12]
    lost: types.uint32
    reserve: types.uint32


@dataclass
@annotate.final
@annotate.autoid("sequential")
class HandState_(idl.IdlStruct, typename="unitree_hg.msg.dds_.HandState_"):
    """State of one Dex3-1 hand."""

    motor_state: types.sequence[MotorState_]
    press_sensor_state: types.sequence[PressSensorState_]
    imu_state: IMUState_
    power_v: types.float32
    power_a: types.float32
    system_v: types.float32
    device_v: types.float32
    error: types.array[types.uint32, 2]
    reserve: types.array[types.uint32, 2]


@dataclass
@annotate.final
@annotate.autoid("sequential")
class BmsState_(idl.IdlStruct, typename="unitree_hg.msg.dds_.BmsState_"):
    """State of the battery: `soc` is its charge [%]."""

    version_high: types.uint8
    version_low: types.uint8
    fn: types.uint8
    cell_vol: types.array[types.uint16, 40]
    bmsvoltage: types.array[types.uint32, 3]
    current: types.int32
    soc: types.uint8
    soh: types.uint8
    temperature: types.array[types.int16, 12]
    cycle: types.uint16
    manufacturer_date: types.uint16
    bmsstate: types.array[types.uint32, 5]
    reserve: types.array[types.uint32, 3]
