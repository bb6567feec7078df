"""The world process itself, over its bus: states, services, watchdog, a clean end."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.record import json_decoder
from backend.core.contracts.world import SceneShapes, WorldRequest
from backend.core.safety.safety import Safety
from backend.runtime.bus import Bus, ServiceUnavailable
from backend.runtime.topics import WORLD, WORLD_STATE
from backend.settings import ROOT
from devices.robots.sim_g1 import SimG1
from tests.locomotion.rig import SPEC

PATIENCE_S = 90.0


def _until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE_S:g} s for: {what}"
        time.sleep(0.01)


def _is_reset(robot: SimG1) -> bool:
    """The driver waits a tenth of a second only, which a busy machine may well need."""
    try:
        robot.reset()
    except ConnectionError:
        return False
    return True


@pytest.fixture
def world(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Bus]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "backend.runtime.world"],
        cwd=ROOT,
        env={**os.environ, "BUNRAKU_DATA_DIR": str(tmp_path)},
    )
    yield process, Bus(tmp_path / "run")
    process.kill()
    process.wait()


def test_serves_its_robot_in_real_time_and_ends_cleanly(world: tuple[subprocess.Popen[bytes], Bus]):
    process, bus = world
    robot, safety = SimG1(bus), Safety(SPEC, 0.01)
    robot.open()
    worlds = bus.subscribe(WORLD_STATE)
    _until(robot.read, "the first state")
    first = robot.read()
    assert first.command_seq == -1
    assert not first.stopped_by_watchdog

    def heard() -> bool:
        robot.send(safety.hold(clock.now_ns())[0])
        return robot.read().command_seq > 0

    _until(heard, "a command acted on")
    _until(lambda: robot.read().stopped_by_watchdog, "the watchdog, once commands stop")
    assert 0 <= clock.now_ns() - robot.read().t_ns < 10_000_000_000

    _until(worlds.poll, "the world's state")
    poses = worlds.newest.object_poses.reshape(len(worlds.newest.objects), 7)
    np.testing.assert_allclose(np.linalg.norm(poses[:, 3:], axis=1), 1.0, atol=1e-6)

    _until(lambda: _is_reset(robot), "the robot put back on its feet")
    assert bus.call(WORLD, WorldRequest(kind="reset_scene", seed=3), timeout_s=PATIENCE_S).ok
    refused = bus.call(WORLD, WorldRequest(kind="dance"), timeout_s=PATIENCE_S)
    assert not refused.ok
    assert "allowed: reset_robot, reset_scene" in refused.error
    robot.close()
    process.terminate()
    assert process.wait(PATIENCE_S) == 0


def test_a_robot_without_a_world_says_so(tmp_path: Path):
    robot = SimG1(Bus(tmp_path / "run"))
    robot.open()
    with pytest.raises(ConnectionError, match="not running"):
        robot.reset()
    with pytest.raises(ServiceUnavailable):
        Bus(tmp_path / "run").call(WORLD, WorldRequest(kind="reset_robot"), timeout_s=0.05)
    robot.close()


def test_describes_what_stands_around_it(world: tuple[subprocess.Popen[bytes], Bus]):
    _, bus = world
    _until(lambda: _shapes(bus), "the description of the scene")
    assert "tea_box" in _shapes(bus).objects


def _shapes(bus: Bus) -> SceneShapes | None:
    try:
        reply = bus.call(WORLD, WorldRequest(kind="shapes"))
    except ServiceUnavailable:
        return None
    return json_decoder(SceneShapes).decode(reply.detail["shapes"])
