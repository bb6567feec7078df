"""The robot's own remote control, as it arrives inside `rt/lowstate`."""

import struct
from typing import Literal

KEYS = (
    "R1", "L1", "start", "select", "R2", "L2", "F1", "F2",
    "A", "B", "X", "Y", "up", "right", "down", "left",
)  # fmt: skip
"""Names of the bits of the key word, the lowest first."""

DAMP_CHORDS = (frozenset(("L2", "B")), frozenset(("L1", "A")))
"""What damps the robot when Unitree's walking runs; it must do the same when we drive."""
HOLD_CHORD = frozenset(("select",))

_KEYS = struct.Struct("<H")
_KEYS_AT = 2


def pressed(wireless_remote: bytes) -> frozenset[str]:
    """Return the names of the keys held, from the 40 bytes of `wireless_remote`."""
    (word,) = _KEYS.unpack_from(wireless_remote, _KEYS_AT)
    return frozenset(name for bit, name in enumerate(KEYS) if word >> bit & 1)


def remote_bytes(keys: frozenset[str]) -> bytes:
    """Return the 40 bytes that a remote control with these keys held sends, sticks at rest."""
    word = sum(1 << KEYS.index(key) for key in keys)
    return bytes(_KEYS_AT) + _KEYS.pack(word) + bytes(40 - _KEYS_AT - _KEYS.size)


def stop_asked(keys: frozenset[str]) -> Literal["", "hold", "damp"]:
    """Return which stop these keys ask for; empty for none."""
    if any(chord <= keys for chord in DAMP_CHORDS):
        return "damp"
    return "hold" if keys >= HOLD_CHORD else ""
