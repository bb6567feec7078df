"""What an operator's connection does: input, telemetry, requests, and how it ends."""

import asyncio
import itertools
import socket

from backend.core import clock
from backend.core.contracts.frame import DeviceFrame
from backend.runtime.bus import AsyncSubscription
from backend.runtime.topics import CONTROL_TICK
from tests.api.house import eventually
from tests.api.site import HELLO, Desk, Operator, Site, connected, next_frame
from tests.recording.streams import robot_state, tick


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
        # The api's own heartbeat comes when it comes.
        while not (later := await ann.next("telemetry"))["processes"]:
            pass
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
