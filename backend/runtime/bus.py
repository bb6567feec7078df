"""The bus between processes: ZeroMQ over local sockets, one socket file per topic and publisher.

Publishing never blocks: a slow reader loses messages, and notices by their sequence numbers. Every
message is one part, so that `newest` can be kept by ZeroMQ itself: header length, header, payload.
"""

import struct
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import zmq
import zmq.asyncio

from backend.core.contracts.record import msgpack_decoder, to_msgpack
from backend.runtime.topics import Service, Topic

_LENGTH = struct.Struct("<I")
CONNECT_S = 0.5
"""A local socket that does not connect within this time has no process behind it."""


class ServiceUnavailable(Exception):
    """The process that answers a service is not running or did not answer in time."""


class Publisher:
    """Publishes one topic. `publish` never blocks."""

    def __init__(self, socket: zmq.Socket) -> None:
        self._socket = socket

    def publish(self, record: Any, payload: bytes | memoryview = b"") -> None:
        """Send a record and, beside it, raw bytes such as pixels."""
        header = to_msgpack(record)
        message = b"".join((_LENGTH.pack(len(header)), header, payload))
        try:
            self._socket.send(message, zmq.NOBLOCK)
        except zmq.Again:
            return

    def close(self) -> None:
        """Release the socket."""
        self._socket.close(linger=0)


class Subscription:
    """Reads one topic without blocking."""

    def __init__(self, socket: zmq.Socket, kind: Any) -> None:
        self._socket = socket
        self._decoder = msgpack_decoder(kind)
        self.newest: Any = None
        """The last record received, or None."""

    def _decode(self, message: bytes) -> tuple[Any, memoryview]:
        (length,) = _LENGTH.unpack_from(message)
        view = memoryview(message)
        self.newest = self._decoder.decode(view[4 : 4 + length])
        return self.newest, view[4 + length :]

    def poll(self) -> tuple[Any, memoryview] | None:
        """Return the next message and its payload, or None when there is none."""
        try:
            return self._decode(self._socket.recv(zmq.NOBLOCK))
        except zmq.Again:
            return None

    def drain(self) -> list[Any]:
        """Return every record that is waiting, oldest first."""
        records = []
        while (message := self.poll()) is not None:
            records.append(message[0])
        return records

    def wait(self, timeout_s: float) -> tuple[Any, memoryview] | None:
        """Wait for the next message; None after `timeout_s`."""
        if self._socket.poll(int(timeout_s * 1000)):
            return self.poll()
        return None

    def close(self) -> None:
        """Release the socket."""
        self._socket.close(linger=0)


class AsyncSubscription(Subscription):
    """Reads one topic from asyncio."""

    async def recv(self) -> tuple[Any, memoryview]:
        """Wait for the next message and its payload."""
        return self._decode(await self._socket.recv())


class Server:
    """Answers a service from a loop that must not block."""

    def __init__(self, socket: zmq.Socket, service: Service) -> None:
        self._socket = socket
        self._decoder = msgpack_decoder(service.request)

    def poll(self, answer: Callable[[Any], Any], refuse: Callable[[str], Any]) -> int:
        """Answer every waiting request with `answer(request)`; malformed ones with `refuse(why)`."""
        served = 0
        while True:
            try:
                identity, request_id, body = self._socket.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return served
            except ValueError:
                continue
            try:
                reply = answer(self._decoder.decode(body))
            except msgspec.ValidationError as error:
                reply = refuse(str(error))
            self._socket.send_multipart((identity, request_id, to_msgpack(reply)), zmq.NOBLOCK)
            served += 1

    def close(self) -> None:
        """Release the socket."""
        self._socket.close(linger=0)


class AsyncServer(Server):
    """Answers a service from asyncio."""

    async def serve(self, answer: Callable[[Any], Any], refuse: Callable[[str], Any]) -> None:
        """Answer requests for ever with the coroutine `answer(request)`."""
        while True:
            identity, request_id, body = await self._socket.recv_multipart()
            try:
                reply = await answer(self._decoder.decode(body))
            except msgspec.ValidationError as error:
                reply = refuse(str(error))
            await self._socket.send_multipart((identity, request_id, to_msgpack(reply)))


