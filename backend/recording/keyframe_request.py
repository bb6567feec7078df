"""Asks the video process for keyframes without waiting for its answer."""

import threading

from backend.core.contracts.video import VideoRequest
from backend.runtime.bus import Bus, ServiceUnavailable
from backend.runtime.topics import VIDEO

RETRY_NS = 500_000_000


class KeyframeRequest:
    """Sends at most one request per half second and camera, from a thread of its own."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._asked_ns: dict[str, int] = {}

    def ask(self, cameras: set[str], now_ns: int) -> None:
        """Ask for a keyframe of each camera that was not asked for just now."""
        due = {camera for camera in cameras if now_ns - self._asked_ns.get(camera, -RETRY_NS) >= RETRY_NS}
        if due:
            self._asked_ns |= dict.fromkeys(due, now_ns)
            threading.Thread(target=self._call, args=(tuple(sorted(due)),), daemon=True).start()

    def _call(self, cameras: tuple[str, ...]) -> None:
        try:
            self._bus.call(VIDEO, VideoRequest(kind="keyframe", cameras=cameras), timeout_s=0.4)
        except ServiceUnavailable:
            # Pictures are missing then too, which the stream watch reports; the next ask tries again.
            return
