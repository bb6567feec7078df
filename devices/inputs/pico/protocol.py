"""Packets of the XRoboToolkit headset app, as its public Unity client writes them.

    HEAD u8 | CMD u8 | LEN u32 LE | DATA (LEN bytes) | TIMESTAMP u64 LE [ms] | END u8

The app connects to TCP port 63901. It says who it is (CONNECT `serial|-1`), sends a heartbeat every ten
seconds, and one FUNCTION packet with tracking data per rendered picture.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

TCP_PORT = 63901
DISCOVERY_PORT = 29888
TO_PC, TO_HEADSET, END = 0x3F, 0xCF, 0xA5
HEADER, TRAILER = struct.Struct("<BBI"), struct.Struct("<QB")
MAX_DATA = 64 * 1024
"""Largest DATA that is accepted; tracking with hands and body needs some 15 kB."""


class PacketKind(IntEnum):
    """What a packet is."""

    CONNECT = 0x19
    HEARTBEAT = 0x23
    ASK = 0x5F
    VERSION = 0x6C
    FUNCTION = 0x6D
    CUSTOM_TO_HEADSET = 0x71
    CUSTOM_TO_PC = 0x72
    TCP_ADDRESS = 0x7E
    MEDIA_ADDRESS = 0x7F


COMMANDS = frozenset(PacketKind)


@dataclass(frozen=True)
class Packet:
    """One packet from the headset."""

    command: PacketKind
    data: bytes
    timestamp_ms: int
    """The headset's wall clock when it was sent."""


def pack(command: PacketKind, data: bytes, timestamp_ms: int) -> bytes:
    """Return the bytes of a packet to the headset."""
    return HEADER.pack(TO_HEADSET, command, len(data)) + data + TRAILER.pack(timestamp_ms, END)


class PacketParser:
    """Takes bytes in any pieces and gives the packets in them; whatever else is there is dropped.

    A packet must have the right first byte, a known command, a length up to `MAX_DATA` and the right last
    byte. Where one of them is wrong, one byte is dropped and the search goes on, so that a real packet is
    found again wherever it starts. The buffer never holds more than one largest packet besides what was fed
    last.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.dropped = 0
        """Bytes that belonged to no packet."""

    def feed(self, data: bytes) -> list[Packet]:
        """Take bytes as they arrived; return the packets that are complete, in order."""
        self._buffer += data
        packets, at = [], 0
        while True:
            found = self._buffer.find(TO_PC, at)
            start = len(self._buffer) if found < 0 else found
            self.dropped += start - at
            at = start
            if len(self._buffer) - at < HEADER.size:
                break
            _, command, length = HEADER.unpack_from(self._buffer, at)
            end = at + HEADER.size + length + TRAILER.size
            if command not in COMMANDS or length > MAX_DATA:
                at, self.dropped = at + 1, self.dropped + 1
                continue
            if len(self._buffer) < end:
                break
            timestamp_ms, last = TRAILER.unpack_from(self._buffer, end - TRAILER.size)
            if last != END:
                at, self.dropped = at + 1, self.dropped + 1
                continue
            body = bytes(self._buffer[at + HEADER.size : end - TRAILER.size])
            packets.append(Packet(PacketKind(command), body, timestamp_ms))
            at = end
        del self._buffer[:at]
        return packets
