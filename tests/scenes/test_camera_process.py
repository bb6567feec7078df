"""The cameras process: deadlines that do not collide, honest rates, and words when there are no pictures."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.health import Heartbeat
from backend.core.contracts.world import WorldState
from backend.runtime.bus import Bus, Subscription
from backend.runtime.scene_model import compiled_scene
from backend.runtime.schedule import CameraClock, stagger
from backend.runtime.topics import CAMERA_FRAME, HEALTH, WORLD_STATE
from backend.settings import ROOT, Settings
from devices.robots.sim_g1 import SimG1
from devices.scenes.hero import hero_qpos

PATIENCE_S = 60.0


@pytest.mark.parametrize("rates_hz", [(30, 15, 15), (30, 30, 30), (30, 10, 10), (15, 15, 15), (60,)])
def test_deadlines_of_cameras_keep_apart(rates_hz: tuple[int, ...]):
    periods_s = [1 / rate for rate in rates_hz]
    phases_s = stagger(periods_s)
    assert phases_s[0] == 0.0
    due_s = np.sort(np.concatenate([np.arange(a, 2.0, p) for a, p in zip(phases_s, periods_s, strict=True)]))
    assert np.diff(due_s).min() > 0.2 / max(rates_hz)


def test_a_late_camera_drops_deadlines_and_never_queues():
    camera = CameraClock(start_ns=0, period_s=0.1, phase_s=0.0)
    assert camera.advance(0) == 0
    assert camera.due_ns == 100_000_000
    assert camera.advance(350_000_000) == 50_000_000
    assert camera.dropped == 2
    assert camera.due_ns == 400_000_000


def test_the_rate_is_measured():
    camera = CameraClock(start_ns=0, period_s=1 / 30, phase_s=0.0)
    for number in range(40):
        camera.delivered(number * 50_000_000)
    assert camera.rate_hz(40 * 50_000_000) == pytest.approx(20.0)
    assert camera.rate_hz(100 * 50_000_000) == 0.0


class Process:
    """A running cameras process, seen over the bus."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.bus = Bus(data_dir / "run")
        self.health: Subscription = self.bus.subscribe(HEALTH, "cameras")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "backend.runtime.cameras"],
            cwd=ROOT,
            env={**os.environ, "BUNRAKU_DATA_DIR": str(data_dir), **environment},
        )

    def until(
        self, ready: Callable[[Heartbeat], bool], meanwhile: Callable[[], None] = lambda: None
    ) -> Heartbeat:
        """Wait for a heartbeat that is `ready`, calling `meanwhile` 60 times a second."""
        end_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < end_s:
            meanwhile()
            if (message := self.health.wait(1 / 60)) is not None and ready(message[0]):
                return message[0]
        raise AssertionError(f"last heartbeat: {self.health.newest}")

    def end(self) -> int:
        """Ask it to stop and return its exit status."""
        self._process.terminate()
        return self._process.wait(PATIENCE_S)


@pytest.fixture
def start(config: Settings):
    running: list[Process] = []

    def begin(**environment: str) -> Process:
        running.append(Process(config.data_dir, **environment))
        return running[-1]

    yield begin
    for process in running:
        process.end()
        process.health.close()


def test_publishes_every_camera_from_the_newest_world_state(config: Settings, start: Callable[..., Process]):
    qpos = hero_qpos(compiled_scene(config), SimG1.spec)
    process = start()
    worlds = process.bus.publisher(WORLD_STATE)
    pictures = {
        camera.name: process.bus.subscribe(CAMERA_FRAME, camera.name) for camera in SimG1.spec.cameras
    }
    process.until(lambda beat: "sends nothing" in beat.state)
    sent: set[int] = set()
    seen: dict[str, list[int]] = {name: [] for name in pictures}

    def world() -> None:
        now_ns = clock.now_ns()
        sent.add(now_ns)
        worlds.publish(
            WorldState(t_ns=now_ns, seq=len(sent), objects=(), object_poses=np.zeros(0), qpos=qpos)
        )
        for name, subscription in pictures.items():
            if (message := subscription.poll()) is not None:
                header, pixels = message
                assert len(pixels) == header.width * header.height * 3
                seen[name].append(header.t_ns)

    process.until(lambda _: all(len(stamps) > 10 for stamps in seen.values()), world)
    for stamps in seen.values():
        assert set(stamps) <= sent
        assert all(np.diff(stamps) > 0)
    process.until(lambda beat: beat.rate_hz > 0, world)
    process.until(lambda beat: "sends nothing" in beat.state)
    assert process.end() == 0
    worlds.close()


def test_without_opengl_it_stays_up_and_says_what_to_do(start: Callable[..., Process]):
    process = start(MUJOCO_GL="bogus")
    beat = process.until(lambda beat: "no pictures" in beat.state)
    assert "egl or osmesa" in beat.state
    assert process.end() == 0
