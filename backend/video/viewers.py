"""Everybody who watches, and the requests by which they come and go."""

import asyncio
from collections.abc import Mapping, Sequence

from aiortc import RTCIceServer

from backend.core.contracts.video import EncodedFrame, VideoReply, VideoRequest
from backend.video.camera import CameraWorker
from backend.video.viewer import Viewer

OFFER_TIMEOUT_S = 8.0
"""A STUN or TURN server that does not answer must not keep the next request waiting for ever."""
MAX_VIEWERS = 8
"""Each viewer costs some 5 % of a core in packets; a ninth is refused."""


class Viewers:
    """Answers the video service and fans packets out."""

    def __init__(self, cameras: Mapping[str, CameraWorker], ice_servers: Sequence[RTCIceServer]) -> None:
        self._cameras = cameras
        self._ice_servers = ice_servers
        self._viewers: dict[str, Viewer] = {}

    @property
    def connected(self) -> int:
        """How many viewers media flows to."""
        return sum(viewer.connected for viewer in self._viewers.values())

    def push(self, header: EncodedFrame, data: bytes) -> None:
        """Offer a packet to every viewer of its camera."""
        for viewer in self._viewers.values():
            track = viewer.tracks.get(header.camera)
            if track is not None:
                track.push(header, data)

    async def answer(self, request: VideoRequest) -> VideoReply:
        """Answer `offer`, `close` or `keyframe`."""
        unknown = [camera for camera in request.cameras if camera not in self._cameras]
        if unknown:
            return VideoReply(
                ok=False, error=f"no camera {', '.join(unknown)}; there are {', '.join(self._cameras)}"
            )
        match request.kind:
            case "offer":
                return await self._offer(request)
            case "close":
                await self._close(request.client)
                return VideoReply(ok=True)
            case "keyframe":
                for camera in request.cameras or self._cameras:
                    self._cameras[camera].request_keyframe()
                return VideoReply(ok=True)
        return VideoReply(
            ok=False, error=f"unknown request {request.kind!r}; allowed are offer, close, keyframe"
        )

    def refuse(self, why: str) -> VideoReply:
        """Answer a request that could not be read."""
        return VideoReply(ok=False, error=why)

    async def close(self) -> None:
        """Close every peer."""
        for client in list(self._viewers):
            await self._close(client)

    async def _offer(self, request: VideoRequest) -> VideoReply:
        if not request.client:
            return VideoReply(ok=False, error="an offer needs the name of its client")
        await self._close(request.client)
        if len(self._viewers) >= MAX_VIEWERS:
            return VideoReply(
                ok=False, error=f"{MAX_VIEWERS} viewers are watching already; close one and try again"
            )
        wanted = request.cameras or tuple(self._cameras)
        viewer = Viewer(
            {camera: self._cameras[camera].request_keyframe for camera in wanted},
            self._ice_servers,
            self._forget,
        )
        self._viewers[request.client] = viewer
        try:
            async with asyncio.timeout(OFFER_TIMEOUT_S):
                sdp = await viewer.accept(request.sdp)
        except ValueError as error:
            await viewer.close()
            return VideoReply(ok=False, error=str(error))
        except TimeoutError:
            await viewer.close()
            why = f"no answer to this offer in {OFFER_TIMEOUT_S:g} s; can BUNRAKU_ICE_SERVERS be reached?"
            return VideoReply(ok=False, error=why)
        return VideoReply(ok=True, sdp=sdp, cameras=tuple(viewer.tracks))

    async def _close(self, client: str) -> None:
        viewer = self._viewers.get(client)
        if viewer is not None:
            await viewer.close()

    def _forget(self, viewer: Viewer) -> None:
        self._viewers = {client: other for client, other in self._viewers.items() if other is not viewer}
