"""Byte layouts of the large low-level messages, as numpy records.

Both messages have a fixed size and no field wider than four bytes, so that a little-endian CDR body is nearly
one record. It is read and written 40 times faster than field by field, which matters 500 times a second.
"""

import numpy as np

MOTOR_SLOTS = 35
"""Length of the motor arrays of `unitree_hg`; a G1 uses the first 29, and slot 29 for the arms' weight."""

MOTOR_CMD = np.dtype(
    [("mode", "u1"), *((name, "<f4") for name in ("q", "dq", "tau", "kp", "kd")), ("reserve", "<u4")],
    align=True,
)
"""One motor's command: position [rad], velocity [rad/s], torque [Nm], stiffness and damping."""

MOTOR_STATE = np.dtype(
    [
        ("mode", "u1"),
        *((name, "<f4") for name in ("q", "dq", "ddq", "tau_est")),
        ("temperature", "<i2", (2,)),
        ("vol", "<f4"),
        ("sensor", "<u4", (2,)),
        ("motorstate", "<u4"),
        ("reserve", "<u4", (4,)),
    ],
    align=True,
)
"""One motor's state; temperatures are of winding and housing [degrees Celsius]."""

IMU_STATE = np.dtype(
    [
        ("quaternion", "<f4", (4,)),
        ("gyroscope", "<f4", (3,)),
        ("accelerometer", "<f4", (3,)),
        ("rpy", "<f4", (3,)),
        ("temperature", "<i2"),
    ],
    align=True,
)
"""Orientation (w, x, y, z), rates [rad/s] and accelerations [m/s2] of the IMU."""

LOW_CMD = np.dtype(
    [
        ("mode_pr", "u1"),
        ("mode_machine", "u1"),
        ("motor_cmd", MOTOR_CMD, (MOTOR_SLOTS,)),
        ("reserve", "<u4", (4,)),
        ("crc", "<u4"),
    ],
    align=True,
)
"""The C structure of `LowCmd_`, 1004 bytes."""

LOW_STATE = np.dtype(
    [
        ("version", "<u4", (2,)),
        ("mode_pr", "u1"),
        ("mode_machine", "u1"),
        ("tick", "<u4"),
        ("imu_state", IMU_STATE),
        ("motor_state", MOTOR_STATE, (MOTOR_SLOTS,)),
        ("wireless_remote", "u1", (40,)),
        ("reserve", "<u4", (4,)),
        ("crc", "<u4"),
    ],
    align=True,
)
"""The C structure of `LowState_`, 2092 bytes."""

_FIRST_MODE = {
    LOW_CMD: LOW_CMD.fields["mode_machine"][1] + 1,
    LOW_STATE: LOW_STATE.fields["imu_state"][1] + IMU_STATE.fields["temperature"][1] + 2,
}
"""Where CDR puts the first motor's mode: right after the field before the motors."""
_MOTORS = {LOW_CMD: LOW_CMD.fields["motor_cmd"][1], LOW_STATE: LOW_STATE.fields["motor_state"][1]}
"""Where C puts it: aligned to four bytes."""


def from_cdr(dtype: np.dtype, body: bytes) -> np.ndarray:
    """Return the record of a little-endian CDR body of `LOW_CMD` or `LOW_STATE`.

    C aligns the array of motors, CDR only their numbers: the first mode lies in what C pads before the array,
    and everything from the first motor's position on comes four bytes earlier.

    Raises:
        ValueError: The body is too short.
    """
    at, motors = _FIRST_MODE[dtype], _MOTORS[dtype]
    pad = bytes(motors - at)
    return np.frombuffer(b"".join((body[:at], pad, body[at : at + 1], b"\0\0\0", body[motors:])), dtype, 1)[0]


def to_cdr(record: np.ndarray) -> bytes:
    """Return the little-endian CDR body of a record of `LOW_CMD` or `LOW_STATE`."""
    at, motors = _FIRST_MODE[record.dtype], _MOTORS[record.dtype]
    raw = record.tobytes()
    return b"".join((raw[:at], raw[motors : motors + 1], bytes(motors - at - 1), raw[motors + 4 :]))
