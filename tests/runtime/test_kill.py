"""SIGKILL of every process while the robot is being driven: what must hold, and what comes back.

The tests share one app and run in the order of the file; each leaves it healthy.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.record import json_decoder
from backend.core.contracts.recording import EpisodeManifest
from backend.core.contracts.tick import Mode, TickRecord
from backend.runtime.bus import Subscription
from backend.runtime.processes import PROCESSES
from backend.runtime.topics import CONTROL_TICK, HEALTH, ROBOT_STATE
from tests.support.app import App, running_app
from tests.support.operator import Operator

# Starting everything takes long on a machine that is busy with other tests.
pytestmark = pytest.mark.timeout(600)

SMALL = {"BUNRAKU_HEAD_CAMERA": "160x120@10", "BUNRAKU_WRIST_CAMERAS": "160x120@5"}
CAMERAS = {"head", "left_wrist", "right_wrist"}
SWAY_RAD_S = 1.5
BACK_S = 120.0
"""How long a process may take to come back on a machine that is busy with other things."""


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with running_app(**SMALL) as running:
        yield running


@pytest.fixture
def operator(app: App) -> Iterator[Operator]:
    with Operator(app.url) as person:
        yield person


def until(condition: Callable[[], Any], what: str, timeout_s: float = BACK_S) -> Any:
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        if (result := condition()) is not None and result is not False:
            return result
        time.sleep(0.02)
    raise AssertionError(f"not within {timeout_s:g} s: {what}")


def kill(app: App, name: str) -> int:
    """Kill a process; return when [ns]."""
    pid = app.pids()[name]
    os.kill(pid, signal.SIGKILL)
    at_ns = clock.now_ns()
    until(lambda: app.pids().get(name, pid) != pid, f"{name} is started again")
    return at_ns


def await_heartbeat(app: App, name: str, after_ns: int) -> None:
    hearts = app.bus.subscribe(HEALTH, name)
    until(
        lambda: (message := hearts.wait(0.1)) and message[0].started_ns > after_ns,
        f"{name} beats again",
    )
    hearts.close()


def sway() -> dict[str, Any]:
    """Step backwards and forwards on the spot, well away from the table however long it takes."""
    wave = np.sin(SWAY_RAD_S * time.monotonic())
    return {"base_velocity": np.array([0.2 * wave, 0.0, 0.0])}


def drive(operator: Operator) -> None:
    """Take control, arm and walk at full speed; press again where the machine has made it look silent."""
    operator.take_and_arm()
    for _ in range(10):
        operator.drive(sway)
        try:
            operator.wait(
                lambda: operator.tick.mode is Mode.ACTIVE and operator.tick.speed_scale == 1.0, 10.0
            )
            return
        except TimeoutError:
            operator.rest()
            time.sleep(0.5)
            operator.take_and_arm()
    raise AssertionError(f"cannot drive: {operator.tick.mode}: {operator.tick.reason}")


def settle(operator: Operator) -> None:
    operator.rest()
    operator.wait(lambda: operator.tick.mode is not Mode.ACTIVE, 10.0)
    operator.request("lease.release")


def newest(subscription: Subscription) -> Any:
    subscription.drain()
    return subscription.newest


def test_control_killed_the_robot_holds_by_itself_and_control_is_back_stopped(app: App, operator: Operator):
    states = app.bus.subscribe(ROBOT_STATE)
    ticks = app.bus.subscribe(CONTROL_TICK)
    drive(operator)
    operator.vanish()
    before = newest(ticks).seq
    ticks.drain()
    kill(app, "control")
    until(lambda: (state := newest(states)) and state.stopped_by_watchdog, "the robot's watchdog stops it")
    first: TickRecord = until(
        lambda: next((tick for tick in ticks.drain() if tick.seq < before), None), "new ticks"
    )
    assert first.mode is Mode.STOPPED
    assert first.lease == ""
    until(lambda: not newest(states).stopped_by_watchdog, "the robot hears commands again")
    assert newest(states).locomotion == "stand"
    drive(operator)
    settle(operator)
    states.close()
    ticks.close()


def test_world_killed_control_is_in_fault_and_can_be_reset(app: App, operator: Operator):
    drive(operator)
    pid = app.pids()["world"]
    os.kill(pid, signal.SIGKILL)
    operator.wait(lambda: operator.tick.mode is Mode.FAULT, 10.0)
    assert operator.tick.reason
    assert operator.tick.command.stop
    operator.rest()
    until(lambda: app.pids().get("world", pid) != pid, "the world is started again")
    operator.wait(lambda: operator.tick.state is not None, BACK_S)
    assert operator.tick.mode is Mode.FAULT, "a robot that is back does not move by itself"
    reply = operator.request("reset")
    assert reply.ok, reply.error
    operator.wait(lambda: operator.tick.mode is Mode.STOPPED, 10.0)
    until(
        lambda: operator.request("lease.take").ok and operator.request("arm").ok,
        "the robot can be armed again",
    )
    drive(operator)
    settle(operator)


def test_api_killed_the_lease_runs_out_and_the_robot_stands(app: App, operator: Operator):
    ticks = app.bus.subscribe(CONTROL_TICK)
    drive(operator)
    at_ns = kill(app, "api")
    seen: list[TickRecord] = []
    until(lambda: seen.extend(ticks.drain()) or (seen and seen[-1].lease == ""), "the lease runs out")
    silent = [tick for tick in seen if tick.t_ns - at_ns > 500_000_000]
    assert silent
    assert all(tick.mode not in (Mode.ACTIVE, Mode.HOLD) for tick in silent)
    assert Mode.HOLD in {tick.mode for tick in seen}
    until(lambda: newest(ticks).state.locomotion == "stand", "the robot comes to rest")
    until(lambda: _answers(app), "the page answers again")
    with Operator(app.url, name="Next") as person:
        drive(person)
        settle(person)
    ticks.close()


def _answers(app: App) -> bool:
    try:
        return httpx.get(f"{app.url}/healthz", timeout=2.0).status_code == 200
    except httpx.HTTPError:
        return False


def assert_control_went_on(ticks: list[TickRecord], at_ns: int) -> None:
    """No tick is missing, and nothing but the operator's own silence has ended the motion."""
    seqs = [tick.seq for tick in ticks]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs)))
    assert ticks[0].t_ns < at_ns < ticks[-1].t_ns
    assert {tick.mode for tick in ticks} <= {Mode.ACTIVE, Mode.HOLD, Mode.READY}


