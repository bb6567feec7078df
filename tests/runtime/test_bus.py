"""The bus: nothing blocks, newest is newest, and a service that is down says so."""

import threading
import time

import msgspec
import pytest
import zmq

from backend.core.contracts.health import ControlRequest, Heartbeat, Reply
from backend.core.contracts.video import CameraFrame
from backend.runtime.bus import Bus, ServiceUnavailable, Subscription
from backend.runtime.topics import CAMERA_FRAME, CONTROL, Service, Topic

QUEUE = Topic("test.queue", Heartbeat, 100, "queue", depth=100)
NEWEST = Topic("test.newest", Heartbeat, 100, "newest")


def beat(number: int) -> Heartbeat:
    return Heartbeat(process="test", pid=1, t_ns=number, started_ns=0)


def await_connection(publisher, *subscriptions: Subscription) -> None:
    """Publish until every subscription receives; connecting takes a moment."""
    waiting = list(subscriptions)
    for _ in range(500):
        publisher.publish(beat(-1))
        time.sleep(0.01)
        waiting = [subscription for subscription in waiting if subscription.poll() is None]
        if not waiting:
            break
    assert not waiting
    time.sleep(0.05)
    for subscription in subscriptions:
        subscription.drain()


def test_a_reader_that_never_reads_blocks_nobody(bus: Bus):
    publisher = bus.publisher(QUEUE)
    asleep, awake = bus.subscribe(QUEUE), bus.subscribe(QUEUE)
    await_connection(publisher, asleep, awake)
    received = []
    for number in range(20_000):
        publisher.publish(beat(number))
        received += [record.t_ns for record in awake.drain()]
    while awake.wait(0.2) is not None:
        received.append(awake.newest.t_ns)
    assert len(received) > 1000
    assert received == sorted(received)
    publisher.publish(beat(20_000))
    assert awake.wait(5.0)[0].t_ns == 20_000, "a reader that has caught up gets the next message"
    kept = [record.t_ns for record in asleep.drain()]
    assert 0 < len(kept) < 20_000, "the queue of a reader that sleeps must be bounded"
    assert kept == sorted(kept)


def test_newest_is_the_newest_and_only_one(bus: Bus):
    publisher = bus.publisher(NEWEST)
    subscription = bus.subscribe(NEWEST)
    await_connection(publisher, subscription)
    for number in range(1000):
        publisher.publish(beat(number))
        time.sleep(1e-5)
    time.sleep(0.2)
    assert [record.t_ns for record in subscription.drain()] == [999]


def test_pixels_travel_beside_the_header(bus: Bus):
    publisher = bus.publisher(CAMERA_FRAME, "head")
    subscription = bus.subscribe(CAMERA_FRAME, "head")
    header = CameraFrame(camera="head", t_ns=1, seq=2, width=4, height=2, fps=30.0)
    pixels = bytes(range(24))
    for _ in range(500):
        publisher.publish(header, pixels)
        if (message := subscription.wait(0.01)) is not None:
            break
    assert message is not None
    assert message[0] == header
    assert bytes(message[1]) == pixels


def test_a_publisher_may_restart(bus: Bus):
    first = bus.publisher(NEWEST)
    subscription = bus.subscribe(NEWEST)
    await_connection(first, subscription)
    first.close()
    second = bus.publisher(NEWEST)
    await_connection(second, subscription)
    second.publish(beat(7))
    assert subscription.wait(5.0)[0].t_ns == 7


def test_a_service_that_is_down_is_named(bus: Bus):
    with pytest.raises(ServiceUnavailable, match="control process is not running"):
        bus.call(CONTROL, ControlRequest(kind="arm", driver="d"), timeout_s=0.1)


def test_a_request_never_reaches_a_process_that_starts_later(bus: Bus):
    with pytest.raises(ServiceUnavailable):
        bus.call(CONTROL, ControlRequest(kind="arm", driver="late"), timeout_s=0.1)
    server = bus.serve(CONTROL)
    heard: list[ControlRequest] = []
    for _ in range(30):
        server.poll(lambda request: heard.append(request) or Reply(ok=True), lambda why: Reply(ok=False))
        time.sleep(0.01)
    assert heard == []


def test_a_silent_service_is_named_too(bus: Bus):
    server = bus.serve(CONTROL)
    with pytest.raises(ServiceUnavailable, match="did not answer"):
        bus.call(CONTROL, ControlRequest(kind="arm", driver="d"), timeout_s=0.3)
    server.close()


def test_requests_are_answered_and_malformed_ones_refused(bus: Bus):
    server = bus.serve(CONTROL)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.poll(
                lambda request: Reply(ok=True, detail={"kind": request.kind}),
                lambda why: Reply(ok=False, error=why),
            )
            time.sleep(0.001)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert bus.call(CONTROL, ControlRequest(kind="arm", driver="d"), 5.0).detail == {"kind": "arm"}
        other = Service(CONTROL.name, Heartbeat, Reply)
        refused = bus.call(other, beat(1), 5.0)
        assert not refused.ok
        assert "kind" in refused.error
    finally:
        stop.set()
        thread.join()
        server.close()


def test_rubbish_on_a_topic_is_noticed(bus: Bus):
    """Only our own processes publish; what cannot be decoded is a defect and must not pass silently."""
    socket = zmq.Context.instance().socket(zmq.PUB)
    socket.bind(bus._endpoint(NEWEST.name, ""))
    subscription = bus.subscribe(NEWEST)
    for _ in range(500):
        socket.send(b"\x05\x00\x00\x00hello")
        if subscription._socket.poll(10):
            break
    with pytest.raises(msgspec.DecodeError):
        subscription.poll()
    socket.close(linger=0)
