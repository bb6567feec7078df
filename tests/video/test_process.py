import asyncio
import gc
import io
import os
import signal
import sys
import weakref

import av
import numpy as np
import pytest

from backend.core.clock import now_ns
from backend.core.contracts.video import VideoRequest
from backend.runtime.topics import CAMERA_FRAME, VIDEO, VIDEO_PACKET, VIDEO_STATUS
from backend.video.process import VideoProcess
from tests.video.peer import Peer, codecs


async def until(condition, timeout_s=20.0):
    async with asyncio.timeout(timeout_s):
        while not (value := condition()):
            await asyncio.sleep(0.02)
        return value


async def collect(subscription, count):
    return [await asyncio.wait_for(subscription.recv(), 20) for _ in range(count)]


async def test_a_viewer_gets_every_camera_moving_and_in_its_size(bus, cameras, video):
    peer = Peer(bus)
    reply = await peer.offer()
    assert reply.cameras == ("head", "wrist")
    assert codecs(reply.sdp) == {"H264", "rtx"}
    for camera, (width, height) in (("head", (640, 480)), ("wrist", (320, 240))):
        frames = await peer.frames(camera, 12)
        images = [frame.to_ndarray(format="gray") for frame in frames]
        assert {image.shape for image in images} == {(height, width)}
        corners = {image[8:56, 8:56].mean() > 128 for image in images}
        assert corners == {True, False}, "the square that blinks does not blink"
    await peer.close()


async def test_packets_on_the_bus_are_one_decodable_stream_with_capture_times(bus, cameras, video):
    packets = await collect(bus.subscribe_async(VIDEO_PACKET), 60)
    head = [(header, bytes(data)) for header, data in packets if header.camera == "head"]
    stamps = np.array([header.t_ns for header, _ in head])
    assert (np.diff(stamps) > 0).all()
    assert 0 < now_ns() - stamps[-1] < 5e9
    start = next(i for i, (header, _) in enumerate(head) if header.keyframe)
    stream = io.BytesIO(b"".join(data for _, data in head[start:]))
    with av.open(stream, format="h264") as container:
        shapes = [(frame.width, frame.height) for frame in container.decode(video=0)]
    assert shapes == [(640, 480)] * (len(head) - start)
    assert {header.camera for header, _ in packets} == {"head", "wrist"}


async def test_a_lost_picture_leads_to_a_key_frame(bus, cameras, video):
    peer = Peer(bus)
    await peer.offer(cameras=("head",), sections=1)
    await peer.frames("head", 5)
    subscription = bus.subscribe_async(VIDEO_PACKET)
    receiver = peer.connection.getTransceivers()[0].receiver
    ssrc = next(iter(receiver._RTCRtpReceiver__remote_streams))
    for _ in range(4):
        await receiver._send_rtcp_pli(ssrc)
        await asyncio.sleep(0.4)
    packets = [header for header, _ in await collect(subscription, 90) if header.camera == "head"]
    keyframes = [header.t_ns for header in packets if header.keyframe]
    assert np.diff(keyframes).min() < 0.9e9, "only the regular key frames came"
    await peer.close()


async def test_a_key_frame_can_be_requested_over_the_bus(bus, cameras, video):
    subscription = bus.subscribe_async(VIDEO_PACKET)
    await collect(subscription, 4)
    for _ in range(4):
        reply = await bus.call_async(VIDEO, VideoRequest(kind="keyframe"), timeout_s=5)
        assert reply.ok
        await asyncio.sleep(0.4)
    packets = [header for header, _ in await collect(subscription, 60)]
    for camera in ("head", "wrist"):
        keyframes = [header.t_ns for header in packets if header.keyframe and header.camera == camera]
        assert np.diff(keyframes).min() < 0.9e9


async def test_a_camera_may_change_its_size_while_somebody_watches(bus, cameras, video):
    peer = Peer(bus)
    await peer.offer(cameras=("head",), sections=1)
    await peer.frames("head", 3)
    cameras.sizes["head"] = (320, 240)
    async with asyncio.timeout(20):
        while (await peer.frames("head", 1))[0].width != 320:
            pass
    await peer.close()


async def test_a_viewer_that_closes_is_forgotten(bus, cameras, video):
    status = bus.subscribe(VIDEO_STATUS)
    peer = Peer(bus)
    await peer.offer()
    await peer.frames("head", 2)
    await until(lambda: status.poll() and status.newest.viewers == 1)
    reply = await bus.call_async(VIDEO, VideoRequest(kind="close", client=peer.client), timeout_s=5)
    assert reply.ok
    await until(lambda: status.poll() and status.newest.viewers == 0)
    assert not video._viewers._viewers
    await peer.close()


async def test_a_viewer_that_vanishes_without_a_word_is_forgotten(bus, cameras, video):
    peer = Peer(bus)
    await peer.offer()
    await peer.frames("head", 2)
    for transceiver in peer.connection.getTransceivers():
        await transceiver.receiver.transport.transport._connection.close()
    await until(lambda: not video._viewers._viewers)
    await peer.close()