@pytest.mark.parametrize("name", ["video", "cameras"])
def test_pictures_killed_control_goes_on_and_they_come_back(app: App, operator: Operator, name: str):
    ticks = app.bus.subscribe(CONTROL_TICK)
    drive(operator)
    ticks.drain()
    seen = [ticks.wait(5.0)[0]]
    at_ns = kill(app, name)
    seen += ticks.drain()
    assert_control_went_on(seen, at_ns)
    settle(operator)
    operator.wait(
        lambda: (
            operator.telemetry.video is not None
            and operator.telemetry.video.t_ns > at_ns
            and len(operator.telemetry.video.cameras) == 3
            and all(camera.age_ms < 2000 for camera in operator.telemetry.video.cameras)
        ),
        BACK_S,
    )
    ticks.close()


def test_recorder_killed_mid_episode_loses_at_most_a_second(app: App, operator: Operator):
    task = httpx.post(
        f"{app.url}/api/tasks", json={"name": "Kill", "instruction": "Step to and fro."}, timeout=10.0
    )
    assert task.status_code == 201, task.text
    ticks = app.bus.subscribe(CONTROL_TICK)
    drive(operator)
    reply = operator.request("record.start", task=task.json()["id"])
    assert reply.ok, reply.error
    wanted = {f"/camera/{camera}/frame" for camera in CAMERAS}
    operator.wait(lambda: _streams(operator) >= wanted, BACK_S)
    ticks.drain()
    seen = [ticks.wait(5.0)[0]]
    at_ns = kill(app, "recorder")
    seen += ticks.drain()
    assert_control_went_on(seen, at_ns)
    await_heartbeat(app, "recorder", at_ns)
    settle(operator)
    ticks.close()
    path = app.data_dir / "episodes" / reply.detail["episode"] / "manifest.json"
    manifest: EpisodeManifest = until(lambda: _recovered(path), "the episode is recovered")
    assert manifest.state == "interrupted"
    assert {camera.name for camera in manifest.cameras} == CAMERAS
    for camera in manifest.cameras:
        assert at_ns - camera.last_t_ns < 1_500_000_000, f"{camera.name} lost more than a second"
    assert manifest.counts["/control/tick"] > 0
    assert at_ns - manifest.ended_t_ns < 1_000_000_000


def _streams(operator: Operator) -> set[str]:
    """Return the streams that have delivered to the open episode for some seconds."""
    recorder = operator.telemetry.recorder
    return {stream.name for stream in recorder.streams if stream.count > 20} if recorder else set()


def _recovered(path: Path) -> EpisodeManifest | None:
    manifest = json_decoder(EpisodeManifest).decode(path.read_bytes())
    return manifest if manifest.recovered else None


def test_afterwards_everything_runs_and_the_robot_has_not_fallen(app: App, operator: Operator):
    operator.wait(lambda: operator.telemetry and len(operator.telemetry.processes) == len(PROCESSES), BACK_S)
    operator.wait(
        lambda: operator.tick and operator.tick.state and operator.tick.state.locomotion == "stand", BACK_S
    )
    assert set(app.pids()) == {spec.name for spec in PROCESSES}
