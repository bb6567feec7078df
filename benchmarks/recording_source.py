"""Live streams for the recording benchmark, and how a recording of them is judged."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backend.core.clock import now_ns
from backend.core.contracts.robot import CameraSpec, RobotState
from devices.robots.g1_spec import g1_spec
from tests.recording.streams import BITS, draw_number, robot_state, tick, world_state

SPEC = g1_spec()
CLOCK_JOINT = SPEC.index(SPEC.arm_joints[0])
"""Its angle is the instant of the measurement [s], so that a stored state tells when it was taken."""
IN_FLIGHT_NS = 50_000_000
"""Pictures taken this shortly before the stop may still be on their way."""


@dataclass
class Source:
    """Live streams; `truth` remembers when every picture was taken."""

    on_sample: Callable[[str, Any], None]
    on_picture: Callable[[CameraSpec, int, int, np.ndarray], None]
    epoch_ns: int = field(default_factory=now_ns)
    truth: dict[str, list[int]] = field(default_factory=lambda: {c.name: [] for c in SPEC.cameras})

    def state_ns(self, q_rad: np.ndarray) -> np.ndarray:
        """Return the instants that measured joint angles hold: (n, joints) -> (n,) int64 [ns]."""
        return self.epoch_ns + np.round(q_rad[:, CLOCK_JOINT] * 1e9).astype(np.int64)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Produce while the block runs: samples and pictures each from a thread of their own."""
        stop = threading.Event()
        samples = {"state": 250.0, "tick": 100.0, "world": 60.0}
        pictures = {camera.name: camera.fps for camera in SPEC.cameras}
        threads = [threading.Thread(target=self._run, args=(stop, rates)) for rates in (samples, pictures)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _run(self, stop: threading.Event, rates: dict[str, float]) -> None:
        cameras = {camera.name: camera for camera in SPEC.cameras}
        texture = np.random.default_rng(0).integers(0, 255, (1000, 1200, 3), dtype=np.uint8)
        texture = np.repeat(np.repeat(texture[::4, ::4], 4, axis=0), 4, axis=1)
        count = dict.fromkeys(rates, 0)
        due_ns = dict.fromkeys(rates, self.epoch_ns)
        state: RobotState | None = None
        while not stop.is_set():
            for name, rate in rates.items():
                if due_ns[name] > now_ns():
                    continue
                seq, t_ns = count[name], now_ns()
                count[name] += 1
                # What a busy machine made late is left out, not made up for in a burst.
                due_ns[name] = max(due_ns[name] + round(1e9 / rate), t_ns)
                instant_s = (t_ns - self.epoch_ns) / 1e9
                if name == "state":
                    state = robot_state(seq, t_ns, instant_s)
                    self.on_sample(name, state)
                elif name == "tick":
                    self.on_sample(name, tick(seq, t_ns, instant_s, state))
                elif name == "world":
                    self.on_sample(name, world_state(seq, t_ns))
                else:
                    camera = cameras[name]
                    x = (seq * 3) % (texture.shape[1] - camera.width)
                    rgb = texture[: camera.height, x : x + camera.width].copy()
                    draw_number(rgb, seq % (1 << BITS))
                    self.truth[name].append(t_ns)
                    self.on_picture(camera, seq, t_ns, rgb)
            time.sleep(0.0005)


@dataclass(frozen=True)
class Result:
    """What one recorder achieved."""

    name: str
    seconds: float
    pictures: int
    dropped: int
    sync_ms: np.ndarray
    save_s: float
    cpu_percent: float

    def row(self) -> dict[str, object]:
        """Return the row of the table."""
        return {
            "recorder": self.name,
            "s": self.seconds,
            "pictures": self.pictures,
            "dropped": self.dropped,
            "sync p50 ms": float(np.percentile(self.sync_ms, 50)),
            "sync p95 ms": float(np.percentile(self.sync_ms, 95)),
            "sync max ms": float(self.sync_ms.max()),
            "save s": self.save_s,
            "cpu %": self.cpu_percent,
        }


@dataclass(frozen=True)
class Score:
    """How one camera was recorded."""

    pictures: int
    dropped: int
    sync_ms: np.ndarray


def score(truth_ns: list[int], shown: np.ndarray, paired_ns: np.ndarray, stopped_ns: int) -> Score:
    """Judge the recording of one camera.

    Args:
        truth_ns: when each picture was taken [ns], by its number.
        shown: (n,) numbers that the recorded pictures show.
        paired_ns: (n,) instants of the states they are paired with [ns].
        stopped_ns: when recording was stopped [ns].
    """
    taken_ns = np.array(truth_ns)
    last = int(np.flatnonzero(taken_ns < stopped_ns - IN_FLIGHT_NS)[-1])
    distinct = set(shown.tolist())
    dropped = len(set(range(int(shown[0]), last + 1)) - distinct)
    return Score(len(distinct), dropped, np.abs(taken_ns[shown] - paired_ns) / 1e6)


def total(name: str, scores: list[Score], *, seconds: float, save_s: float, cpu_percent: float) -> Result:
    """Sum up all cameras."""
    return Result(
        name,
        seconds,
        sum(score.pictures for score in scores),
        sum(score.dropped for score in scores),
        np.concatenate([score.sync_ms for score in scores]),
        save_s,
        cpu_percent,
    )
