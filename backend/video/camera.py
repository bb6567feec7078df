"""One camera on its way from raw pictures to packets: a thread that reads, encodes and hands over."""

import threading
from collections import deque
from collections.abc import Callable

import av

from backend.core.clock import now_ns
from backend.core.contracts.video import CameraFrame, CameraHealth, EncodedFrame
from backend.runtime.bus import Bus
from backend.runtime.topics import CAMERA_FRAME
from backend.video.encoder import CameraEncoder

WINDOW_NS = 1_000_000_000
POLL_S = 0.2


class CameraWorker(threading.Thread):
    """Encodes the newest picture of one camera; pictures that come while it is busy are skipped and counted.

    It has a thread of its own because encoding takes milliseconds; x264 releases the interpreter lock.
    """

    def __init__(
        self, bus: Bus, name: str, encoder: CameraEncoder, deliver: Callable[[EncodedFrame, bytes], None]
    ) -> None:
        """Prepare the worker of camera `name`; `deliver` is called in its thread with every packet."""
        super().__init__(name=f"camera-{name}", daemon=True)
        self._bus = bus
        self._camera = name
        self._encoder = encoder
        self._deliver = deliver
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._recent: deque[tuple[EncodedFrame, int, int]] = deque()
        """(header, bytes, time of arrival [ns]) of the packets of the last second."""
        self._size = (0, 0)
        self._last_seq: int | None = None
        self._last_t_ns = now_ns()
        self._dropped = 0
        self.problem = ""
        """Why the newest picture could not be encoded, and what to do; empty when it could."""

    def request_keyframe(self) -> None:
        """Ask for a key frame soon."""
        self._encoder.request_keyframe()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopping.set()
        self.join()

    def run(self) -> None:
        """Read, encode and deliver until stopped."""
        pictures = self._bus.subscribe(CAMERA_FRAME, self._camera)
        try:
            while not self._stopping.is_set():
                message = pictures.wait(POLL_S)
                if message is not None:
                    self._encode(*message)
        finally:
            pictures.close()

    def health(self) -> CameraHealth:
        """Return what the last second looked like. A camera never seen has the age of this worker."""
        now = now_ns()
        with self._lock:
            self._forget(now)
            count = len(self._recent)
            return CameraHealth(
                camera=self._camera,
                fps=count * 1e9 / WINDOW_NS,
                age_ms=(now - self._last_t_ns) / 1e6,
                encode_ms=sum(header.encode_ms for header, _, _ in self._recent) / max(count, 1),
                kbit_s=sum(size for _, size, _ in self._recent) * 8e6 / WINDOW_NS,
                dropped=self._dropped,
                width=self._size[0],
                height=self._size[1],
            )

    def _encode(self, frame: CameraFrame, pixels: memoryview) -> None:
        try:
            encoded = self._encoder.encode(frame, pixels)
        except av.FFmpegError as error:
            encoded = None
            self.problem = (
                f"camera {self._camera}: cannot encode {frame.width}x{frame.height} ({error}); "
                "width and height must be even"
            )
        else:
            self.problem = "" if encoded else f"camera {self._camera}: a picture was malformed or not newer"
        with self._lock:
            self._count(frame, encoded)
        if encoded is not None:
            self._deliver(*encoded)

    def _count(self, frame: CameraFrame, encoded: tuple[EncodedFrame, bytes] | None) -> None:
        gap = frame.seq - self._last_seq - 1 if self._last_seq is not None else 0
        # A camera process that starts again counts from 0: nothing was dropped then.
        self._dropped += max(gap, 0) + (encoded is None)
        self._last_seq = frame.seq
        if encoded is not None:
            self._last_t_ns = frame.t_ns
            self._size = (frame.width, frame.height)
            now = now_ns()
            self._recent.append((encoded[0], len(encoded[1]), now))
            self._forget(now)

    def _forget(self, now: int) -> None:
        while self._recent and now - self._recent[0][2] > WINDOW_NS:
            self._recent.popleft()
