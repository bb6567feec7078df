"""The messages between a bridge to MANUS gloves and the app: msgpack over ZeroMQ, one message per part.

    bridge  PUB  binds   PORT      hello, data   ->  app SUB
    bridge  SUB  binds   PORT + 1  vibrate       <-  app PUB

Whoever binds is the bridge, so that the app opens no port. docs/manus-bridge.md says how to write one.
"""

import math
from typing import Literal

import msgspec

from backend.core.hands.human import ANGLES, NODES

PROTOCOL = 1
PORT = 5565
MOST_BYTES = 65_536
"""Of one message; two gloves with all joints are about 4 kB."""
MOST_GLOVES = 16
WIRE_ANGLES = 2 * len(ANGLES)
MOST_DEG = 360.0
MOST_M = 10.0
HELLO_S = 0.1
"""A bridge says hello this often: it is its sign of life and the list of gloves that are plugged in."""
VIBRATE_ENDS_S = 1.0
"""A bridge ends a vibration that is not repeated within this time."""

GloveId = int
Angles = list[float]
Pose = list[float]


class GloveInfo(msgspec.Struct, frozen=True):
    """A glove that is plugged in or paired and switched on."""

    id: GloveId
    side: Literal["left", "right"]
    haptics: bool = False
    """It can vibrate finger by finger."""


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """Sign of life, ten times a second, with every glove that is there."""

    protocol: int
    session: str
    """Any text that differs from start to start of the bridge."""
    t_ns: int
    """The bridge's monotonic clock [ns]."""
    gloves: list[GloveInfo]


class GloveData(msgspec.Struct, frozen=True):
    """New values of one glove, as the SDK has them."""

    id: GloveId
    angles_deg: Angles
    """(40,) ergonomics data in the SDK's own order: 20 of the left hand, 20 of the right. A glove fills the
    half of its own side."""
    nodes: list[Pose] | None = None
    """(25, 7) joints in the order of `human.NODES`, in one frame: x y z [m], qx qy qz qw."""


class Data(msgspec.Struct, frozen=True, tag="data"):
    """Values of the gloves that have changed; the others keep theirs."""

    t_ns: int
    """When the SDK published them, on the clock of `Hello.t_ns` [ns]."""
    gloves: list[GloveData]


class Vibrate(msgspec.Struct, frozen=True, tag="vibrate"):
    """How strongly the fingers of one glove vibrate, 0 to 1: thumb, index, middle, ring, pinky."""

    id: GloveId
    fingers: list[float]


Message = Hello | Data


class Refused(Exception):
    """A message that cannot be used; `kind` is counted, the text says what was allowed."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


_decoder = msgspec.msgpack.Decoder(Message)
_encoder = msgspec.msgpack.Encoder()


def encode(message: Hello | Data | Vibrate) -> bytes:
    """Return a message as it goes over the wire."""
    return _encoder.encode(message)


def decode_vibrate(data: bytes) -> Vibrate:
    """Return the app's message to a bridge; raises msgspec.DecodeError."""
    return msgspec.msgpack.decode(data, type=Vibrate)


def decode(parts: list[bytes]) -> Message:
    """Return a bridge's message; raises `Refused`.

    Nothing is ever unpickled: what is not msgpack of exactly this schema is refused.
    """
    if len(parts) != 1:
        raise Refused("parts", f"a message of {len(parts)} parts; allowed: 1")
    data = parts[0]
    if len(data) > MOST_BYTES:
        raise Refused("size", f"a message of {len(data)} bytes; allowed: up to {MOST_BYTES}")
    if _looks_pickled(data):
        raise Refused("pickle", "a Python pickle, which is never loaded; allowed: msgpack hello and data")
    try:
        message = _decoder.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Refused("schema", f"{error}; allowed: msgpack hello and data of protocol {PROTOCOL}") from None
    if isinstance(message, Hello):
        _check_hello(message)
    else:
        _check_data(message)
    return message


def _looks_pickled(data: bytes) -> bool:
    return data[:1] == b"\x80" and len(data) > 2 and data[1] in range(2, 6) and data[-1:] == b"."


def _check_hello(hello: Hello) -> None:
    if hello.protocol != PROTOCOL:
        raise Refused("protocol", f"protocol {hello.protocol}; allowed: {PROTOCOL}")
    if len(hello.gloves) > MOST_GLOVES:
        raise Refused("gloves", f"{len(hello.gloves)} gloves; allowed: up to {MOST_GLOVES}")
    _check_time(hello.t_ns)


def _check_data(data: Data) -> None:
    if len(data.gloves) > MOST_GLOVES:
        raise Refused("gloves", f"{len(data.gloves)} gloves; allowed: up to {MOST_GLOVES}")
    _check_time(data.t_ns)
    for glove in data.gloves:
        if len(glove.angles_deg) != WIRE_ANGLES:
            raise Refused("shape", f"{len(glove.angles_deg)} angles; allowed: {WIRE_ANGLES}")
        # A number that is not one compares false.
        if not all(abs(angle) <= MOST_DEG for angle in glove.angles_deg):
            raise Refused("number", f"an angle is not a usable number; allowed: +-{MOST_DEG:g} degrees")
        if glove.nodes is not None:
            _check_nodes(glove.nodes)


def _check_nodes(nodes: list[Pose]) -> None:
    if len(nodes) != len(NODES) or any(len(pose) != 7 for pose in nodes):
        raise Refused("shape", f"joints are not {len(NODES)} x 7")
    if not all(abs(value) <= MOST_M for pose in nodes for value in pose):
        raise Refused("number", f"a joint is not usable; allowed: +-{MOST_M:g} m")


def _check_time(t_ns: int) -> None:
    if not 0 <= t_ns < 2**63:
        raise Refused("number", f"time {t_ns}; allowed: 0 to 2^63 ns")


def unit(strength: float) -> float:
    """Return a vibration's strength inside 0 to 1; what is not a number is none."""
    return min(max(strength, 0.0), 1.0) if math.isfinite(strength) else 0.0
