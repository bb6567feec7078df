"""/api/ws: the operator's connection. Input frames go straight to the bus, requests are answered."""

import asyncio
import contextlib
import secrets

import msgspec
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from backend.api.client import Client
from backend.api.dependencies import Parts
from backend.api.input_gate import InputGate
from backend.api.requests import answer_request
from backend.api.version import VERSION
from backend.core import clock
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.record import json_decoder, to_json
from backend.core.contracts.video import VideoRequest
from backend.core.contracts.wire import (
    PROTOCOL,
    ClientMessage,
    ClientRequest,
    Hello,
    InputFrame,
    Ping,
    Pong,
    RequestReply,
    Welcome,
    WireError,
)
from backend.runtime.topics import CONTROL, VIDEO

router = APIRouter()

HELLO_TIMEOUT_S = 5.0
LEAVE_TIMEOUT_S = 0.5
MAX_BAD = 20
MAX_OPEN_REQUESTS = 8
MAX_NAME = 60
PROTOCOL_ERROR, POLICY_VIOLATION = 1002, 1008
ALLOWED = "allowed: hello, input, request, ping; see docs/architecture.md"

_decoder = json_decoder(ClientMessage)


def decode(text: str | bytes) -> Hello | InputFrame | ClientRequest | Ping | WireError:
    """Return the message, or a WireError that says what is wrong with it."""
    try:
        return _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return WireError(code="malformed", text=f"{error}; {ALLOWED}")


async def receive(socket: WebSocket) -> str | bytes:
    """Return the next message; raises WebSocketDisconnect."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    return message.get("text") or message.get("bytes") or b""


async def refuse(socket: WebSocket, code: str, text: str, close: int) -> None:
    """Say why, and close."""
    await socket.send_text(to_json(WireError(code=code, text=text, fatal=True)).decode())
    await socket.close(close)


async def greet(socket: WebSocket) -> Client | None:
    """Wait for a hello this version understands; None when the client was refused."""
    try:
        hello = decode(await asyncio.wait_for(receive(socket), HELLO_TIMEOUT_S))
    except TimeoutError:
        await refuse(socket, "hello", f"no hello within {HELLO_TIMEOUT_S:g} s", PROTOCOL_ERROR)
        return None
    if not isinstance(hello, Hello):
        text = hello.text if isinstance(hello, WireError) else "the first message must be hello"
        await refuse(socket, "hello", text, PROTOCOL_ERROR)
        return None
    if hello.protocol != PROTOCOL:
        text = f"this page speaks protocol {hello.protocol}, the server {PROTOCOL}; reload the page"
        await refuse(socket, "protocol", text, PROTOCOL_ERROR)
        return None
    name = hello.name.strip()
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        await refuse(socket, "name", f"a name has 1 to {MAX_NAME} printable characters", PROTOCOL_ERROR)
        return None
    return Client(socket, secrets.token_hex(8), name)


class Operator:
    """The receiving side of one WebSocket."""

    def __init__(self, parts: Parts, client: Client) -> None:
        self._parts = parts
        self._client = client
        self._gate = InputGate(client.id)
        self._bad = 0
        self._requests: set[asyncio.Task[None]] = set()

    async def read(self, socket: WebSocket) -> None:
        """Handle messages until the client leaves or sends too much that makes no sense."""
        while True:
            text = await receive(socket)
            problem = self._handle(decode(text), clock.now_ns())
            if problem is None:
                self._bad = 0
                continue
            self._bad += 1
            if self._bad >= MAX_BAD:
                await refuse(socket, "too_many", f"{MAX_BAD} bad messages in a row", POLICY_VIOLATION)
                return
            self._client.post(problem)

    def _handle(
        self, message: Hello | InputFrame | ClientRequest | Ping | WireError, now_ns: int
    ) -> WireError | None:
        if isinstance(message, InputFrame):
            frame = self._gate.admit(message, now_ns)
            if isinstance(frame, WireError):
                return frame
            self._parts.frames.publish(frame)
        elif isinstance(message, Ping):
            self._client.post(Pong(client_t_ms=message.client_t_ms, server_t_ns=now_ns))
        elif isinstance(message, ClientRequest):
            self._begin(message)
        elif isinstance(message, WireError):
            return message
        else:
            return WireError(code="hello", text=f"hello was said already; {ALLOWED}")
        return None

    def _begin(self, request: ClientRequest) -> None:
        """Answer beside the input frames, which must not wait for it."""
        if len(self._requests) >= MAX_OPEN_REQUESTS:
            error = f"{MAX_OPEN_REQUESTS} requests are still open; wait for their answers"
            self._client.post(RequestReply(id=request.id, ok=False, error=error))
            return
        task = asyncio.create_task(self._answer(request))
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _answer(self, request: ClientRequest) -> None:
        self._client.post(await answer_request(self._parts, self._client, request))

    async def leave(self) -> None:
        """Give the lease back and close the client's video; both end by themselves when nobody answers."""
        release = ControlRequest(kind="lease.release", driver=self._client.id, reason="connection closed")
        close = VideoRequest(kind="close", client=self._client.id)
        call = self._parts.bus.call_async
        await asyncio.gather(
            call(CONTROL, release, LEAVE_TIMEOUT_S),
            call(VIDEO, close, LEAVE_TIMEOUT_S),
            return_exceptions=True,
        )


@router.websocket("/api/ws")
async def operate(socket: WebSocket) -> None:
    """Serve one client from hello to the end of its connection."""
    parts: Parts = socket.app.state.parts
    await socket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        client = await greet(socket)
        if client is None:
            return
        client.post(Welcome(protocol=PROTOCOL, client=client.id, version=VERSION))
        parts.clients.join(client)
        operator = Operator(parts, client)
        writer = asyncio.create_task(client.write())
        try:
            await operator.read(socket)
        finally:
            writer.cancel()
            parts.clients.leave(client)
            await operator.leave()
