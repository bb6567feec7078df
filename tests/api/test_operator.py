"""The operator's WebSocket, through a real uvicorn, with a real arbiter at the other end of the bus."""

import asyncio
import contextlib
import itertools
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import uvicorn
import websockets
from websockets.asyncio.client import ClientConnection

from backend.api.process import MAX_MESSAGE_BYTES, listen, server_config
from backend.core import clock
from backend.core.arbiter.arbiter import Arbiter
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.wire import PROTOCOL
from backend.runtime.bus import AsyncSubscription, Bus
from backend.runtime.topics import CONTROL, CONTROL_TICK, OPERATOR_FRAME
from backend.settings import Settings
from tests.api.conftest import eventually, running
from tests.recording.streams import robot_state, tick

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


async def test_input_frames_reach_the_bus_stamped(site: Site, frames: AsyncSubscription):
    async with site.operator() as ann:
        seq = await connected(ann, frames)
        before_ns = clock.now_ns()
        pose = [0.1, 0.2, 0.3, 0, 0, 0, 1]
        await ann.input(seq + 1000, deadman=True, left={"clutch": True, "pose": pose, "grip": 0.5})
        while (frame := await next_frame(frames)).seq != seq + 1000:
            pass
        assert before_ns <= frame.t_ns <= clock.now_ns()
        assert (frame.driver, frame.deadman, frame.left.clutch) == (ann.id, True, True)
        assert frame.left.pose.tolist() == pose


async def test_telemetry_shows_the_newest_tick_without_its_input_frames(site: Site):
    ticks = site.bus.publisher(CONTROL_TICK)
    async with site.operator() as ann:

        async def publish() -> None:
            for seq in range(10_000):
                now_ns = clock.now_ns()
                frame = DeviceFrame(source="keyboard", driver="ann", t_ns=now_ns, seq=seq, source_t_ns=0)
                ticks.publish(tick(seq, now_ns, 0.0, robot_state(seq, now_ns, 0.0), frames=(frame,)))
                await asyncio.sleep(0.01)

        publishing = asyncio.create_task(publish())
        while (shown := (await ann.next("telemetry")))["tick"] is None:
            pass
        later = await ann.next("telemetry")
        publishing.cancel()
        assert (shown["tick"]["mode"], shown["tick"]["frames"]) == ("ACTIVE", [])
        assert len(shown["tick"]["state"]["q_rad"]) == 43
        assert later["tick"]["seq"] >= shown["tick"]["seq"]
        assert [beat["process"] for beat in later["processes"]] == ["api"]
    ticks.close()


async def test_a_tick_that_stopped_coming_is_not_shown_as_news(site: Site):
    ticks = site.bus.publisher(CONTROL_TICK)
    async with site.operator() as ann:
        long_ago_ns = clock.now_ns() - 10_000_000_000
        for _ in range(20):
            ticks.publish(tick(1, long_ago_ns, 0.0, None))
            assert (await ann.next("telemetry"))["tick"] is None
    ticks.close()


async def test_ping_is_answered_with_the_servers_clock(site: Site):
    async with site.operator() as ann:
        before_ns = clock.now_ns()
        await ann.send(type="ping", client_t_ms=12.5)
        pong = await ann.next("pong")
        assert pong["client_t_ms"] == 12.5
        assert before_ns <= pong["server_t_ns"] <= clock.now_ns()


async def test_an_old_page_is_told_to_reload(site: Site):
    async with site.connect() as connection:
        await connection.send(json.dumps(HELLO | {"protocol": PROTOCOL - 1}))
        error, code = await refusal(connection)
    assert (error["code"], error["fatal"], code) == ("protocol", True, 1002)
    assert "reload" in error["text"]


@pytest.mark.parametrize(
    "first",
    [
        '{"type":"ping","client_t_ms":1}',
        "{nope",
        "[]",
        json.dumps(HELLO | {"name": " "}),
        json.dumps(HELLO | {"name": "x" * 61}),
        json.dumps(HELLO | {"name": "a\nb"}),
    ],
)
async def test_whoever_does_not_say_hello_is_refused(site: Site, first: str):
    async with site.connect() as connection:
        await connection.send(first)
        error, code = await refusal(connection)
    assert (error["fatal"], code) == (True, 1002)
    assert error["text"]


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("{nope", "malformed"),
        ('{"type":"dance"}', "Invalid value 'dance'"),
        ("42", "Expected `object`"),
        ("\x00", "malformed"),
        ('{"type":"input","source":"keyboard","seq":1}', "missing required field `source_t_ns`"),
        (
            '{"type":"input","source":"keyboard","seq":1,"source_t_ns":1,"base_velocity":[NaN,0,0]}',
            "JSON is malformed",
        ),
        (
            '{"type":"input","source":"keyboard","seq":1,"source_t_ns":1,"base_velocity":[null,0,0]}',
            "base_velocity must be finite",
        ),
        ('{"type":"input","source":"keyboard","seq":1,"source_t_ns":1,"left":{"pose":[1,2]}}', "7 numbers"),
        (
            '{"type":"input","source":"keyboard","seq":1,"source_t_ns":1,"left":{"grip":"hard"}}',
            "Expected `float | null`",
        ),
        (json.dumps(HELLO), "hello was said already"),
    ],
)
async def test_a_bad_message_is_named_and_the_connection_lives(
    site: Site, frames: AsyncSubscription, message: str, says: str
):
    async with site.operator() as ann:
        await ann.connection.send(message)
        error = await ann.next("error")
        assert says in error["text"]
        assert error["fatal"] is False
        assert await connected(ann, frames)


