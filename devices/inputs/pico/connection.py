"""One TCP connection of a headset."""

import contextlib
import json
import socket

from backend.core import clock
from devices.inputs.pico.protocol import Packet, PacketKind, PacketParser, pack

READ = 64 * 1024
PROBE_NS = 1_000_000_000
UNANSWERED_NS = 10_000_000_000
"""Only then is the next round trip asked for, so that no answer can belong to another question."""
GONE_MS = 3000
"""The kernel gives up a peer that has not acknowledged a probe for this long."""
PROBE = "timeTest"
"""The app answers a function of this name at once, with the name."""


class Connection:
    """Reads packets, asks for round trips. `closed` says that it is of no more use."""

    def __init__(self, peer: socket.socket, address: str, now_ns: int) -> None:
        peer.setblocking(False)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_MS)
        self.socket = peer
        self.address = address
        self.serial = ""
        """Serial number of the headset; empty until it has said it."""
        self.heard_ns = now_ns
        self.tracked_ns = 0
        """When it last sent tracking data [ns]; 0 when never."""
        self.closed = False
        self._parser = PacketParser()
        self._asked_ns = 0
        self._waiting = False

    @property
    def dropped(self) -> int:
        """Bytes that made no sense."""
        return self._parser.dropped

    def read(self, now_ns: int) -> list[Packet]:
        """Return the packets that have arrived; one read, so that no peer can hold the others up."""
        try:
            data = self.socket.recv(READ)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        if not data:
            self.closed = True
            return []
        self.heard_ns = now_ns
        packets = self._parser.feed(data)
        for packet in packets:
            if packet.command is PacketKind.CONNECT:
                serial = packet.data.decode(errors="replace").partition("|")[0]
                self.serial = serial if serial.isprintable() and len(serial) <= 64 else ""
        return packets

    def probe(self, now_ns: int) -> None:
        """Ask for a round trip when it is time to."""
        if now_ns - self._asked_ns < (UNANSWERED_NS if self._waiting else PROBE_NS):
            return
        self._asked_ns, self._waiting = now_ns, True
        body = json.dumps({"functionName": PROBE, "value": ""}).encode()
        with contextlib.suppress(OSError):
            self.socket.send(pack(PacketKind.ASK, body, clock.wall_ns() // 1_000_000))

    def answered(self) -> int:
        """Return when the round trip that is answered now was asked for [ns]; 0 when none was."""
        asked_ns = self._asked_ns if self._waiting else 0
        self._waiting = False
        return asked_ns

    def close(self) -> None:
        """Hang up."""
        self.closed = True
        self.socket.close()
