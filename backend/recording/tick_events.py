"""Finds what is worth marking in the stream of ticks: holds, stops, faults, falls, changes of driver."""

from backend.core.contracts.recording import EpisodeEvent
from backend.core.contracts.tick import Mode, TickRecord

MARKED = {Mode.HOLD: "hold", Mode.STOPPED: "stop", Mode.FAULT: "fault"}


class TickEvents:
    """Compares each tick with the one before."""

    def __init__(self) -> None:
        self._mode: Mode | None = None
        self._driver = ""
        self._fallen = False

    def observe(self, tick: TickRecord) -> list[EpisodeEvent]:
        """Return the events that begin with this tick."""
        events = []
        if self._mode not in (None, tick.mode) and tick.mode in MARKED:
            events.append(EpisodeEvent(t_ns=tick.t_ns, kind=MARKED[tick.mode], text=tick.reason))
        # Ticks without a driver are pauses of the same driver until another one appears.
        if tick.driver and self._driver and tick.driver != self._driver:
            text = f"{self._driver} -> {tick.driver}"
            events.append(EpisodeEvent(t_ns=tick.t_ns, kind="driver", text=text))
        fallen = tick.state is not None and tick.state.locomotion == "fallen"
        if fallen and not self._fallen:
            text = tick.state.locomotion_note or "the robot has fallen"
            events.append(EpisodeEvent(t_ns=tick.t_ns, kind="fall", text=text))
        self._mode = tick.mode
        self._driver = tick.driver or self._driver
        self._fallen = fallen
        return events
