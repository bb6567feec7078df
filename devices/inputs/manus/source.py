"""Where gloves are heard of: a bridge to the maker's software, or ROS 2."""

from collections import Counter
from typing import Protocol

from backend.core.rig.clock_map import ClockMap
from devices.inputs.manus.sample import GloveSample


class GloveSource(Protocol):
    """Gives samples without blocking."""

    where: str
    """Where it listens, in words."""
    clock: ClockMap | None
    """How the sender's clock lies on the host's; None when its messages have no stamps."""
    late_ns: int
    """By how much the newest message came later than the fastest ones."""
    received: int
    """Messages taken so far."""
    refused: Counter[str]
    """Messages refused so far, by kind."""
    last_refusal: str
    """Why the last one was refused, in words; empty when none was."""

    def open(self) -> None:
        """Connect; the sender may start later. Raises ConnectionError with what to do."""

    def poll(self) -> tuple[GloveSample, ...]:
        """Take in what has arrived and return the newest sample of every glove, left ones first."""

    def vibrate(self, glove: int, fingers: list[float]) -> None:
        """Make a glove vibrate: strength 0 to 1 of thumb, index, middle, ring, pinky; never waits."""

    def close(self) -> None:
        """Disconnect and forget every glove."""
