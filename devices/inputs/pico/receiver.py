"""Listens for headsets, and gives the samples of one of them.

The headset that sends first is the one. Another one waits until the first has been silent for half a
second, or has gone; the same headset on a new connection takes its place at once, because its old
connection is dead.
"""

import contextlib
import selectors
import socket

import structlog

from backend.core import clock
from backend.core.rig.clock_map import ClockMap
from devices.inputs.pico.connection import PROBE, Connection
from devices.inputs.pico.discovery import Discovery
from devices.inputs.pico.protocol import Packet, PacketKind
from devices.inputs.pico.tracking import Sample, function_of, sample_of

SILENT_NS = 500_000_000
"""A headset that sent tracking data and has sent none for this long is half-open: nobody hears it go."""
GONE_NS = 25_000_000_000
"""A connection without a heartbeat, which comes every ten seconds, is closed after this."""
MOST = 4
"""Connections at a time."""

log = structlog.get_logger("pico")


class Receiver:
    """A `SampleSource` over TCP.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        announce_to: Where to announce it, instead of on every network; for tests.
    """

    def __init__(self, host: str, port: int, announce_to: tuple[str, int] | None = None) -> None:
        self._host, self._port, self._announce_to = host, port, announce_to
        self.clock = ClockMap()
        self.mirrored = False
        self.session = 0
        self.headset = ""
        self._selector: selectors.BaseSelector | None = None
        self._listener: socket.socket | None = None
        self._discovery: Discovery | None = None
        self._connections: list[Connection] = []
        self._chosen: Connection | None = None
        self._dropped = 0
        self._refused = 0

    def open(self) -> None:
        """Listen; raises ConnectionError with what to do."""
        try:
            self._listener = socket.create_server((self._host, self._port), backlog=MOST)
        except OSError as error:
            raise ConnectionError(
                f"cannot listen on {self._host}:{self._port}: {error.strerror}. Another receiver of the "
                "headset app may run; stop it, or choose another address with BUNRAKU_PICO_HOST."
            ) from error
        self._listener.setblocking(False)
        self._port = self._listener.getsockname()[1]
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._discovery = Discovery(self._host, self._port, self._announce_to)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port

    def fileno(self) -> int:
        """Return a descriptor that is readable when a connection or data is there."""
        return self._selector.fileno()

    def read(self, now_ns: int) -> list[Sample]:
        """Return the samples that have arrived; oldest first."""
        self._discovery.turn(now_ns)
        samples: list[Sample] = []
        for key, _ in self._selector.select(0):
            if key.data is None:
                self._accept(now_ns)
            else:
                samples += self._read(key.data)
        for connection in tuple(self._connections):
            connection.probe(now_ns)
            if connection.closed or now_ns - connection.heard_ns > GONE_NS:
                self._drop(connection)
        return samples

    def state(self, now_ns: int) -> str:
        """Return `ok`, or what is wrong and what to do."""
        chosen = self._chosen
        if chosen is None or not chosen.tracked_ns:
            if self._connections:
                return "The headset is connected but sends no tracking data: switch Send on in its app."
            where = f"Listening on {self._host}:{self._port}"
            if self._host.startswith("127."):
                return (
                    f"{where}: only this machine and USB can connect. For Wi-Fi, set BUNRAKU_PICO_HOST to "
                    "0.0.0.0 on a network you trust."
                )
            return f"{where}. Start the app in the headset and choose this machine's address."
        silence_ns = now_ns - chosen.tracked_ns
        if silence_ns >= SILENT_NS:
            return (
                f"The headset has been silent for {silence_ns / 1e9:.1f} s. Is it worn, awake and on the "
                "same network? It is taken up again as soon as it is heard."
            )
        return "ok"

    def notes(self, now_ns: int) -> tuple[str, ...]:
        """Return who else is connected."""
        notes = []
        waiting = [c for c in self._connections if c is not self._chosen and c.tracked_ns]
        if waiting:
            names = ", ".join(c.serial or c.address for c in waiting)
            notes.append(f"Another headset is waiting: {names}. It may begin when the first one stops.")
        if self._refused:
            notes.append(f"{self._refused} connections were refused; allowed: {MOST} at a time.")
        return tuple(notes)

    @property
    def dropped(self) -> int:
        """Bytes of all connections that made no sense."""
        return self._dropped + sum(connection.dropped for connection in self._connections)

    def close(self) -> None:
        """Hang up and stop listening."""
        for connection in tuple(self._connections):
            self._drop(connection)
        for part in (self._listener, self._selector, self._discovery):
            if part is not None:
                part.close()

    def _accept(self, now_ns: int) -> None:
        with contextlib.suppress(OSError):
            peer, (address, _) = self._listener.accept()
            if len(self._connections) >= MOST:
                self._refused += 1
                peer.close()
                return
            connection = Connection(peer, address, now_ns)
            self._connections.append(connection)
            self._selector.register(peer, selectors.EVENT_READ, connection)
            log.info("headset connected", address=address)

    def _drop(self, connection: Connection) -> None:
        self._selector.unregister(connection.socket)
        connection.close()
        self._dropped += connection.dropped
        self._connections.remove(connection)
        if connection is self._chosen:
            self._chosen = None
        log.info("headset disconnected", address=connection.address, serial=connection.serial)

    def _read(self, connection: Connection) -> list[Sample]:
        # Stamped here: what was read before took its time.
        now_ns = clock.now_ns()
        samples = []
        for packet in connection.read(now_ns):
            if packet.command is PacketKind.FUNCTION:
                sample = self._function(connection, packet, now_ns)
                if sample is not None:
                    samples.append(sample)
        return samples

    def _function(self, connection: Connection, packet: Packet, now_ns: int) -> Sample | None:
        if packet.data == PROBE.encode():
            asked_ns = connection.answered()
            if asked_ns and connection is self._chosen:
                self.clock.add_round_trip(asked_ns, now_ns)
            return None
        name, value = function_of(packet.data)
        if name != "Tracking":
            return None
        sample = sample_of(value, self.mirrored, now_ns, packet.timestamp_ms)
        if sample is None:
            return None
        chosen = self._choose(connection, now_ns)
        connection.tracked_ns = now_ns
        return sample if chosen else None

    def _choose(self, connection: Connection, now_ns: int) -> bool:
        """Return whether this connection is the one that counts."""
        chosen = self._chosen
        if chosen is connection:
            return True
        if chosen is not None:
            again = bool(connection.serial) and connection.serial == chosen.serial
            if not again and now_ns - chosen.tracked_ns < SILENT_NS:
                return False
            if again:
                chosen.closed = True
        self._chosen, self.headset = connection, connection.serial
        self.session += 1
        self.clock.reset()
        return True
