"""A small film of a trial, and a picture of its start, as the robot saw them."""

import contextlib
from fractions import Fraction
from pathlib import Path

import av
import cv2
import msgspec
import numpy as np

from backend.core.contracts.robot import CameraSpec
from backend.files import write_atomically
from trainer.headless.world import HeadlessWorld

FPS = 8
WIDTH_PX = 320
QUALITY = 28
"""Constant rate factor of x264."""


def photograph(path: Path, world: HeadlessWorld, camera: CameraSpec) -> None:
    """Write what a camera shows of the world now, as JPEG."""
    _, pixels = world.picture(camera, world.world)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    write_atomically(path, data.tobytes())


class Film:
    """Writes what a camera of the world shows, `FPS` times per simulated second, as mp4.

    It is moved to its place when it is complete.

    Args:
        path: File to write.
        world: What is filmed.
        camera: Through which camera.
        small: Draw it small; otherwise the camera's own pictures are scaled, which costs nothing more.
    """

    def __init__(self, path: Path, world: HeadlessWorld, camera: CameraSpec, small: bool) -> None:
        self._path, self._partial = path, path.with_name(f".{path.name}.part")
        self._world = world
        height_px = round(camera.height * WIDTH_PX / camera.width / 2) * 2
        self._size_px = (WIDTH_PX, height_px)
        size = {"width": WIDTH_PX, "height": height_px} if small else {}
        self._camera = msgspec.structs.replace(camera, **size)
        self._next_ns = world.now_ns
        self._container = av.open(self._partial, "w", format="mp4", options={"movflags": "faststart"})
        self._stream = self._container.add_stream("libx264", rate=FPS)
        self._stream.width, self._stream.height, self._stream.pix_fmt = WIDTH_PX, height_px, "yuv420p"
        self._stream.codec_context.thread_count = 1
        self._stream.options = {"preset": "veryfast", "crf": str(QUALITY)}
        self._pictures = 0

    def look(self) -> None:
        """Take a picture if one is due."""
        seen = self._world.seen.get(self._camera.name)
        if self._world.now_ns < self._next_ns or seen is None:
            return
        self._next_ns += round(1e9 / FPS)
        _, pixels = self._world.picture(self._camera, seen)
        if pixels.shape[1::-1] != self._size_px:
            pixels = cv2.resize(pixels, self._size_px, interpolation=cv2.INTER_AREA)
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")
        frame.pts, frame.time_base = self._pictures, Fraction(1, FPS)
        self._pictures += 1
        self._container.mux(self._stream.encode(frame))

    def save(self) -> None:
        """Complete the film and put it in its place."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        self._partial.rename(self._path)

    def abandon(self) -> None:
        """Delete it."""
        # Without a picture there is no header, and ffmpeg complains of that.
        with contextlib.suppress(av.FFmpegError):
            self._container.close()
        self._partial.unlink(missing_ok=True)
