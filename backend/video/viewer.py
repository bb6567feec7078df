"""One browser that watches: a WebRTC peer with one track per camera."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)

from backend.video.track import PacketTrack

CONNECT_TIMEOUT_S = 10.0
_MDNS_CANDIDATE = re.compile(r"^a=candidate:.*\.local .*\r?\n", re.MULTILINE)
_VIDEO_SECTION = re.compile(r"^m=video ", re.MULTILINE)


class Viewer:
    """A peer that gets H.264 of some cameras. It closes itself when the browser is gone."""

    def __init__(
        self,
        cameras: Mapping[str, Callable[[], None]],
        ice_servers: Sequence[RTCIceServer],
        on_closed: Callable[["Viewer"], None],
    ) -> None:
        """Make a peer.

        Args:
            cameras: Wanted cameras in order, each with the function that asks its encoder for a key frame.
            ice_servers: STUN and TURN servers; asking one that is not there costs seconds.
            on_closed: Called once, when the peer has closed for whatever reason.
        """
        self._cameras = cameras
        self._on_closed = on_closed
        self._closed = False
        self._peer = RTCPeerConnection(
            RTCConfiguration(iceServers=list(ice_servers), bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._peer.on("connectionstatechange", self._on_state)
        self._deadline: asyncio.Task[None] | None = None
        self.tracks: dict[str, PacketTrack] = {}
        """Tracks by camera, in the order of the answer's media sections."""

    @property
    def connected(self) -> bool:
        """Whether media flows."""
        return self._peer.connectionState == "connected"

    async def accept(self, offer_sdp: str) -> str:
        """Return the SDP answer to a browser's offer.

        Raises:
            ValueError: The offer has no video section that we could fill, or cannot be read.
        """
        sections = len(_VIDEO_SECTION.findall(offer_sdp))
        if sections == 0:
            raise ValueError("the offer has no video section; add one recvonly transceiver per camera")
        codecs = [c for c in RTCRtpSender.getCapabilities("video").codecs if c.name in ("H264", "rtx")]
        for camera in list(self._cameras)[:sections]:
            track = PacketTrack(camera, self._cameras[camera])
            transceiver = self._peer.addTransceiver(track, direction="sendonly")
            transceiver.setCodecPreferences(codecs)
            self.tracks[camera] = track
        # A browser hides its addresses behind mDNS names, which take a second to resolve and are not
        # needed: its first packet to us shows where it is.
        sdp = _MDNS_CANDIDATE.sub("", offer_sdp)
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
            await self._peer.setLocalDescription(await self._peer.createAnswer())
        except Exception as error:
            # aiortc's parser raises whatever it trips over; a bad offer must not end the process.
            raise ValueError(f"cannot answer this offer: {error or type(error).__name__}") from error
        self._deadline = asyncio.create_task(self._close_unless_connected())
        return self._peer.localDescription.sdp

    async def close(self) -> None:
        """Close the peer; safe to call again."""
        if self._closed:
            return
        self._closed = True
        if self._deadline is not None and self._deadline is not asyncio.current_task():
            self._deadline.cancel()
        for track in self.tracks.values():
            track.stop()
        await self._peer.close()
        self._on_closed(self)

    async def _on_state(self) -> None:
        if self._peer.connectionState in ("failed", "closed"):
            await self.close()

    async def _close_unless_connected(self) -> None:
        await asyncio.sleep(CONNECT_TIMEOUT_S)
        if not self.connected:
            await self.close()
