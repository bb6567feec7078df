"""The page and three ways to feed it: `python -m benchmarks.video_server HOW RUN_DIR HOST PORT`.

HOW is `bunraku` (offers go to the real video process over the bus), `aiortc` (stock aiortc encodes in this
process) or `jpeg` (quality 80 over a WebSocket per camera). All read the same cameras from the bus.
"""

import asyncio
import io
import sys
from pathlib import Path

import av
import numpy as np
import uvicorn
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse
from PIL import Image

from backend.core.contracts.video import CameraFrame, VideoRequest
from backend.runtime.bus import Bus
from backend.runtime.topics import CAMERA_FRAME, VIDEO
from backend.video.rtp_clock import RTP_TIME_BASE, rtp_ticks
from benchmarks.video_source import CAMERAS

PAGE = Path(__file__).with_name("video_page.html")
JPEG_QUALITY = 80


def pixels(header: CameraFrame, data: memoryview) -> np.ndarray:
    """Return the picture of a message, (height, width, 3) uint8."""
    return np.frombuffer(data, dtype=np.uint8).reshape(header.height, header.width, 3)


def jpeg(image: np.ndarray) -> bytes:
    """Return the picture as a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, format="JPEG", quality=JPEG_QUALITY)
    return file.getvalue()


class CameraTrack(VideoStreamTrack):
    """The newest picture of a camera whenever stock aiortc asks for one."""

    def __init__(self, bus: Bus, camera: str) -> None:
        super().__init__()
        self._pictures = bus.subscribe_async(CAMERA_FRAME, camera)

    async def recv(self) -> av.VideoFrame:
        """Wait for the next picture."""
        header, data = await self._pictures.recv()
        frame = av.VideoFrame.from_ndarray(pixels(header, data), format="rgb24")
        frame.pts, frame.time_base = rtp_ticks(header.t_ns), RTP_TIME_BASE
        return frame


async def answer_with_bunraku(bus: Bus, sdp: str) -> str:
    """Return the answer of the video process."""
    request = VideoRequest(kind="offer", client="benchmark", sdp=sdp, cameras=CAMERAS)
    reply = await bus.call_async(VIDEO, request, timeout_s=20)
    if not reply.ok:
        raise RuntimeError(reply.error)
    return reply.sdp


async def answer_with_aiortc(bus: Bus, sdp: str) -> str:
    """Return the answer of aiortc as it comes; only the STUN server, which is out of reach, is taken away."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    for camera in CAMERAS:
        peer.addTrack(CameraTrack(bus, camera))
    await peer.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
    await peer.setLocalDescription(await peer.createAnswer())
    return peer.localDescription.sdp


def app(how: str, bus: Bus) -> FastAPI:
    """Return the web app for one way."""
    web = FastAPI()
    answer = {"bunraku": answer_with_bunraku, "aiortc": answer_with_aiortc}.get(how)

    @web.get("/")
    async def page() -> HTMLResponse:
        return HTMLResponse(PAGE.read_text())

    @web.post("/offer")
    async def offer(request: Request) -> dict[str, str]:
        return {"sdp": await answer(bus, (await request.json())["sdp"])}

    @web.websocket("/jpeg/{camera}")
    async def stream(socket: WebSocket, camera: str) -> None:
        await socket.accept()
        pictures = bus.subscribe_async(CAMERA_FRAME, camera)
        try:
            while True:
                header, data = await pictures.recv()
                await socket.send_bytes(await asyncio.to_thread(jpeg, pixels(header, data)))
        except WebSocketDisconnect:
            pictures.close()

    return web


def main() -> None:
    """Serve until SIGTERM."""
    how, run_dir, host, port = sys.argv[1:]
    web = app(how, Bus(Path(run_dir)))
    uvicorn.run(
        web,
        host=host,
        port=int(port),
        log_level="error",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )


if __name__ == "__main__":
    main()