class Bus:
    """Opens publishers, subscriptions and services under one run directory."""

    def __init__(self, run_dir: Path) -> None:
        run_dir.mkdir(parents=True, exist_ok=True)
        self._run_dir = run_dir
        self._context = zmq.Context.instance()
        self._async_context: zmq.asyncio.Context | None = None

    def _endpoint(self, name: str, key: str) -> str:
        return f"ipc://{self._run_dir}/{name}{'.' + key if key else ''}"

    def _asyncio(self) -> zmq.asyncio.Context:
        if self._async_context is None:
            self._async_context = zmq.asyncio.Context.instance()
        return self._async_context

    def publisher(self, topic: Topic, key: str = "") -> Publisher:
        """Open the only publisher of `topic` and `key` on this machine."""
        socket = self._context.socket(zmq.PUB)
        if topic.delivery == "newest":
            # Here too, or the newest would be dropped while older ones wait to be sent.
            socket.setsockopt(zmq.CONFLATE, 1)
        else:
            socket.setsockopt(zmq.SNDHWM, topic.depth)
        socket.bind(self._endpoint(topic.name, key))
        return Publisher(socket)

    def _connect(self, context: zmq.Context, topic: Topic, key: str) -> zmq.Socket:
        socket = context.socket(zmq.SUB)
        if topic.delivery == "newest":
            socket.setsockopt(zmq.CONFLATE, 1)
        else:
            socket.setsockopt(zmq.RCVHWM, topic.depth)
        socket.setsockopt(zmq.RECONNECT_IVL, 50)
        socket.setsockopt(zmq.RECONNECT_IVL_MAX, 500)
        socket.setsockopt(zmq.SUBSCRIBE, b"")
        socket.connect(self._endpoint(topic.name, key))
        return socket

    def subscribe(self, topic: Topic, key: str = "") -> Subscription:
        """Read `topic`; the publisher may start later or restart."""
        return Subscription(self._connect(self._context, topic, key), topic.kind)

    def subscribe_async(self, topic: Topic, key: str = "") -> AsyncSubscription:
        """Read `topic` from asyncio."""
        return AsyncSubscription(self._connect(self._asyncio(), topic, key), topic.kind)

    def serve(self, service: Service) -> Server:
        """Answer `service` from a polling loop."""
        socket = self._context.socket(zmq.ROUTER)
        socket.bind(self._endpoint("service", service.name))
        return Server(socket, service)

    def serve_async(self, service: Service) -> AsyncServer:
        """Answer `service` from asyncio."""
        socket = self._asyncio().socket(zmq.ROUTER)
        socket.bind(self._endpoint("service", service.name))
        return AsyncServer(socket, service)

    def _dial(self, context: zmq.Context, service: Service) -> zmq.Socket:
        socket = context.socket(zmq.DEALER)
        # A request must never wait for a process that starts later and then act on it.
        socket.setsockopt(zmq.IMMEDIATE, 1)
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect(self._endpoint("service", service.name))
        return socket

    def call(self, service: Service, request: Any, timeout_s: float = 1.0) -> Any:
        """Send a request and wait for its reply; raises ServiceUnavailable."""
        socket = self._dial(self._context, service)
        try:
            request_id = uuid.uuid4().bytes
            if not socket.poll(int(min(timeout_s, CONNECT_S) * 1000), zmq.POLLOUT):
                raise ServiceUnavailable(f"the {service.name} process is not running")
            socket.send_multipart((request_id, to_msgpack(request)))
            if not socket.poll(int(timeout_s * 1000)):
                raise ServiceUnavailable(f"the {service.name} process did not answer in {timeout_s:g} s")
            return msgpack_decoder(service.reply).decode(socket.recv_multipart()[1])
        finally:
            socket.close()

    async def call_async(self, service: Service, request: Any, timeout_s: float = 1.0) -> Any:
        """Send a request from asyncio and await its reply; raises ServiceUnavailable."""
        socket = self._dial(self._asyncio(), service)
        try:
            request_id = uuid.uuid4().bytes
            if not await socket.poll(int(min(timeout_s, CONNECT_S) * 1000), zmq.POLLOUT):
                raise ServiceUnavailable(f"the {service.name} process is not running")
            await socket.send_multipart((request_id, to_msgpack(request)))
            if not await socket.poll(int(timeout_s * 1000)):
                raise ServiceUnavailable(f"the {service.name} process did not answer in {timeout_s:g} s")
            return msgpack_decoder(service.reply).decode((await socket.recv_multipart())[1])
        finally:
            socket.close()
