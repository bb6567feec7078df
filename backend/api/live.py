"""The newest state of everything, read from the bus for telemetry."""

from typing import Any

import msgspec
import numpy as np

from backend.core import clock
from backend.core.contracts.health import Heartbeat
from backend.core.contracts.tick import TickRecord
from backend.core.contracts.wire import Telemetry
from backend.runtime.bus import Bus, Subscription
from backend.runtime.topics import (
    CONTROL_TICK,
    HEALTH,
    RECORDER_STATUS,
    RIG_STATUS,
    VIDEO_STATUS,
    WORLD_STATE,
)

PROCESSES = ("world", "cameras", "control", "video", "recorder", "rollout", "rig", "api")
LOST_NS = 2_000_000_000
"""A status older than this is shown as absent: its process is gone."""
NOTHING = np.zeros(0)


class Live:
    """Subscriptions whose newest records make up a `Telemetry`. Never blocks."""

    def __init__(self, bus: Bus) -> None:
        self._tick = bus.subscribe(CONTROL_TICK)
        self._world = bus.subscribe(WORLD_STATE)
        self._recorder = bus.subscribe(RECORDER_STATUS)
        self._video = bus.subscribe(VIDEO_STATUS)
        self._rig = bus.subscribe(RIG_STATUS)
        self._health = {process: bus.subscribe(HEALTH, process) for process in PROCESSES}

    def _all(self) -> list[Subscription]:
        newest = [self._tick, self._world, self._recorder, self._video, self._rig]
        return [*newest, *self._health.values()]

    def refresh(self) -> None:
        """Take in everything that has arrived."""
        for subscription in self._all():
            subscription.drain()

    @property
    def tick(self) -> TickRecord | None:
        """The newest tick, or None when control does not run."""
        return _fresh(self._tick)

    def open_take(self) -> str | None:
        """Return the episode the recorder has open or in review, "" when none, None when it is away."""
        recorder = _fresh(self._recorder)
        return recorder.episode if recorder else None

    @property
    def heartbeats(self) -> tuple[Heartbeat, ...]:
        """The last sign of life of every process that ever gave one."""
        beats = (subscription.newest for subscription in self._health.values())
        return tuple(beat for beat in beats if beat is not None)

    def telemetry(self) -> Telemetry:
        """Return what a browser needs: without input frames and the simulator's configuration."""
        tick, world = self.tick, _fresh(self._world)
        return Telemetry(
            t_ns=clock.now_ns(),
            tick=msgspec.structs.replace(tick, frames=()) if tick else None,
            world=msgspec.structs.replace(world, qpos=NOTHING) if world else None,
            recorder=_fresh(self._recorder),
            video=_fresh(self._video),
            rig=_fresh(self._rig),
            processes=self.heartbeats,
        )

    def close(self) -> None:
        """Release the sockets."""
        for subscription in self._all():
            subscription.close()


def _fresh(subscription: Subscription) -> Any:
    newest = subscription.newest
    return newest if newest is not None and clock.now_ns() - newest.t_ns < LOST_NS else None
