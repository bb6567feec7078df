"""A headset's bytes without a network and at its own pace: emulator -> packets -> device of the rig."""

from collections.abc import Iterator

import numpy as np

from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.rig import RigRequest, Role, Wearer
from backend.core.rig.clock_map import ClockMap
from backend.runtime.rig_store import RigStore
from devices.emulators.pico import wire
from devices.emulators.pico.body import TRACKERS, Body, Habit
from devices.emulators.pico.commands import Stage, obey
from devices.emulators.pico.headset import Headset
from devices.emulators.pico.link import HeadsetClock, Link
from devices.inputs.pico.device import PicoDevice
from devices.inputs.pico.protocol import PacketParser
from devices.inputs.pico.tracking import Sample, function_of, sample_of

RATE_HZ = 72.0
START_NS = 1_000_000_000_000
EPOCH_NS = 1_700_000_000_000_000_000
ADA = Wearer(driver="ada", name="Ada", driving=False)
DRIVING = Wearer(driver="ada", name="Ada", driving=True)


class BytesSource:
    """A `SampleSource` that is handed the bytes of each picture."""

    def __init__(self) -> None:
        self.clock = ClockMap()
        self.mirrored = False
        self.session = 1
        self.headset = "PA9"
        self.dropped = 0
        self._parser = PacketParser()
        self._samples: list[Sample] = []

    def arrive(self, data: bytes, now_ns: int) -> None:
        for packet in self._parser.feed(data):
            name, value = function_of(packet.data)
            assert name == "Tracking"
            self._samples.append(sample_of(value, self.mirrored, now_ns, packet.timestamp_ms))

    def open(self) -> None:
        pass

    def fileno(self) -> int:
        return -1

    def read(self, now_ns: int) -> list[Sample]:
        samples, self._samples = self._samples, []
        return samples

    def state(self, now_ns: int) -> str:
        return "ok"

    def notes(self, now_ns: int) -> tuple[str, ...]:
        return ()

    def close(self) -> None:
        pass


class Bench:
    """An emulated headset on the desk, turned by hand."""

    def __init__(
        self, folder, mirrored: bool = False, origin: str = "floor", rate_hz: float = RATE_HZ
    ) -> None:
        self._period_ns = int(1e9 / rate_hz)
        clock = HeadsetClock(0.0, 0.0)
        self.stage = Stage(
            Body(Habit()),
            Headset("PA9", mirrored, origin),
            Link(("127.0.0.1", 9), "PA9", clock),
        )
        self.source = BytesSource()
        self.store = RigStore(folder)
        self.device = PicoDevice(self.source, self.store, height_m=0.74, reach_m=0.41)
        self.now_ns = START_NS
        self.wearer: Wearer | None = ADA
        self.serials = {Role(name): self.stage.headset.serials[name] for name in TRACKERS}

    def tell(self, *lines: str) -> None:
        for line in lines:
            assert not obey(self.stage, line), line

    def turn(self) -> DeviceFrame | None:
        """One picture of the headset."""
        self.now_ns += self._period_ns
        self.stage.body.advance(self._period_ns * 1e-9)
        if not self.stage.link.silent:
            source_ns = self.now_ns - START_NS + EPOCH_NS
            value = self.stage.headset.tracking(self.stage.body.poses(), source_ns)
            data = wire.packet(wire.FUNCTION, wire.function("Tracking", value), source_ns // 1_000_000)
            self.source.arrive(data, self.now_ns)
        return self.device.turn(self.wearer, self.now_ns)

    def turns(self, seconds: float) -> Iterator[DeviceFrame | None]:
        for _ in range(round(seconds * 1e9 / self._period_ns)):
            yield self.turn()

    def run(self, seconds: float) -> list[DeviceFrame | None]:
        return list(self.turns(seconds))

    def ask(self, kind: str, **fields):
        return self.device.ask(RigRequest(kind=kind, **fields), self.now_ns)

    @property
    def status(self):
        return self.device.status(self.now_ns)

    @property
    def task(self):
        return self.status.task

    def assign(self) -> None:
        """Wear all five where they belong."""
        self.run(0.1)
        for role, serial in self.serials.items():
            reply = self.ask("roles.assign", role=role, serial=serial)
            assert reply.ok, reply.error

    def calibrate(self) -> None:
        """Take the neutral pose as Ada."""
        reply = self.ask("calibrate.neutral", name="Ada")
        assert reply.ok, reply.error
        self.run(3.0)
        assert self.task.phase == "done", self.task.text

    def drive(self) -> None:
        """Calibrate and hold the deadman."""
        self.assign()
        self.calibrate()
        self.wearer = DRIVING


def velocities(frames: list[DeviceFrame]) -> np.ndarray:
    """Return the (n, 3) base velocities of frames."""
    return np.array([frame.base_velocity for frame in frames])
