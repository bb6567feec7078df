"""The video process: encodes every camera once, for the browsers that watch and for the recorder."""

import asyncio
import signal
from collections.abc import Sequence

from aiortc import RTCIceServer

from backend import catalog
from backend.core.clock import now_ns
from backend.core.contracts.video import EncodedFrame, VideoStatus
from backend.runtime import logging
from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from backend.runtime.topics import VIDEO, VIDEO_PACKET, VIDEO_STATUS
from backend.settings import settings
from backend.video import aiortc_patches
from backend.video.camera import CameraWorker
from backend.video.encoder import GOP_NS, CameraEncoder
from backend.video.ice import ice_server
from backend.video.viewers import Viewers

STATUS_PERIOD_S = 0.2
STALE_MS = 2000.0


class VideoProcess:
    """One worker thread per camera; everything else on the event loop, where nothing blocks."""

    def __init__(
        self,
        bus: Bus,
        cameras: Sequence[str],
        ice_servers: Sequence[RTCIceServer],
        reference_bit_s: float = 2e6,
    ) -> None:
        """Open the bus for some cameras, on the running event loop.

        Args:
            bus: Where pictures come from and packets go.
            cameras: Names of the cameras.
            ice_servers: STUN and TURN servers for the viewers.
            reference_bit_s: Bit rate of a 640x480 camera at 30 fps [bit/s].
        """
        self._bus = bus
        self._loop = asyncio.get_running_loop()
        self._packets = bus.publisher(VIDEO_PACKET)
        self._workers = {
            camera: CameraWorker(
                bus, camera, CameraEncoder(reference_bit_s, GOP_NS * i // len(cameras)), self._hand_over
            )
            for i, camera in enumerate(cameras)
        }
        self._viewers = Viewers(self._workers, ice_servers)

    async def run(self, stop: asyncio.Event) -> None:
        """Encode and serve until `stop` is set."""
        server = self._bus.serve_async(VIDEO)
        for worker in self._workers.values():
            worker.start()
        tasks = [
            asyncio.create_task(server.serve(self._viewers.answer, self._viewers.refuse)),
            asyncio.create_task(self._report()),
            asyncio.create_task(stop.wait()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            for worker in self._workers.values():
                await asyncio.to_thread(worker.stop)
            await self._viewers.close()
            server.close()
            self._packets.close()

    def _hand_over(self, header: EncodedFrame, data: bytes) -> None:
        """Bring a packet from its worker's thread to the event loop, which owns sockets and peers."""
        self._loop.call_soon_threadsafe(self._deliver, header, data)

    def _deliver(self, header: EncodedFrame, data: bytes) -> None:
        self._viewers.push(header, data)
        self._packets.publish(header, data)

    def _check_workers(self) -> None:
        """Raise when a worker has died: ending, and being started again, beats going on without a camera."""
        dead = [camera for camera, worker in self._workers.items() if not worker.is_alive()]
        if dead:
            raise RuntimeError(f"the worker of camera {', '.join(dead)} has ended; see its error above")

    async def _report(self) -> None:
        status = self._bus.publisher(VIDEO_STATUS)
        heart = Heart(self._bus, "video")
        try:
            while True:
                self._check_workers()
                cameras = tuple(worker.health() for worker in self._workers.values())
                status.publish(VideoStatus(t_ns=now_ns(), cameras=cameras, viewers=self._viewers.connected))
                problems = [worker.problem for worker in self._workers.values() if worker.problem]
                problems += [
                    f"camera {camera.camera}: no picture for {camera.age_ms / 1000:.0f} s; "
                    "is the cameras process running?"
                    for camera in cameras
                    if camera.age_ms > STALE_MS
                ]
                heart.beat(state="; ".join(problems) or "ok")
                await asyncio.sleep(STATUS_PERIOD_S)
        finally:
            heart.close()
            status.close()


async def serve() -> None:
    """Run the video process until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    robot = catalog.load(catalog.ROBOTS, settings().robot)
    process = VideoProcess(
        Bus(settings().run_dir),
        [camera.name for camera in robot.spec.cameras],
        [ice_server(url) for url in settings().ice_servers],
        settings().video_mbit_s * 1e6,
    )
    await process.run(stop)


def main() -> None:
    """Entry point of `python -m backend.video.process`."""
    logging.configure()
    aiortc_patches.apply()
    asyncio.run(serve())


if __name__ == "__main__":
    main()
