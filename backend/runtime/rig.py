"""The rig process: reads what the operator wears, and sends it to control as device frames.

devices -> frames of whoever holds the lease and has switched the rig on -> control
"""

import dataclasses
import select
import signal
from collections.abc import Sequence
from types import FrameType

import structlog

from backend import catalog
from backend.core import clock
from backend.core.contracts.health import Reply
from backend.core.contracts.rig import RigDevice, RigRequest, RigStatus
from backend.runtime import logging, realtime
from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from backend.runtime.rig_slot import Slot
from backend.runtime.rig_use import RigUse, TickView, Touch
from backend.runtime.topics import CONTROL_TICK, OPERATOR_FRAME, RIG, RIG_FRAME, RIG_STATUS, ROBOT_STATE
from backend.settings import settings

PRIORITY = 60
"""Below physics and control: a frame may wait for a tick, a tick must not wait for a frame."""
TURN_S = 0.005
"""Longest time between two turns; what has a descriptor is read as soon as something has arrived."""
STATUS_NS = int(1e9 / RIG_STATUS.rate_hz)
GARBAGE_TURNS = 1000

FRESH_NS = 250_000_000
"""An older frame says nothing about this moment."""

KINDS = ("use", "leave")


class Rig:
    """Runs the devices of one rig."""

    def __init__(self, bus: Bus, devices: Sequence[RigDevice]) -> None:
        self._devices = [Slot(device) for device in devices]
        self._use = RigUse()
        self._frames = bus.publisher(RIG_FRAME)
        self._statuses = bus.publisher(RIG_STATUS)
        self._service = bus.serve(RIG)
        self._ticks = bus.subscribe(dataclasses.replace(CONTROL_TICK, kind=TickView))
        self._touches = bus.subscribe(dataclasses.replace(ROBOT_STATE, kind=Touch, delivery="newest"))
        self._pages = bus.subscribe(OPERATOR_FRAME)
        self._heart = Heart(bus, "rig")
        self._status_ns = 0
        self._running = True

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End `run` after the present turn; usable as a signal handler."""
        self._running = False

    def run(self) -> None:
        """Turn until stopped."""
        realtime.pause_garbage_collection()
        turns = 0
        while self._running:
            select.select([slot for slot in self._devices if slot.fileno() >= 0], [], [], TURN_S)
            self._turn(clock.now_ns())
            turns += 1
            if turns % GARBAGE_TURNS == 0:
                realtime.collect_young()

    def close(self) -> None:
        """Release the sockets."""
        for slot in self._devices:
            slot.close()
        for part in (self._frames, self._statuses, self._service, self._heart):
            part.close()
        for subscription in (self._ticks, self._touches, self._pages):
            subscription.close()

    def _turn(self, now_ns: int) -> None:
        for tick in self._ticks.drain():
            self._use.see_tick(tick)
        for touch in self._touches.drain():
            self._use.see_touch(touch)
        for frame in self._pages.drain():
            self._use.see_page(frame.driver, frame.t_ns)
        self._service.poll(self._answer, lambda why: Reply(ok=False, error=why))
        wearer = self._use.wearer(now_ns)
        for slot in self._devices:
            frame = slot.turn(wearer, now_ns)
            if frame is not None:
                self._frames.publish(frame)
        if now_ns - self._status_ns >= STATUS_NS:
            self._status_ns = now_ns
            self._statuses.publish(self._status(now_ns))
        self._heart.beat(now_ns)

    def _status(self, now_ns: int) -> RigStatus:
        frames = [slot.frame for slot in self._devices if slot.frame is not None]
        fresh = [frame for frame in frames if now_ns - frame.t_ns < FRESH_NS]
        return RigStatus(
            t_ns=now_ns,
            driver=self._use.driver,
            driver_name=self._use.name,
            engaged=any(frame.moving for frame in fresh),
            trouble="; ".join(frame.trouble for frame in fresh if frame.trouble),
            note=self._use.note,
            devices=tuple(slot.status(now_ns) for slot in self._devices),
        )

    def _answer(self, request: RigRequest) -> Reply:
        now_ns = clock.now_ns()
        if request.kind == "use":
            error = self._use.use(request, now_ns)
        elif request.kind == "leave":
            error = self._use.leave(request)
        else:
            return self._ask_device(request, now_ns)
        return Reply(ok=not error, error=error)

    def _ask_device(self, request: RigRequest, now_ns: int) -> Reply:
        if self._use.driver not in ("", request.driver):
            error = f"{self._use.name} uses the rig; only they may change it."
            return Reply(ok=False, error=error)
        for slot in self._devices:
            if request.kind in slot.device.kinds:
                return slot.ask(request, now_ns)
        allowed = (*KINDS, *(kind for slot in self._devices for kind in slot.device.kinds))
        return Reply(ok=False, error=f"unknown request {request.kind!r}; allowed: {', '.join(allowed)}")


def main() -> None:
    """Entry of the process."""
    logging.configure()
    config = settings()
    priority = realtime.make_realtime(PRIORITY)
    spec = catalog.load(catalog.ROBOTS, config.robot).spec
    devices: list[RigDevice] = [
        catalog.load(catalog.RIG_DEVICES, name)(config, spec) for name in config.rig_devices
    ]
    rig = Rig(Bus(config.run_dir), devices)
    signal.signal(signal.SIGTERM, rig.stop)
    signal.signal(signal.SIGINT, rig.stop)
    structlog.get_logger("rig").info("running", devices=config.rig_devices, priority=priority)
    try:
        rig.run()
    finally:
        rig.close()


if __name__ == "__main__":
    main()
