"""MANUS gloves as an input of the control process: they move the hands of whoever holds the lease."""

import dataclasses

import msgspec

from backend import catalog
from backend.core import clock
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.record import Array, Record
from backend.runtime.bus import Bus, Subscription
from backend.runtime.hand_calibrations import HandCalibrations
from backend.runtime.topics import CONTROL_TICK, ROBOT_STATE
from backend.settings import settings
from devices.inputs.manus.framer import GloveFramer
from devices.inputs.manus.gloves import ManusGloves
from devices.inputs.manus.haptics import Haptics
from devices.inputs.manus.sample import GloveSample
from devices.inputs.manus.table import of_side


class _Lease(msgspec.Struct):
    """The part of a `TickRecord` that says for whom gloves speak."""

    lease: str
    lease_name: str
    driver: str


class _Touch(Record):
    """The part of a `RobotState` that can be felt."""

    t_ns: int
    hand_force_n: Array


class ManusInput:
    """Reads the gloves of one bridge and lets them feel what the robot's fingers touch."""

    def __init__(self, bus: Bus) -> None:
        config = settings()
        self._bus = bus
        self._spec = catalog.load(catalog.ROBOTS, config.robot).spec
        self._way = config.glove_way
        self._store = HandCalibrations(config.hands_dir)
        self._gloves = ManusGloves(config.manus_address)
        self._haptics = Haptics()
        self._framer = GloveFramer(self._spec, {}, self._way)
        self._lease, self._name = "", ""
        self._drives = False
        self._newest: DeviceFrame | None = None
        self._ticks: Subscription | None = None
        self._states: Subscription | None = None

    def open(self) -> None:
        """Connect to the bridge; raises ConnectionError for an address that cannot be."""
        self._gloves.open()
        self._ticks = self._bus.subscribe(dataclasses.replace(CONTROL_TICK, kind=_Lease, delivery="newest"))
        self._states = self._bus.subscribe(dataclasses.replace(ROBOT_STATE, kind=_Touch, delivery="newest"))

    def latest(self) -> tuple[DeviceFrame, ...]:
        """Return the newest frame, for whoever holds the lease; nothing while nobody does."""
        if self._ticks is None or self._states is None:
            return ()
        samples = self._gloves.poll()
        tick = (self._ticks.poll() or (None,))[0]
        if tick is not None:
            self._follow_lease(tick)
        self._states.poll()
        self._feel(samples, self._drives)
        if not self._lease:
            return ()
        frame = self._framer.frame(samples, self._lease)
        if frame is not None:
            self._newest = frame
        return () if self._newest is None else (self._newest,)

    def close(self) -> None:
        """Let the gloves be still and disconnect."""
        self._feel(self._gloves.poll(), False)
        self._gloves.close()
        for subscription in (self._ticks, self._states):
            if subscription is not None:
                subscription.close()
        self._ticks = self._states = self._newest = None

    def _follow_lease(self, tick: _Lease) -> None:
        self._drives = bool(tick.lease) and tick.driver == tick.lease
        if tick.lease == self._lease:
            return
        self._lease, self._newest = tick.lease, None
        if tick.lease and tick.lease_name != self._name:
            self._name = tick.lease_name
            self._framer = GloveFramer(self._spec, self._store.load(self._name), self._way)

    def _feel(self, samples: tuple[GloveSample, ...], wanted: bool) -> None:
        touch = self._states.newest if self._states is not None and wanted else None
        force_n, t_ns = (None, 0) if touch is None else (touch.hand_force_n, touch.t_ns)
        for side, fingers in self._haptics.update(force_n, t_ns, clock.now_ns()).items():
            glove, _ = of_side(samples, side)
            if glove is not None and glove.haptics:
                self._gloves.vibrate(glove.id, fingers)
