import asyncio

import pytest
from aiortc.mediastreams import MediaStreamError

from backend.core.contracts.video import EncodedFrame
from backend.video.rtp_clock import RTP_MODULUS, rtp_ticks
from backend.video.track import DEPTH, PacketTrack


def packet(seq: int, keyframe: bool = False) -> tuple[EncodedFrame, bytes]:
    header = EncodedFrame(
        camera="head",
        t_ns=seq * 33_333_333,
        seq=seq,
        width=640,
        height=480,
        fps=30.0,
        keyframe=keyframe,
        encode_ms=1.0,
    )
    return header, bytes([0, 0, 0, 1, seq % 256])


async def consuming_track(requests):
    track = PacketTrack("head", lambda: requests.append("keyframe"))
    first = asyncio.create_task(track.recv())
    await asyncio.sleep(0)
    track.push(*packet(0, keyframe=True))
    assert bytes(await first)[-1] == 0
    return track


async def test_a_viewer_starts_with_a_key_frame_when_it_is_ready():
    requests = []
    track = PacketTrack("head", lambda: requests.append("keyframe"))
    track.push(*packet(0, keyframe=True))
    assert not requests, "nobody reads yet: a key frame would be wasted"
    reader = asyncio.create_task(track.recv())
    await asyncio.sleep(0)
    assert requests == ["keyframe"]
    track.push(*packet(1))
    track.push(*packet(2, keyframe=True))
    received = await reader
    assert received.is_keyframe
    assert received.pts == rtp_ticks(packet(2)[0].t_ns)


async def test_a_slow_viewer_holds_little_and_resumes_at_a_key_frame():
    requests = []
    track = await consuming_track(requests)
    for seq in range(1, 1000):
        track.push(*packet(seq))
    assert len(track._packets) <= DEPTH
    assert len(requests) == 2, "one at the start and one at the overflow"
    track.push(*packet(1000, keyframe=True))
    track.push(*packet(1001))
    received = [bytes(await track.recv())[-1] for _ in range(2)]
    assert received == [1000 % 256, 1001 % 256]
    assert track.skipped == 999


async def test_a_track_that_ends_wakes_its_reader_and_frees_its_packets():
    track = await consuming_track([])
    reader = asyncio.create_task(track.recv())
    await asyncio.sleep(0)
    track.stop()
    with pytest.raises(MediaStreamError):
        await reader
    track.push(*packet(1, keyframe=True))
    assert not track._packets


def test_ticks_map_back_to_capture_time_within_a_tick():
    for t_ns in (0, 1, 123_456_789_012, 10**15 + 7):
        assert 0 <= t_ns - rtp_ticks(t_ns) * 100_000 / 9 < 100_000 / 9 + 1
    assert rtp_ticks(RTP_MODULUS * 100_000 // 9 + 1) >= RTP_MODULUS - 1
