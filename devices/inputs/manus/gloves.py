"""MANUS gloves over ZeroMQ: one bridge, see docs/manus-bridge.md for what it sends."""

from collections import Counter

import zmq

from backend.core import clock
from backend.core.rig.clock_map import ClockMap
from devices.inputs.manus.sample import GloveSample
from devices.inputs.manus.table import GloveTable
from devices.inputs.manus.wire import Refused, Vibrate, decode, encode, unit

MOST_AT_ONCE = 256
"""Messages taken in one poll, so that a flood cannot hold up whoever polls."""
REFUSED_BY_ZMQ_BYTES = 1 << 20
"""A peer that sends more at once is disconnected before it fills the memory."""


class ManusGloves:
    """Keeps the newest sample of every glove of a bridge. Nothing here blocks or raises after `open`.

    Args:
        address: Where the bridge publishes, `tcp://HOST:PORT`; it listens for vibrations on PORT + 1.
    """

    def __init__(self, address: str) -> None:
        self.where = f"a bridge at {address}"
        self._address = address
        self._table = GloveTable()
        self._context: zmq.Context | None = None
        self._data: zmq.Socket | None = None
        self._haptics: zmq.Socket | None = None
        self.clock = ClockMap()
        self.late_ns = 0
        self.received = 0
        self.refused: Counter[str] = Counter()
        self.last_refusal = ""

    def open(self) -> None:
        """Connect; the bridge may start later. Raises ConnectionError for an address that cannot be."""
        host, port = _parts(self._address)
        self._context = zmq.Context()
        self._data = self._context.socket(zmq.SUB)
        self._haptics = self._context.socket(zmq.PUB)
        for socket in (self._data, self._haptics):
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.RECONNECT_IVL, 50)
            socket.setsockopt(zmq.RECONNECT_IVL_MAX, 500)
            # A cable pulled out closes no connection: ask, so that it is opened anew.
            socket.setsockopt(zmq.HEARTBEAT_IVL, 500)
            socket.setsockopt(zmq.HEARTBEAT_TIMEOUT, 1500)
        self._data.setsockopt(zmq.MAXMSGSIZE, REFUSED_BY_ZMQ_BYTES)
        self._data.setsockopt(zmq.SUBSCRIBE, b"")
        self._haptics.setsockopt(zmq.SNDHWM, 8)
        try:
            self._data.connect(f"tcp://{host}:{port}")
            self._haptics.connect(f"tcp://{host}:{port + 1}")
        except zmq.ZMQError as error:
            self.close()
            raise ConnectionError(f"{self._address}: {error}; allowed: tcp://HOST:PORT") from None

    def poll(self) -> tuple[GloveSample, ...]:
        """Take in what has arrived and return the newest sample of every glove, left ones first."""
        now_ns = clock.now_ns()
        for _ in range(MOST_AT_ONCE):
            parts = self._receive()
            if parts is None:
                break
            self.received += 1
            try:
                message = decode(parts)
                self.late_ns = self.clock.add(message.t_ns, now_ns)
                self._table.take(message, now_ns)
            except Refused as why:
                self.refused[why.kind] += 1
                self.last_refusal = f"{self._address}: {why}"
        return self._table.samples(now_ns)

    def vibrate(self, glove: int, fingers: list[float]) -> None:
        """Make a glove vibrate: strength 0 to 1 of thumb, index, middle, ring, pinky; never waits."""
        if self._haptics is None:
            return
        try:
            self._haptics.send(encode(Vibrate(glove, [unit(value) for value in fingers])), zmq.NOBLOCK)
        except zmq.Again:
            return

    def close(self) -> None:
        """Disconnect and forget every glove."""
        for socket in (self._data, self._haptics):
            if socket is not None:
                socket.close(linger=0)
        if self._context is not None:
            self._context.term()
        self._context = self._data = self._haptics = None
        self._table = GloveTable()
        self.clock.reset()

    def _receive(self) -> list[bytes] | None:
        if self._data is None:
            return None
        try:
            return self._data.recv_multipart(zmq.NOBLOCK)
        except zmq.Again:
            return None


def _parts(address: str) -> tuple[str, int]:
    """Return host and port; raises ConnectionError that says what is allowed."""
    scheme, _, rest = address.partition("://")
    host, _, port = rest.rpartition(":")
    if scheme != "tcp" or not host or not port.isdigit() or not 0 < int(port) < 65535:
        raise ConnectionError(f"{address!r} is no address of a glove bridge; allowed: tcp://HOST:PORT")
    return host, int(port)
