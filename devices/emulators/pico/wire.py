"""Bytes as the headset app writes them. Written apart from the receiver, so that each checks the other."""

import json
import struct
from typing import Any

import numpy as np

CONNECT, HEARTBEAT, ASK, VERSION, FUNCTION, TCP_ADDRESS = 0x19, 0x23, 0x5F, 0x6C, 0x6D, 0x7E
FROM_HEADSET, FROM_PC, LAST = 0x3F, 0xCF, 0xA5
R_OPENXR_PROJECT = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0]])


def packet(command: int, data: bytes, stamp_ms: int) -> bytes:
    """Return a packet of the headset."""
    return struct.pack("<BBI", FROM_HEADSET, command, len(data)) + data + struct.pack("<QB", stamp_ms, LAST)


def split(buffer: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Return the (command, data) of every whole packet of the PC in a well-formed stream, and the rest."""
    found = []
    while len(buffer) >= 15 and len(buffer) >= 15 + (size := struct.unpack_from("<I", buffer, 2)[0]):
        if buffer[0] != FROM_PC or buffer[14 + size] != LAST:
            raise ValueError(f"this is no packet of a PC: {buffer[:16].hex()}")
        found.append((buffer[1], buffer[6 : 6 + size]))
        buffer = buffer[15 + size :]
    return found, buffer


def pose_text(pose: np.ndarray, mirrored: bool = False) -> str:
    """Return a (7,) pose in the project's axes as the app writes it: OpenXR axes, single precision.

    Args:
        pose: x y z [m], qx qy qz qw; x forward, y left, z up.
        mirrored: Write z forward instead of back, as a left-handed source would.
    """
    numbers = np.concatenate([R_OPENXR_PROJECT @ pose[:3], R_OPENXR_PROJECT @ pose[3:6], pose[6:]])
    if mirrored:
        numbers = numbers * (1, 1, -1, -1, -1, 1, 1)
    return ",".join(str(number) for number in numbers.astype(np.float32))


def function(name: str, value: dict[str, Any]) -> bytes:
    """Return the data of a FUNCTION packet; the value is text within text, as the app sends it."""
    return json.dumps({"functionName": name, "value": json.dumps(value)}, separators=(",", ":")).encode()
