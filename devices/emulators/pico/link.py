"""The app's connection to the PC, over a network with delay and jitter."""

import contextlib
import socket
import time
from collections import deque

import numpy as np

from devices.emulators.pico import wire

HEARTBEAT_S = 10.0
RECONNECT_S = 2.0
CONNECT_S = 2.0


class HeadsetClock:
    """The headset's wall clock: ours, off by `offset_s` and running `drift_ppm` too fast."""

    def __init__(self, offset_s: float, drift_ppm: float) -> None:
        self._start_s = time.monotonic()
        self._wall_ns = time.time_ns() + int(offset_s * 1e9)
        self._rate = 1.0 + drift_ppm * 1e-6

    def now_ns(self) -> int:
        """Return the time it shows [ns]."""
        return self._wall_ns + int((time.monotonic() - self._start_s) * self._rate * 1e9)


class Link:
    """Connects, connects again after two seconds, and delivers bytes late but in order.

    Attributes:
        silent: Send nothing and say nothing: the connection stays half-open.
        delay_s, jitter_s: Least delay, and the mean of what comes on top of it.
    """

    def __init__(self, address: tuple[str, int], serial: str, clock: HeadsetClock, seed: int = 0) -> None:
        self.silent = False
        self.delay_s, self.jitter_s = 0.002, 0.001
        self._address, self._serial, self._clock = address, serial, clock
        self._rng = np.random.default_rng(seed)
        self._socket: socket.socket | None = None
        self._abandoned: list[socket.socket] = []
        self._again_s = 0.0
        self._heartbeat_s = 0.0
        self._last_due_s = 0.0
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._received = b""

    @property
    def connected(self) -> bool:
        """Whether there is a connection."""
        return self._socket is not None

    def send(self, command: int, data: bytes) -> None:
        """Put a packet on its way, stamped now."""
        if self._socket is None or self.silent:
            return
        late_s = self.delay_s + float(self._rng.exponential(self.jitter_s))
        self._last_due_s = max(self._last_due_s, time.monotonic() + late_s)
        packet = wire.packet(command, data, self._clock.now_ns() // 1_000_000)
        self._waiting.append((self._last_due_s, packet))

    def turn(self) -> float:
        """Connect, deliver what is due, and answer; return the seconds until something is due."""
        now_s = time.monotonic()
        if self._socket is None and now_s >= self._again_s:
            self._connect()
        if self._socket is not None:
            if now_s - self._heartbeat_s > HEARTBEAT_S:
                self._heartbeat_s = now_s
                self.send(wire.HEARTBEAT, self._serial.encode())
            self._deliver(now_s)
            self._listen()
        return max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else 1.0

    def hang_up(self) -> None:
        """Close the connection; it is made again after two seconds."""
        if self._socket is not None:
            self._socket.close()
        self._forget()

    def restart(self) -> None:
        """Connect anew at once, and leave the old connection open and silent: a headset that crashed."""
        if self._socket is not None:
            self._abandoned.append(self._socket)
        self._forget()
        self._again_s = 0.0

    def close(self) -> None:
        """End every connection."""
        self.hang_up()
        for peer in self._abandoned:
            peer.close()

    def _connect(self) -> None:
        try:
            self._socket = socket.create_connection(self._address, CONNECT_S)
        except OSError:
            self._forget()
            return
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send(wire.CONNECT, f"{self._serial}|-1".encode())
        self.send(wire.VERSION, f"{self._serial}|1.0|emulator".encode())

    def _forget(self) -> None:
        self._socket = None
        self._again_s = time.monotonic() + RECONNECT_S
        self._waiting.clear()
        self._received = b""

    def _deliver(self, now_s: float) -> None:
        while self._socket is not None and self._waiting and self._waiting[0][0] <= now_s:
            try:
                # A packet is far smaller than the socket's buffer; a full buffer is a dead network.
                self._socket.sendall(self._waiting.popleft()[1])
            except OSError:
                self.hang_up()

    def _listen(self) -> None:
        if self._socket is None:
            return
        with contextlib.suppress(BlockingIOError):
            try:
                data = self._socket.recv(4096)
            except BlockingIOError:
                raise
            except OSError:
                data = b""
            if not data:
                self.hang_up()
                return
            packets, self._received = wire.split(self._received + data)
            for command, body in packets:
                if command == wire.ASK and b"timeTest" in body:
                    self.send(wire.FUNCTION, b"timeTest")
