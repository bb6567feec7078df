"""The cameras process: renders or grabs every camera at its rate and publishes the raw pictures.

It never queues: a picture that is not ready when the next one is due is dropped and counted, and the
heartbeat says so. It runs below everything else, so that pictures never slow physics or control.
"""

import os
import signal
import time
from collections import deque
from types import FrameType

import numpy as np

from backend import catalog
from backend.core import clock
from backend.core.contracts.robot import CameraSpec
from backend.core.contracts.video import CameraSource
from backend.runtime.bus import Bus, Publisher
from backend.runtime.heartbeat import Heart
from backend.runtime.schedule import CameraClock, stagger
from backend.runtime.topics import CAMERA_FRAME, WORLD_STATE
from backend.settings import settings

NICE = 5
STALE_NS = 500_000_000
KEEPS_UP = 0.93
"""A camera that reaches less of its rate than this is reported."""
PROBE_S = 0.1
LATE_WINDOW = 300
"""Turns over which lateness is judged."""


class Cameras:
    """Publishes each camera of an opened source at its own rate.

    Args:
        bus: Where world states come from and pictures go.
        source: Opened entry of `catalog.CAMERAS`.
        heart: Heartbeat of the process.
    """

    def __init__(self, bus: Bus, source: CameraSource, heart: Heart) -> None:
        self._source = source
        self._heart = heart
        self._worlds = bus.subscribe(WORLD_STATE)
        self._publishers: dict[str, Publisher] = {
            camera.name: bus.publisher(CAMERA_FRAME, camera.name) for camera in source.cameras
        }
        periods_s = [1.0 / camera.fps for camera in source.cameras]
        start_ns = clock.now_ns()
        self._clocks = [
            CameraClock(start_ns, period_s, phase_s)
            for period_s, phase_s in zip(periods_s, stagger(periods_s), strict=True)
        ]
        self._shown_ns = dict.fromkeys(self._publishers, -1)
        self._late_ms: deque[float] = deque([0.0], maxlen=LATE_WINDOW)
        self._problem = ""

    def turn(self) -> None:
        """Wait for the next camera that is due and publish its picture."""
        camera, camera_clock = min(
            zip(self._source.cameras, self._clocks, strict=True), key=lambda pair: pair[1].due_ns
        )
        now_ns = clock.now_ns()
        if camera_clock.due_ns > now_ns:
            time.sleep((camera_clock.due_ns - now_ns) * 1e-9)
            now_ns = clock.now_ns()
        self._late_ms.append(camera_clock.advance(now_ns) * 1e-6)
        self._worlds.drain()
        self._show(camera, camera_clock)
        if not self._heart.due(clock.now_ns()):
            return
        self._heart.beat(
            state=self.state(clock.now_ns()),
            rate_hz=self._clocks[0].rate_hz(clock.now_ns()),
            late_p99_ms=float(np.percentile(self._late_ms, 99)),
            overruns=sum(each.dropped for each in self._clocks),
        )

    def _show(self, camera: CameraSpec, camera_clock: CameraClock) -> None:
        world = self._worlds.newest
        if not self._source.live and (world is None or world.t_ns == self._shown_ns[camera.name]):
            return
        try:
            header, pixels = self._source.grab(camera, world)
        except ValueError as error:
            # A world of another scene: the processes run with different settings.
            self._problem = str(error)
            return
        self._problem = ""
        if header.t_ns == self._shown_ns[camera.name]:
            return
        self._publishers[camera.name].publish(header, memoryview(pixels).cast("B"))
        self._shown_ns[camera.name] = header.t_ns
        camera_clock.delivered(clock.now_ns())

    def state(self, now_ns: int) -> str:
        """Return `ok`, or what is wrong with the pictures, in words."""
        world = self._worlds.newest
        if self._problem:
            return f"no pictures: {self._problem}"
        if not self._source.live and (world is None or now_ns - world.t_ns > STALE_NS):
            return "no pictures: the world process sends nothing new"
        slow = [
            f"{camera.name} {reached_hz:.0f} of {camera.fps:.0f} fps"
            for camera, each in zip(self._source.cameras, self._clocks, strict=True)
            if 0 < (reached_hz := each.rate_hz(now_ns)) < KEEPS_UP * camera.fps
        ]
        if slow and self._source.live:
            return f"{', '.join(slow)}: the camera or its network is slower than its setting"
        if slow:
            return (
                f"{', '.join(slow)}: this machine cannot render faster; "
                "lower BUNRAKU_HEAD_CAMERA or BUNRAKU_WRIST_CAMERAS"
            )
        return "ok"


def main() -> None:
    """Run until SIGTERM. A machine that cannot render stays up and says why."""
    stopping, opening = False, True

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        if opening:  # The first start simplifies meshes for long; nobody should have to wait for that.
            raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    bus = Bus(settings().run_dir)
    heart = Heart(bus, "cameras")
    heart.beat(state="starting")
    source: CameraSource = catalog.load(catalog.CAMERAS, settings().cameras)()
    try:
        source.open()
    except ConnectionError as error:
        while True:
            heart.beat(state=f"no pictures: {error}")
            time.sleep(PROBE_S)
    opening = False
    # Only now: starting should not wait for everything else.
    os.nice(NICE)
    cameras = Cameras(bus, source, heart)
    while not stopping:
        cameras.turn()
    source.close()


if __name__ == "__main__":
    main()
