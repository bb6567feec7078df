"""Cameras on the network that publish one JPEG per ZeroMQ message, as Unitree's image server does.

Such a message has no time stamp: a picture counts as taken when it arrives, which is later by the delay of
capture, compression and network.
"""

from typing import TYPE_CHECKING

from backend.core import clock
from backend.core.contracts.robot import CameraSpec
from backend.core.contracts.video import CameraFrame
from backend.core.contracts.world import WorldState

if TYPE_CHECKING:
    import numpy as np

OLD_NS = 500_000_000


class _Stream:
    """The newest picture of one camera."""

    def __init__(self, address: str) -> None:
        import av
        import zmq

        self.address = address
        self._socket = zmq.Context.instance().socket(zmq.SUB)
        self._socket.setsockopt(zmq.CONFLATE, 1)
        self._socket.setsockopt(zmq.SUBSCRIBE, b"")
        self._socket.connect(address)
        self._again, self._errors = zmq.Again, (av.FFmpegError, IndexError, ValueError)
        self._packet = av.Packet
        self._no_wait = zmq.NOBLOCK
        self._codec = av.CodecContext.create("mjpeg", "r")
        self.t_ns = self.seq = self.broken = 0
        self.pixels: np.ndarray | None = None

    def poll(self) -> None:
        """Take in the newest picture; one that cannot be decoded is counted."""
        try:
            data = self._socket.recv(self._no_wait)
        except self._again:
            return
        now_ns = clock.now_ns()
        try:
            pixels = self._codec.decode(self._packet(data))[0].to_ndarray(format="rgb24")
        except self._errors:
            self.broken += 1
            return
        # Video has half as much colour as brightness: sides must be even.
        height, width = (size - size % 2 for size in pixels.shape[:2])
        self.pixels = pixels[:height, :width].copy()
        self.t_ns = now_ns
        self.seq += 1

    def close(self) -> None:
        self._socket.close(linger=0)


class NetworkJpeg:
    """Reads the robot's cameras from the addresses in `BUNRAKU_CAMERA_URLS`."""

    live = True

    def __init__(self) -> None:
        self.cameras: tuple[CameraSpec, ...] = ()
        """Those of the robot that have an address; filled by `open`."""
        self._streams: dict[str, _Stream] = {}

    def open(self) -> None:
        """Begin to listen; raises ConnectionError when no camera of the robot has an address."""
        from backend import catalog
        from backend.settings import settings

        urls, spec = settings().camera_urls, catalog.load(catalog.ROBOTS, settings().robot).spec
        self.cameras = tuple(camera for camera in spec.cameras if camera.name in urls)
        if not self.cameras:
            names = ", ".join(camera.name for camera in spec.cameras)
            raise ConnectionError(f"BUNRAKU_CAMERA_URLS names no camera of this robot; allowed: {names}")
        self._streams = {camera.name: _Stream(urls[camera.name]) for camera in self.cameras}

    def grab(self, camera: CameraSpec, world: WorldState | None) -> tuple[CameraFrame, "np.ndarray"]:
        """Return the newest picture; see `CameraSource.grab`.

        Raises:
            ValueError: None has come for half a second.
        """
        stream = self._streams[camera.name]
        stream.poll()
        if stream.pixels is None or clock.now_ns() - stream.t_ns > OLD_NS:
            unusable = f" but {stream.broken} that are no JPEG" if stream.broken else ""
            raise ValueError(f"{camera.name} at {stream.address} sends nothing{unusable}")
        height, width = stream.pixels.shape[:2]
        header = CameraFrame(
            camera=camera.name, t_ns=stream.t_ns, seq=stream.seq, width=width, height=height, fps=camera.fps
        )
        return header, stream.pixels

    def close(self) -> None:
        """Stop listening."""
        for stream in self._streams.values():
            stream.close()
