"""An operator without a browser: speaks the page's WebSocket protocol and drives at a steady rate."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from backend.core import clock
from backend.core.contracts.record import json_decoder, to_json
from backend.core.contracts.wire import (
    PROTOCOL,
    ClientRequest,
    Hello,
    InputFrame,
    RequestReply,
    ServerMessage,
    Telemetry,
    Welcome,
    WireError,
)


class Operator:
    """One connection to the api. Use it as a context manager."""

    def __init__(self, url: str, name: str = "Tester", rate_hz: float = 60.0) -> None:
        """Connect and say hello.

        Args:
            url: Address of the page.
            name: Display name.
            rate_hz: Rate of the input frames that `drive` sends.
        """
        self._socket = connect(f"ws{url.removeprefix('http')}/api/ws", max_size=None, compression=None)
        self._decoder = json_decoder(ServerMessage)
        self._period_s = 1.0 / rate_hz
        self._channels: Callable[[], dict[str, Any]] | None = None
        self._seq = 0
        self._next_id = 0
        self._replies: dict[int, RequestReply] = {}
        self._changed = threading.Condition()
        self._send_lock = threading.Lock()
        self._closing = False
        self.client = ""
        self.telemetry: Telemetry | None = None
        self.errors: list[WireError] = []
        self._send(Hello(protocol=PROTOCOL, name=name))
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._read, self._write)]
        for thread in self._threads:
            thread.start()
        self.wait(lambda: self.client, 10.0)

    def __enter__(self) -> "Operator":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(self, kind: str, timeout_s: float = 10.0, **fields: Any) -> RequestReply:
        """Send a request and return its reply."""
        self._next_id += 1
        request_id = self._next_id
        self._send(ClientRequest(id=request_id, kind=kind, **fields))
        self.wait(lambda: request_id in self._replies, timeout_s)
        return self._replies.pop(request_id)

    def take_and_arm(self) -> None:
        """Take control and arm, as soon as the robot allows it; raises AssertionError otherwise."""
        self.wait(lambda: self.tick is not None and self.tick.state is not None, 30.0)
        for kind in ("lease.take", "arm"):
            reply = self.request(kind)
            assert reply.ok, f"{kind}: {reply.error}"

    def drive(self, now: Callable[[], dict[str, Any]] | None = None, **channels: Any) -> None:
        """Hold the deadman and send input frames from now on, until `rest`.

        Args:
            now: Returns the fields of the next `InputFrame`, for motion that varies.
            **channels: Fields of every `InputFrame`.
        """
        self._channels = now or (lambda: channels)

    def rest(self) -> None:
        """Let go of the deadman and send nothing more."""
        self._channels = None
        self._send_frame(deadman=False, moving=False)

    def vanish(self) -> None:
        """Stop sending without letting go, as a lost network does."""
        self._channels = None

    @property
    def tick(self) -> Any:
        """The newest tick shown, or None."""
        return self.telemetry.tick if self.telemetry else None

    def wait(self, condition: Callable[[], Any], timeout_s: float) -> None:
        """Wait until `condition` holds; raises TimeoutError with the newest tick otherwise."""
        with self._changed:
            if not self._changed.wait_for(condition, timeout_s):
                tick = self.tick
                seen = f"{tick.mode}: {tick.reason}" if tick else "no tick"
                raise TimeoutError(
                    f"not within {timeout_s:g} s; last seen: {seen}; errors: {self.errors[-3:]}"
                )

    def close(self) -> None:
        """Close the connection."""
        self._closing = True
        self._socket.close()
        for thread in self._threads:
            thread.join(5.0)

    def _send(self, message: Any) -> None:
        with self._send_lock:
            self._socket.send(to_json(message).decode())

    def _send_frame(self, **channels: Any) -> None:
        self._seq += 1
        now_ns = clock.now_ns()
        self._send(InputFrame(source="keyboard", seq=self._seq, source_t_ns=now_ns, **channels))

    def _write(self) -> None:
        next_s = time.monotonic()
        with contextlib.suppress(ConnectionClosed):
            while not self._closing:
                if (channels := self._channels) is not None:
                    self._send_frame(deadman=True, moving=True, **channels())
                next_s = max(next_s + self._period_s, time.monotonic() - self._period_s)
                time.sleep(max(0.0, next_s - time.monotonic()))

    def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            for text in self._socket:
                self._take_in(self._decoder.decode(text))

    def _take_in(self, message: Any) -> None:
        with self._changed:
            match message:
                case Telemetry():
                    self.telemetry = message
                case RequestReply():
                    self._replies[message.id] = message
                case Welcome():
                    self.client = message.client
                case WireError():
                    self.errors.append(message)
            self._changed.notify_all()
