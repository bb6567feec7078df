"""One camera for one viewer: the shared encoder's packets, as a track of a WebRTC peer."""

import asyncio
from collections import deque
from collections.abc import Callable

import av
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError

from backend.core.contracts.video import EncodedFrame
from backend.video.rtp_clock import RTP_TIME_BASE, rtp_ticks

DEPTH = 15
"""Packets that may wait for a viewer, half a second at 30 fps; more would be pictures nobody wants."""


class PacketTrack(MediaStreamTrack):
    """Hands encoded packets to aiortc. A viewer that cannot keep up skips to the next key frame."""

    kind = "video"

    def __init__(self, camera: str, request_keyframe: Callable[[], None]) -> None:
        """Make a track of `camera`; `request_keyframe` reaches its shared encoder."""
        super().__init__()
        self.camera = camera
        self.request_keyframe = request_keyframe
        """Called by aiortc when the viewer reports a lost picture (see `aiortc_patches`)."""
        self.skipped = 0
        """Packets this viewer did not get because it was too slow."""
        self._packets: deque[av.Packet] = deque()
        self._arrived = asyncio.Event()
        self._consumed = False
        self._needs_keyframe = True

    def push(self, header: EncodedFrame, data: bytes) -> None:
        """Offer a packet; never waits."""
        if not self._consumed or self.readyState != "live":
            return
        if len(self._packets) >= DEPTH:
            self.skipped += len(self._packets)
            self._packets.clear()
            self._needs_keyframe = True
            self.request_keyframe()
        if self._needs_keyframe and not header.keyframe:
            self.skipped += 1
            return
        self._needs_keyframe = False
        packet = av.Packet(data)
        packet.pts = packet.dts = rtp_ticks(header.t_ns)
        packet.time_base = RTP_TIME_BASE
        packet.is_keyframe = header.keyframe
        self._packets.append(packet)
        self._arrived.set()

    async def recv(self) -> av.Packet:
        """Wait for the next packet; raises MediaStreamError once the track has ended."""
        if not self._consumed:
            # The first call comes when the connection is up: only now is a key frame of use.
            self._consumed = True
            self.request_keyframe()
        while not self._packets:
            if self.readyState != "live":
                raise MediaStreamError
            self._arrived.clear()
            await self._arrived.wait()
        return self._packets.popleft()

    def stop(self) -> None:
        """End the track and wake whoever waits for it."""
        super().stop()
        self._packets.clear()
        self._arrived.set()
