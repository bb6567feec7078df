"""All input devices of all drivers."""

from collections.abc import Sequence

from backend.core.arbiter.frame_check import problem
from backend.core.arbiter.source import Source, steers
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.tick import SourceHealth

FORGET_NS = 5_000_000_000
"""A device silent for this long is no longer shown."""

MOST = 32
"""More devices than this are an attack or a bug; further ones are refused."""


class Sources:
    """Keeps the newest usable frame of every device."""

    def __init__(self) -> None:
        self._sources: dict[tuple[str, str], Source] = {}

    def accept(self, frames: Sequence[DeviceFrame], now_ns: int) -> tuple[list[DeviceFrame], list[str]]:
        """Take frames; return those that are new and usable, and why others were refused."""
        self._sources = {
            key: source for key, source in self._sources.items() if now_ns - source.frame.t_ns < FORGET_NS
        }
        fresh, refused = [], []
        for frame in frames:
            why = problem(frame, now_ns)
            known = self._sources.get((frame.driver, frame.source))
            if why:
                refused.append(why)
            elif known is not None:
                if known.accept(frame):
                    fresh.append(frame)
            elif len(self._sources) >= MOST:
                refused.append(f"{frame.source} is refused; allowed: {MOST} devices at a time")
            else:
                self._sources[frame.driver, frame.source] = Source(frame)
                fresh.append(frame)
        return fresh, refused

    def steering(self, driver: str) -> list[Source]:
        """Return the devices of `driver` that the robot's motion depends on."""
        return [source for source in self._of(driver) if steers(source.frame)]

    def live_frames(self, driver: str, now_ns: int) -> list[DeviceFrame]:
        """Return the newest frame of every device of `driver` that can be trusted now."""
        return [source.frame for source in self._of(driver) if source.silence_ns(now_ns) < source.hold_ns]

    def health(self, now_ns: int) -> tuple[SourceHealth, ...]:
        """Return how every device is doing."""
        return tuple(source.health(now_ns) for source in self._sources.values())

    def _of(self, driver: str) -> list[Source]:
        return [source for (owner, _), source in self._sources.items() if owner == driver]