async def test_an_offer_that_never_connects_is_given_up(bus, video, monkeypatch):
    monkeypatch.setattr("backend.video.viewer.CONNECT_TIMEOUT_S", 0.3)
    peer = Peer(bus)
    peer.connection.addTransceiver("video", direction="recvonly")
    await peer.connection.setLocalDescription(await peer.connection.createOffer())
    request = VideoRequest(kind="offer", client="ghost", sdp=peer.connection.localDescription.sdp)
    assert (await bus.call_async(VIDEO, request, timeout_s=10)).ok
    await until(lambda: not video._viewers._viewers)
    await peer.close()


async def test_a_second_offer_of_a_client_replaces_the_first(bus, cameras, video):
    first, second = Peer(bus), Peer(bus)
    await first.offer()
    await second.offer()
    await second.frames("head", 3)
    assert len(video._viewers._viewers) == 1
    await first.close()
    await second.close()


async def test_bad_requests_are_told_what_is_allowed(bus, video):
    async def error(**fields):
        reply = await bus.call_async(VIDEO, VideoRequest(**fields), timeout_s=10)
        assert not reply.ok
        return reply.error

    assert "allowed are offer, close, keyframe" in await error(kind="dance")
    assert "there are head, wrist" in await error(kind="keyframe", cameras=("tail",))
    assert "name of its client" in await error(kind="offer", sdp="v=0")
    assert "no video section" in await error(kind="offer", client="a", sdp="v=0\r\n")
    assert "cannot answer" in await error(kind="offer", client="a", sdp="m=video nonsense\r\n")
    assert not video._viewers._viewers


async def test_an_offer_that_takes_too_long_is_refused_in_words(bus, video, monkeypatch):
    monkeypatch.setattr("backend.video.viewers.OFFER_TIMEOUT_S", 0.0)
    peer = Peer(bus)
    reply = await peer.offer()
    assert not reply.ok
    assert "BUNRAKU_ICE_SERVERS" in reply.error
    assert not video._viewers._viewers
    await peer.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_worker_that_dies_ends_the_process_for_the_supervisor_to_start_again(bus):
    process = VideoProcess(bus, ["head"], [])
    publisher = bus.publisher(CAMERA_FRAME, "head")
    running = asyncio.create_task(process.run(asyncio.Event()))
    async with asyncio.timeout(30):
        while not running.done():
            publisher.publish(VideoRequest(kind="not a picture"))
            await asyncio.sleep(0.1)
    with pytest.raises(RuntimeError, match="worker of camera head has ended"):
        await running
    publisher.close()


async def test_status_tells_rates_and_sizes(bus, cameras, video):
    status = bus.subscribe(VIDEO_STATUS)
    cameras_seen = await until(
        lambda: status.poll() and all(c.fps > 5 for c in status.newest.cameras) and status.newest.cameras
    )
    head, wrist = cameras_seen
    assert (head.camera, head.width, head.height) == ("head", 640, 480)
    assert (wrist.camera, wrist.width, wrist.height) == ("wrist", 320, 240)
    assert head.encode_ms > 0
    assert head.kbit_s > wrist.kbit_s > 0
    assert head.age_ms < 5000


async def test_a_closed_viewer_leaves_nothing_behind(bus, cameras, video):
    peer = Peer(bus)
    await peer.offer()
    await peer.frames("head", 2)
    (viewer,) = video._viewers._viewers.values()
    remains = [weakref.ref(viewer), *(weakref.ref(track) for track in viewer.tracks.values())]
    del viewer
    await bus.call_async(VIDEO, VideoRequest(kind="close", client=peer.client), timeout_s=5)
    await peer.close()

    def gone():
        gc.collect()
        return all(reference() is None for reference in remains)

    await until(gone)


async def test_one_viewer_too_many_is_refused(bus, cameras, video, monkeypatch):
    monkeypatch.setattr("backend.video.viewers.MAX_VIEWERS", 1)
    first, second = Peer(bus, "first"), Peer(bus, "second")
    assert (await first.offer()).ok
    reply = await second.offer()
    assert not reply.ok
    assert "close one and try again" in reply.error
    await first.frames("head", 2)
    await first.close()
    await second.close()


async def test_the_real_process_goes_on_after_sigkill_and_ends_on_sigterm(bus, tmp_path, cameras):
    environment = {**os.environ, "BUNRAKU_DATA_DIR": str(tmp_path)}
    for end, code in ((signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 0)):
        packets = bus.subscribe_async(VIDEO_PACKET)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "backend.video.process", env=environment
        )
        async with asyncio.timeout(60):
            while not (await packets.recv())[0].keyframe:
                pass
        packets.close()
        process.send_signal(end)
        assert await asyncio.wait_for(process.wait(), 30) == code
