"""Replays recorded device frames, as if their devices were connected now."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from mcap.exceptions import McapError
from mcap.reader import make_reader

from backend.core import clock
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.record import json_decoder
from backend.runtime.bus import Bus
from backend.settings import settings

SAMPLES = "samples.mcap"
TICKS = "/control/tick"


class _Tick(msgspec.Struct):
    """The part of a recorded `TickRecord` that came from devices."""

    frames: tuple[DeviceFrame, ...]


def recorded_frames(episode: Path) -> list[DeviceFrame]:
    """Return the device frames of an episode's folder in the order of their arrival.

    Raises:
        ConnectionError: there is no readable recording in `episode`.
    """
    decoder = json_decoder(_Tick)
    try:
        with open(episode / SAMPLES, "rb") as file:
            messages = make_reader(file).iter_messages(topics=[TICKS])
            frames = [frame for _, _, message in messages for frame in decoder.decode(message.data).frames]
    except (OSError, McapError, msgspec.DecodeError) as error:
        raise ConnectionError(
            f"cannot replay {episode}: {error}. Set BUNRAKU_REPLAY_EPISODE to the folder of a closed episode."
        ) from error
    return sorted(frames, key=lambda frame: frame.t_ns)


class ReplayInput:
    """Gives every frame at the same time after `open` as it had in the recording.

    Stamps are moved to the present and the driver is replaced, so that a replay needs the lease like
    anybody else and goes stale where the recording ends.
    """

    def __init__(
        self,
        bus: Bus | None = None,
        frames: Sequence[DeviceFrame] | None = None,
        driver: str = "replay",
        now_ns: Callable[[], int] = clock.now_ns,
    ) -> None:
        """Prepare a replay.

        Args:
            bus: Not used; every input is built from the bus.
            frames: What to replay, in the order of arrival; the configured episode when not given.
            driver: Who the frames claim to be driving.
            now_ns: Clock [ns]; give one that is advanced by hand to replay in steps.
        """
        self._frames = frames
        self._driver = driver
        self._now_ns = now_ns
        self._shift_ns = 0
        self._next = 0
        self._newest: dict[str, DeviceFrame] = {}

    def open(self) -> None:
        """Load the recording and start replaying it; raises ConnectionError with what to do."""
        if self._frames is None:
            self._frames = recorded_frames(settings().replay_episode)
        self._newest.clear()
        self._next = 0
        if self._frames:
            self._shift_ns = self._now_ns() - self._frames[0].t_ns

    @property
    def finished(self) -> bool:
        """Every frame has been given."""
        return self._next == len(self._frames or ())

    def latest(self) -> tuple[DeviceFrame, ...]:
        """Return the newest frame of every source that is due by now."""
        frames = self._frames or ()
        now_ns = self._now_ns()
        while self._next < len(frames) and frames[self._next].t_ns + self._shift_ns <= now_ns:
            frame = frames[self._next]
            self._newest[frame.source] = msgspec.structs.replace(
                frame, t_ns=frame.t_ns + self._shift_ns, driver=self._driver
            )
            self._next += 1
        return tuple(self._newest.values())

    def close(self) -> None:
        """Stop; the frames given so far go stale."""
        self._newest.clear()
        self._next = len(self._frames or ())
