"""Where samples of a headset come from: the app itself, or the vendor's software development kit."""

from typing import Protocol

from backend.core.rig.clock_map import ClockMap
from devices.inputs.pico.tracking import Sample


class SampleSource(Protocol):
    """Gives samples without blocking."""

    clock: ClockMap
    mirrored: bool
    """The trackers' poses are left-handed."""
    session: int
    """Grows whenever the headset may have another origin than before."""
    headset: str
    """Which headset it is: its serial number; empty when it has not said."""

    def open(self) -> None:
        """Connect or listen; raises ConnectionError with what to do."""

    def fileno(self) -> int:
        """Return a descriptor that is readable when something has arrived; -1 when it must be polled."""

    def read(self, now_ns: int) -> list[Sample]:
        """Return the samples that have arrived, oldest first."""

    def state(self, now_ns: int) -> str:
        """Return `ok`, or what is wrong and what to do, in words."""

    def notes(self, now_ns: int) -> tuple[str, ...]:
        """Return its limits and what else is worth knowing, in words."""

    @property
    def dropped(self) -> int:
        """Bytes that made no sense."""

    def close(self) -> None:
        """Release everything."""
