"""Input from browsers: keyboard, gamepad, pointer and WebXR, checked and stamped by the api."""

from backend.core import clock
from backend.core.contracts.frame import DeviceFrame
from backend.runtime.bus import Bus, Subscription
from backend.runtime.topics import OPERATOR_FRAME, Topic

FORGET_NS = 60_000_000_000
"""A source silent this long is gone: its tab was closed, not its network slow."""


class BrowserInput:
    """Keeps the newest frame of every source of every driver."""

    topic: Topic = OPERATOR_FRAME

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._frames: Subscription | None = None
        self._newest: dict[tuple[str, str], DeviceFrame] = {}

    def open(self) -> None:
        """Connect to the bus; the publisher may start later."""
        self._frames = self._bus.subscribe(self.topic)

    def latest(self) -> tuple[DeviceFrame, ...]:
        """Return the newest frame of every source seen in the last minute."""
        if self._frames is not None:
            for frame in self._frames.drain():
                self._newest[frame.driver, frame.source] = frame
        oldest_ns = clock.now_ns() - FORGET_NS
        self._newest = {key: frame for key, frame in self._newest.items() if frame.t_ns > oldest_ns}
        return tuple(self._newest.values())

    def close(self) -> None:
        """Disconnect and forget every source."""
        self._newest.clear()
        if self._frames is not None:
            self._frames.close()
            self._frames = None
