"""Recording against lerobot 0.6.1's own streaming recorder, on the same frames.

A head camera of 640x480 at 30 fps and two wrist cameras of 320x240 at 15 fps, robot states at 250 Hz and
control ticks at 100 Hz are produced live. Each picture shows its number; each state holds the instant it
was taken. First our recorder process records them as they come over the bus, encoded by the encoder of
the video process; then lerobot's recorder gets the newest picture of every camera and the newest state at
30 Hz, as its record loop does, with the fastest H.264 settings it has.

- dropped_frames: pictures between the first one recorded and the stop that are not in the recording.
- sync_error: for every picture, |instant the picture shows - instant of the state it is paired with|, both
  read from what was recorded, not from its time stamps. We pair by stored capture times (nearest state);
  a LeRobot row pairs by being a row.
- save_s: from the request to stop until everything is complete on disk.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from backend.core.clock import now_ns
from backend.core.contracts.recording import RecorderRequest, RecorderStatus
from backend.core.contracts.robot import CameraSpec
from backend.core.contracts.video import CameraFrame, VideoReply, VideoRequest
from backend.recording.reader import EpisodeReader
from backend.recording.resample import nearest
from backend.runtime.bus import Bus
from backend.runtime.topics import (
    CONTROL_TICK,
    RECORDER,
    RECORDER_STATUS,
    ROBOT_STATE,
    VIDEO,
    VIDEO_PACKET,
    WORLD_STATE,
)
from backend.video.encoder import CameraEncoder
from benchmarks.recording_source import SPEC, Result, Source, score, total
from benchmarks.recording_stock import stock
from benchmarks.report import report
from tests.recording.streams import read_number

BIT_S = 2e6
RECORDER_PROGRAM = """
import sys
from pathlib import Path
from backend.recording.disk import DiskLimits
from backend.recording.process import run
from backend.runtime.bus import Bus
from devices.robots.g1_spec import g1_spec
root = Path(sys.argv[1])
run(Bus(root / "run"), root / "episodes", g1_spec(), "none", DiskLimits())
"""


def ours(seconds: float, root: Path) -> Result:
    """Record over the bus with the real recorder process."""
    bus = Bus(root / "run")
    topics = {"tick": CONTROL_TICK, "state": ROBOT_STATE, "world": WORLD_STATE}
    publishers = {name: bus.publisher(topic) for name, topic in topics.items()}
    packets, video = bus.publisher(VIDEO_PACKET), bus.serve(VIDEO)
    encoders = {camera.name: CameraEncoder(BIT_S) for camera in SPEC.cameras}

    def keyframe(request: VideoRequest) -> VideoReply:
        for encoder in encoders.values():
            encoder.request_keyframe()
        return VideoReply(ok=True)

    def picture(camera: CameraSpec, seq: int, t_ns: int, rgb: np.ndarray) -> None:
        video.poll(keyframe, lambda why: VideoReply(ok=False, error=why))
        header = CameraFrame(
            camera=camera.name, t_ns=t_ns, seq=seq, width=camera.width, height=camera.height, fps=camera.fps
        )
        packets.publish(*encoders[camera.name].encode(header, memoryview(rgb).cast("B")))

    source = Source(lambda name, record: publishers[name].publish(record), picture)
    recorder = subprocess.Popen([sys.executable, "-c", RECORDER_PROGRAM, str(root)])
    status = bus.subscribe(RECORDER_STATUS)
    try:
        with source.running():
            _wait(lambda: (found := _newest(status)) and all(s.age_ms < 300 for s in found.streams))
            episode = str(uuid.uuid4())
            cpu = psutil.Process(recorder.pid).cpu_times()
            _call(bus, RecorderRequest(kind="start", episode=episode, instruction="benchmark"))
            time.sleep(seconds)
            stopped_ns, began = now_ns(), time.monotonic()
            _call(bus, RecorderRequest(kind="stop"))
            _wait(lambda: bus.call(RECORDER, RecorderRequest(kind="save"), timeout_s=10.0).ok)
            save_s = time.monotonic() - began
            used = psutil.Process(recorder.pid).cpu_times()
    finally:
        recorder.terminate()
        recorder.wait(30)
    reader = EpisodeReader(root / "episodes" / episode)
    states = reader.tables.states
    state_ns = source.state_ns(states.q_rad)
    scores = []
    for camera in SPEC.cameras:
        frames = reader.frames(camera.name)
        shown = np.array([read_number(picture) for picture in reader.pictures(camera.name)])
        paired_ns = state_ns[nearest(states.t_ns, frames.t_ns)]
        scores.append(score(source.truth[camera.name], shown, paired_ns, stopped_ns))
    busy = (used.user + used.system - cpu.user - cpu.system) / seconds * 100
    return total("bunraku", scores, seconds=seconds, save_s=save_s, cpu_percent=busy)


def _newest(status: Any) -> RecorderStatus | None:
    status.drain()
    return status.newest


def _wait(condition: Callable[[], Any], timeout_s: float = 60.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the recorder does not answer")
        time.sleep(0.01)


def _call(bus: Bus, request: RecorderRequest) -> None:
    reply = bus.call(RECORDER, request, timeout_s=10.0)
    if not reply.ok:
        raise RuntimeError(reply.error)


def main() -> None:
    """Run both recorders and print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="10 s instead of 10 minutes")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory() as folder:
        mine = ours(10.0 if quick else 600.0, Path(folder) / "ours")
        theirs = stock(6.0 if quick else 120.0, Path(folder) / "stock")
    report(
        "recording",
        [mine.row(), theirs.row()],
        quick=quick,
        dropped_frames=mine.dropped,
        sync_error_p95_ms=round(float(np.percentile(mine.sync_ms, 95)), 3),
        save_s=round(mine.save_s, 3),
        stock_dropped_frames=theirs.dropped,
        stock_sync_error_p95_ms=round(float(np.percentile(theirs.sync_ms, 95)), 3),
        stock_save_s=round(theirs.save_s, 3),
    )


if __name__ == "__main__":
    main()
