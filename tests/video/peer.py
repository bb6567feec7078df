"""A viewer for the tests: a real aiortc peer that asks the video process over the bus."""

import asyncio
import re

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack

from backend.core.contracts.video import VideoReply, VideoRequest
from backend.runtime.bus import Bus
from backend.runtime.topics import VIDEO


class Peer:
    """Receives the cameras of the answer, in its order."""

    def __init__(self, bus: Bus, client: str = "test") -> None:
        self.client = client
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.tracks: dict[str, MediaStreamTrack] = {}
        self._bus = bus

    async def offer(self, sections: int = 2, cameras: tuple[str, ...] = ()) -> VideoReply:
        """Offer `sections` video sections and connect when the answer is good."""
        for _ in range(sections):
            self.connection.addTransceiver("video", direction="recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp = self.connection.localDescription.sdp
        reply = await self._bus.call_async(
            VIDEO, VideoRequest(kind="offer", client=self.client, sdp=sdp, cameras=cameras), timeout_s=20
        )
        if reply.ok:
            await self.connection.setRemoteDescription(RTCSessionDescription(sdp=reply.sdp, type="answer"))
            receivers = [transceiver.receiver for transceiver in self.connection.getTransceivers()]
            self.tracks = {
                camera: receiver.track for camera, receiver in zip(reply.cameras, receivers, strict=False)
            }
        return reply

    async def frames(self, camera: str, count: int) -> list:
        """Return the next `count` decoded frames of a camera."""
        return [await asyncio.wait_for(self.tracks[camera].recv(), 20) for _ in range(count)]

    async def close(self) -> None:
        await self.connection.close()


def codecs(sdp: str) -> set[str]:
    """Return the names of the codecs in an SDP."""
    return set(re.findall(r"a=rtpmap:\d+ (\w+)/", sdp))
