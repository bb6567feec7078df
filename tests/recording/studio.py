"""Everything around the recorder: publishers of every stream, a video process that obeys, and requests."""

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from backend.core.clock import now_ns
from backend.core.contracts.health import Reply
from backend.core.contracts.recording import EpisodeManifest, RecorderRequest, RecorderStatus
from backend.core.contracts.video import VideoReply, VideoRequest
from backend.recording.manifest import load_manifest
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
from tests.recording.streams import SPEC, Encoder, paint, robot_state, tick, world_state

RATES_HZ = {"state": 250.0, "tick": 100.0, "world": 60.0} | {c.name: c.fps for c in SPEC.cameras}


class Studio:
    """A recorder process and live synthetic streams over the real bus.

    The number painted into a picture is its sequence number; the first arm joint is at the seconds since
    `epoch_ns`, and so is the action that is asked.
    """

    def __init__(self, root: Path, **limits: int) -> None:
        self.root = root
        self.bus = Bus(root / "run")
        self.epoch_ns = now_ns()
        self.silent: set[str] = set()
        self.skip_seq: dict[str, int] = {}
        self.recorder: subprocess.Popen | None = None
        self._limits = {"start_bytes": 1 << 20, "stop_bytes": 1 << 20, "ballast_bytes": 1 << 20} | limits
        self._status = self.bus.subscribe(RECORDER_STATUS)
        self._encoders = {c.name: Encoder(c.name, c.width, c.height, c.fps) for c in SPEC.cameras}
        self._count = dict.fromkeys(RATES_HZ, 0)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._publish, daemon=True)
        self._thread.start()

    def start_recorder(self, **environment: str) -> None:
        environment |= {name: str(value) for name, value in self._limits.items()}
        command = [sys.executable, "-m", "tests.recording.run_recorder", str(self.root)]
        self.recorder = subprocess.Popen(command, env=os.environ | environment)
        self._status.drain()
        self._status.newest = None
        self.wait_for(lambda: self.status() is not None)
        # Its subscriptions are in place once every stream was heard.
        self.wait_for(lambda: all(s.age_ms < 400 for s in self.status().streams))

    def status(self) -> RecorderStatus | None:
        self._status.drain()
        return self._status.newest

    def request(self, kind: str, **fields: object) -> Reply:
        return self.bus.call(RECORDER, RecorderRequest(kind=kind, **fields), timeout_s=10.0)

    def take(self, **fields: object) -> Path:
        """Start a take and return its folder."""
        episode = str(uuid.uuid4())
        reply = self.request("start", episode=episode, task="lift", instruction="lift the box", **fields)
        assert reply.ok, reply.error
        return self.root / "episodes" / episode

    def finish(self, kind: str = "save") -> None:
        """Stop the take and decide on it."""
        assert self.request("stop").ok
        self.wait_for(lambda: self.request(kind).ok)

    def next_seq(self, stream: str) -> int:
        """Return the sequence number of the next message of a camera or of `state`, `tick`, `world`."""
        return self._count[stream]

    @staticmethod
    def wait_for(condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, "did not happen in time"
            time.sleep(0.02)

    @staticmethod
    def manifest(folder: Path) -> EpisodeManifest:
        return load_manifest(folder)

    def close(self) -> None:
        self._stopping.set()
        self._thread.join()
        if self.recorder and self.recorder.poll() is None:
            self.recorder.terminate()
            self.recorder.wait(30)

    def _keyframe(self, request: VideoRequest) -> VideoReply:
        for camera in request.cameras or tuple(self._encoders):
            self._encoders[camera].force_keyframe()
        return VideoReply(ok=True)

    def _publish(self) -> None:
        video = self.bus.serve(VIDEO)
        topics = (CONTROL_TICK, ROBOT_STATE, WORLD_STATE, VIDEO_PACKET)
        ticks, states, worlds, packets = (self.bus.publisher(topic) for topic in topics)
        rates = RATES_HZ
        count = self._count
        newest = None
        while not self._stopping.is_set():
            video.poll(self._keyframe, lambda why: VideoReply(ok=False, error=why))
            for name, rate in rates.items():
                while self.epoch_ns + count[name] * 1e9 / rate <= now_ns():
                    t_ns = self.epoch_ns + int(count[name] * 1e9 / rate)
                    seq, ramp = count[name], (t_ns - self.epoch_ns) / 1e9
                    count[name] += 1
                    if name in self.silent:
                        continue
                    if name == "state":
                        newest = robot_state(seq, t_ns, ramp)
                        states.publish(newest)
                    elif name == "tick":
                        ticks.publish(tick(seq, t_ns, ramp, newest))
                    elif name == "world":
                        worlds.publish(world_state(seq, t_ns))
                    elif self.skip_seq.get(name) == seq:
                        continue
                    else:
                        encoder = self._encoders[name]
                        rgb = paint(seq % 65536, encoder.width, encoder.height)
                        packets.publish(*encoder.encode(rgb, seq, t_ns))
            time.sleep(0.002)
        for publisher in (ticks, states, worlds, packets, video):
            publisher.close()