async def test_twenty_bad_messages_in_a_row_end_the_connection(site: Site):
    async with site.operator() as ann:
        for _ in range(19):
            await ann.connection.send("{nope")
        await ann.send(type="ping", client_t_ms=1)
        await ann.next("pong")
        for _ in range(20):
            await ann.connection.send("{nope")
        while not (error := await ann.next("error"))["fatal"]:
            pass
        await ann.connection.wait_closed()
        assert (error["code"], ann.connection.close_code) == ("too_many", 1008)


async def test_a_message_that_is_too_large_ends_the_connection(site: Site):
    async with site.operator() as ann:
        await ann.connection.send("x" * (MAX_MESSAGE_BYTES + 1))
        with pytest.raises(websockets.ConnectionClosed):
            await ann.next("error")
        assert ann.connection.close_code == 1009


async def test_a_page_of_another_site_gets_no_connection(site: Site):
    with pytest.raises(websockets.InvalidStatus) as refused:
        async with site.connect(origin="http://evil.example"):
            pass
    assert refused.value.response.status_code == 403
    async with site.connect(origin=f"http://127.0.0.1:{site.port}") as connection:
        await connection.send(json.dumps(HELLO))
        assert json.loads(await connection.recv())["type"] == "welcome"


async def test_the_second_operator_is_told_who_drives_and_gets_it_when_they_leave(site: Site, desk: Desk):
    async with site.operator("Bob") as bob:
        async with site.operator("Ann") as ann:
            assert (await ann.ask("lease.take"))["ok"]
            refused = await bob.ask("lease.take")
            assert refused["ok"] is False
            assert "Ann" in refused["error"]
            assert "Ann" in (await bob.ask("arm"))["error"]
        # Ann's socket has closed, and with it her lease.
        await eventually(lambda: desk.arbiter.lease.driver == "")
        assert (await bob.ask("lease.take"))["ok"]
        assert desk.arbiter.lease.driver == bob.id


async def test_anybody_may_stop(site: Site, desk: Desk):
    async with site.operator("Ann") as ann, site.operator("Bob") as bob:
        assert (await ann.ask("lease.take"))["ok"]
        assert (await bob.ask("stop"))["ok"]
        assert desk.seen[-1].name == "Bob"


async def test_a_lost_connection_gives_the_lease_back(site: Site, desk: Desk):
    async with site.operator("Ann") as ann:
        assert (await ann.ask("lease.take"))["ok"]
        ann.connection.transport.abort()
        await eventually(lambda: desk.arbiter.lease.driver == "")


async def test_a_process_that_is_away_is_named(site: Site):
    async with site.operator() as ann:
        assert (await ann.ask("arm"))["error"] == "the control process is not running"
        assert (await ann.ask("scene.reset"))["error"] == "the world process is not running"
        assert (await ann.ask("record.stop"))["error"] == "the recorder process is not running"


@pytest.mark.parametrize(
    ("kind", "fields", "says"),
    [
        ("dance", {}, "allowed: lease.take"),
        ("record.start", {}, "choose a task first"),
        ("record.start", {"task": "11111111-1111-4111-8111-111111111111"}, "GET /api/tasks"),
        ("record.start", {"task": "11111111-1111-4111-8111-111111111111", "countdown_s": 99}, "0 and 30"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused(site: Site, kind: str, fields: dict, says: str):
    async with site.operator() as ann:
        reply = await ann.ask(kind, **fields)
        assert reply["ok"] is False
        assert says in reply["error"]


async def test_input_does_not_wait_for_a_request(site: Site, frames: AsyncSubscription):
    """A request to a process that is away takes a second; frames pass it."""
    async with site.operator() as ann:
        seq = await connected(ann, frames)
        await ann.send(type="request", id=99, kind="arm")
        await ann.input(seq + 1000)
        while (await next_frame(frames)).seq != seq + 1000:
            pass
        # The reply can only be the next thing we hear if it was not sent before the frame arrived.
        assert (await ann.next("reply"))["id"] == 99


async def test_too_many_open_requests_are_refused(site: Site):
    async with site.operator() as ann:
        for i in range(9):
            await ann.send(type="request", id=i, kind="arm")
        replies = [await ann.next("reply") for _ in range(9)]
        assert [reply["id"] for reply in replies if "still open" in reply["error"]] == [8]


async def test_a_client_that_does_not_read_gets_no_backlog(site: Site):
    """Telemetry that could not be sent is replaced, not queued: a pause of the reader is a gap in it."""
    ticks = site.bus.publisher(CONTROL_TICK)

    async def publish() -> None:
        for seq in range(100_000):
            now_ns = clock.now_ns()
            ticks.publish(tick(seq, now_ns, 0.0, robot_state(seq, now_ns, 0.0)))
            await asyncio.sleep(0.01)

    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", site.port))
    async with site.connect(sock=narrow, max_queue=1) as connection:
        publishing = asyncio.create_task(publish())
        operator = Operator(connection)
        await operator.send(**HELLO)
        await operator.next("telemetry")
        await asyncio.sleep(3.0)
        stamps = [(await operator.next("telemetry"))["t_ns"]]
        while stamps[-1] < clock.now_ns() - 300_000_000:
            stamps.append((await operator.next("telemetry"))["t_ns"])
        publishing.cancel()
    gaps_s = [(after - before) * 1e-9 for before, after in itertools.pairwise(stamps)]
    assert max(gaps_s) > 1.0
    ticks.close()
