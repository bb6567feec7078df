"""The app served by a real uvicorn, clients of its WebSocket, and an arbiter at the other end of the bus."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import uvicorn
import websockets
from websockets.asyncio.client import ClientConnection

from backend.api.process import listen, server_config
from backend.core import clock
from backend.core.arbiter.arbiter import Arbiter
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.wire import PROTOCOL
from backend.runtime.bus import AsyncSubscription, Bus
from backend.runtime.topics import CONTROL, OPERATOR_FRAME
from backend.settings import Settings
from tests.api.house import eventually, running

HELLO = {"type": "hello", "protocol": PROTOCOL, "name": "Ann"}


@dataclass
class Desk:
    """The request side of the control process: its own arbiter, answering over the bus."""

    arbiter: Arbiter = field(default_factory=Arbiter)
    seen: list[ControlRequest] = field(default_factory=list)

    async def answer(self, request: ControlRequest) -> Reply:
        self.seen.append(request)
        return self.arbiter.handle(request, clock.now_ns())


@dataclass
class Site:
    """A served app."""

    port: int
    bus: Bus

    @contextlib.asynccontextmanager
    async def connect(self, **options: object) -> AsyncIterator[ClientConnection]:
        async with websockets.connect(f"ws://127.0.0.1:{self.port}/api/ws", **options) as connection:
            yield connection

    @contextlib.asynccontextmanager
    async def operator(self, name: str = "Ann") -> AsyncIterator["Operator"]:
        async with self.connect() as connection:
            operator = Operator(connection)
            await operator.send(**HELLO | {"name": name})
            operator.id = (await operator.next("welcome"))["client"]
            yield operator


@dataclass
class Operator:
    """A client of the page's protocol."""

    connection: ClientConnection
    id: str = ""
    _requests: int = 0

    async def send(self, **message: object) -> None:
        await self.connection.send(json.dumps(message))

    async def next(self, kind: str) -> dict:
        """Return the next message of a kind; others are passed over."""
        async with asyncio.timeout(20):
            while True:
                message = json.loads(await self.connection.recv())
                if message["type"] == kind:
                    return message

    async def ask(self, kind: str, **fields: object) -> dict:
        self._requests += 1
        await self.send(type="request", id=self._requests, kind=kind, **fields)
        while (reply := await self.next("reply"))["id"] != self._requests:
            pass
        return reply

    async def input(self, seq: int, **fields: object) -> None:
        await self.send(**{"type": "input", "source": "keyboard", "seq": seq, "source_t_ns": seq, **fields})


@pytest.fixture
async def site(sqlite_settings: Settings) -> AsyncIterator[Site]:
    async with running(sqlite_settings) as app:
        listener = listen("127.0.0.1", 0)
        config = server_config(app)
        config.lifespan = "off"
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        await eventually(lambda: server.started)
        yield Site(listener.getsockname()[1], app.state.parts.bus)
        server.should_exit = True
        await serving


@pytest.fixture
async def desk(site: Site) -> AsyncIterator[Desk]:
    made = Desk()
    server = site.bus.serve_async(CONTROL)
    serving = asyncio.create_task(server.serve(made.answer, lambda why: Reply(ok=False, error=why)))
    yield made
    serving.cancel()
    server.close()


@pytest.fixture
async def frames(site: Site) -> AsyncIterator[AsyncSubscription]:
    subscription = site.bus.subscribe_async(OPERATOR_FRAME)
    yield subscription
    subscription.close()


async def next_frame(frames: AsyncSubscription) -> DeviceFrame:
    return (await asyncio.wait_for(frames.recv(), 20))[0]


async def connected(operator: Operator, frames: AsyncSubscription) -> int:
    """Send frames until one has come through, since a subscription takes a moment; return its seq."""
    seq = 0
    while True:
        seq += 1
        await operator.input(seq)
        with contextlib.suppress(TimeoutError):
            return (await asyncio.wait_for(frames.recv(), 0.1))[0].seq


async def refusal(connection: ClientConnection) -> tuple[dict, int]:
    """Return the error a connection ends with, and its close code."""
    message = json.loads(await connection.recv())
    await connection.wait_closed()
    return message, connection.close_code
