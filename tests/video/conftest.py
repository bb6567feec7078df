import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend.core.clock import now_ns
from backend.core.contracts.video import CameraFrame
from backend.runtime.bus import Bus
from backend.runtime.topics import CAMERA_FRAME
from backend.video import aiortc_patches
from backend.video.process import VideoProcess
from tests.video.pictures import picture

CAMERAS = ("head", "wrist")
SIZES = {"head": (640, 480), "wrist": (320, 240)}


class Cameras(threading.Thread):
    """Publishes two cameras on the bus at 30 Hz, stamped when they are made."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(daemon=True)
        self.sizes = dict(SIZES)
        self._bus = bus
        self._stop_requested = threading.Event()

    def run(self) -> None:
        publishers = {camera: self._bus.publisher(CAMERA_FRAME, camera) for camera in CAMERAS}
        pictures = {size: [picture(i, *size) for i in range(30)] for size in ((640, 480), (320, 240))}
        seq = 0
        while not self._stop_requested.wait(1 / 30):
            for camera, publisher in publishers.items():
                width, height = self.sizes[camera]
                header = CameraFrame(
                    camera=camera, t_ns=now_ns(), seq=seq, width=width, height=height, fps=30.0
                )
                publisher.publish(header, pictures[width, height][seq % 30])
            seq += 1
        for publisher in publishers.values():
            publisher.close()

    def stop(self) -> None:
        self._stop_requested.set()
        self.join()


@pytest.fixture
def bus(tmp_path: Path) -> Bus:
    return Bus(tmp_path / "run")


@pytest.fixture
def cameras(bus: Bus) -> Iterator[Cameras]:
    source = Cameras(bus)
    source.start()
    yield source
    source.stop()


@pytest.fixture
async def video(bus: Bus) -> AsyncIterator[VideoProcess]:
    """The video process, on this event loop."""
    aiortc_patches.apply()
    process = VideoProcess(bus, CAMERAS, [])
    stop = asyncio.Event()
    running = asyncio.create_task(process.run(stop))
    yield process
    stop.set()
    await running
