"""`python -m devices.emulators.g1.cameras`: the cameras of the emulated robot, as JPEG over ZeroMQ.

It draws the world of `python -m devices.emulators.g1`, which must run in the same data directory, and
publishes on the addresses in `BUNRAKU_CAMERA_URLS`.
"""

import signal
import time
from fractions import Fraction

import av
import numpy as np
import zmq

from backend.core import clock
from backend.runtime.bus import Bus
from backend.runtime.schedule import CameraClock, stagger
from backend.runtime.topics import WORLD_STATE
from backend.settings import settings
from devices.emulators.g1 import WORLD_DIR
from devices.scenes.cameras import SimCameras


class JpegStream:
    """Publishes pictures of one size."""

    def __init__(self, address: str, width: int, height: int) -> None:
        self._socket = zmq.Context.instance().socket(zmq.PUB)
        self._socket.setsockopt(zmq.CONFLATE, 1)
        self._socket.bind(address)
        self._codec = av.CodecContext.create("mjpeg", "w")
        self._codec.width, self._codec.height, self._codec.pix_fmt = width, height, "yuvj420p"
        self._codec.time_base = Fraction(1, 90_000)

    def send(self, pixels: np.ndarray) -> None:
        """Publish (height, width, 3) uint8 rgb as one JPEG."""
        picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        for packet in self._codec.encode(picture.reformat(format="yuvj420p")):
            self._socket.send(bytes(packet), zmq.NOBLOCK)


def main() -> None:
    """Run until SIGTERM or Ctrl-C."""
    running = True

    def stop(*_: object) -> None:
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    source = SimCameras()
    source.open()
    urls = settings().camera_urls
    cameras = [camera for camera in source.cameras if camera.name in urls]
    streams = {c.name: JpegStream(urls[c.name], c.width, c.height) for c in cameras}
    worlds = Bus(settings().data_dir / WORLD_DIR).subscribe(WORLD_STATE)
    periods_s = [1.0 / camera.fps for camera in cameras]
    start_ns = clock.now_ns()
    clocks = [CameraClock(start_ns, p, phase) for p, phase in zip(periods_s, stagger(periods_s), strict=True)]
    while running:
        camera, due = min(zip(cameras, clocks, strict=True), key=lambda pair: pair[1].due_ns)
        time.sleep(max(0, due.due_ns - clock.now_ns()) * 1e-9)
        due.advance(clock.now_ns())
        worlds.drain()
        if worlds.newest is not None:
            streams[camera.name].send(source.grab(camera, worlds.newest)[1])


if __name__ == "__main__":
    main()
