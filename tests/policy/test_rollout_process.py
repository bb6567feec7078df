"""A rollout over the real processes: world, control, recorder, rollout and a policy server of its own."""

import contextlib
import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.record import json_decoder
from backend.core.contracts.recording import EpisodeManifest, RecorderRequest
from backend.core.contracts.rollout import RolloutRequest, RolloutStatus
from backend.core.contracts.tick import Mode, TickRecord
from backend.recording.tables import load_tables
from backend.runtime.bus import Bus, ServiceUnavailable
from backend.runtime.topics import (
    CONTROL,
    CONTROL_TICK,
    OPERATOR_FRAME,
    RECORDER,
    ROBOT_STATE,
    ROLLOUT,
    ROLLOUT_STATUS,
)
from tests.policy.serving import TOKEN, policy_server
from tests.support.app import module_process, temporary_data_dir

# Starting everything takes long on a machine that is busy with other tests.
pytestmark = pytest.mark.timeout(600)

ADA, POLICY = "ada", "policy:hold"
BACK_S = 120.0


class House:
    """The operator's side of the running processes; sends frames all the time like a browser."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bus = Bus(folder / "run")
        self.ticks = self.bus.subscribe(CONTROL_TICK)
        self.statuses = self.bus.subscribe(ROLLOUT_STATUS)
        self.frames = self.bus.publisher(OPERATOR_FRAME)
        self.seen: list[TickRecord] = []
        self.status: RolloutStatus | None = None
        self.pressed = False
        self._seq = 0

    def send(self) -> int:
        self._seq += 1
        now_ns = clock.now_ns()
        twist = np.array([0.0, 0.0, 0.1, 0, 0, 0]) if self.pressed else np.zeros(6)
        frame = DeviceFrame(
            source="keyboard",
            driver=ADA,
            t_ns=now_ns,
            seq=self._seq,
            source_t_ns=now_ns,
            deadman=self.pressed,
            moving=self.pressed,
            right=ArmInput(twist=twist),
        )
        self.frames.publish(frame)
        return now_ns

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        deadline_s = time.monotonic() + BACK_S
        while time.monotonic() < deadline_s:
            self.send()
            time.sleep(0.01)
            self.seen += self.ticks.drain()
            if (drained := self.statuses.drain()) != []:
                self.status = drained[-1]
            if self.seen and (result := condition()):
                return result
        last = f"{self.seen[-1].mode}: {self.seen[-1].reason}" if self.seen else "no tick"
        rollout = f"{self.status.phase}: {self.status.reason}" if self.status else "no status"
        raise AssertionError(f"not within {BACK_S:g} s: {what}; control: {last}; rollout: {rollout}")

    @property
    def tick(self) -> TickRecord:
        return self.seen[-1]

    def ask(self, service: Any, request: Any) -> Reply:
        for _ in range(100):
            try:
                return self.bus.call(service, request, 2.0)
            except ServiceUnavailable:
                self.send()
                time.sleep(0.1)
        raise AssertionError(f"{service.name} does not answer")

    def demand(self, service: Any, request: Any) -> Reply:
        reply = self.ask(service, request)
        assert reply.ok, reply.error
        return reply

    def start(self, url: str, **changes) -> None:
        """Take control, arm, start the rollout and wait until the policy drives."""
        self.until(lambda: self.tick.state is not None, "the robot reports")
        self.demand(CONTROL, ControlRequest(kind="lease.take", driver=ADA, name="Ada"))
        self.demand(CONTROL, ControlRequest(kind="arm", driver=ADA))
        values = {"kind": "start", "driver": ADA, "url": url, "token": TOKEN, "task": "Stand still."}
        self.demand(ROLLOUT, RolloutRequest(**(values | changes)))
        self.until(lambda: self.tick.driver == POLICY, "the policy drives")
        self.until(lambda: self.status and self.status.phase == "driving", "the rollout says so")

    def held_after(self, at_ns: int) -> float:
        """Return how long after `at_ns` the robot was held [ms]."""
        held = self.until(
            lambda: next((t for t in self.seen if t.t_ns > at_ns and t.mode is not Mode.ACTIVE), None), "HOLD"
        )
        assert held.mode is Mode.HOLD, held.reason
        return (held.t_ns - at_ns) / 1e6

    def close(self) -> None:
        for part in (self.ticks, self.statuses, self.frames):
            part.close()


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    modules = ("backend.runtime.world", "backend.runtime.control", "backend.recording.process")
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(temporary_data_dir())
        for module in modules:
            stack.enter_context(module_process(module, folder))
        states = Bus(folder / "run").subscribe(ROBOT_STATE)
        assert states.wait(120.0), "the world process sends no state"
        states.close()
        made = House(folder)
        yield made
        made.close()


@pytest.fixture
def rollout(house: House) -> Iterator[subprocess.Popen]:
    with module_process("backend.runtime.rollout", house.folder) as process:
        house.status = None
        house.until(lambda: house.status, "the rollout process is there")
        yield process
    house.pressed = False
    house.demand(CONTROL, ControlRequest(kind="stop", driver=ADA))


def test_it_drives_is_taken_over_within_50_ms_and_handed_back(house: House, rollout, tmp_path: Path):
    with policy_server(tmp_path) as (_, url):
        house.start(url)
        delays_ms = []
        for _ in range(5):
            house.pressed = True
            pressed_ns = house.send()
            house.until(lambda: house.tick.driver == ADA, "Ada drives")
            first = next(t for t in house.seen if t.t_ns > pressed_ns and t.driver == ADA)
            delays_ms.append((first.t_ns - pressed_ns) / 1e6)
            assert first.mode is Mode.ACTIVE
            house.pressed = False
            house.until(lambda: house.tick.driver == POLICY, "the policy drives again")
        assert min(delays_ms) < 50.0
        house.until(lambda: house.status.takeovers == 5, "takeovers are counted")
        house.until(lambda: house.status.chunks > 3, "chunks are merged")
        assert house.status.round_trip_ms > 0
        assert house.status.plan.shape[1] == 36
        house.demand(ROLLOUT, RolloutRequest(kind="pause"))
        house.until(lambda: house.status.phase == "paused" and house.tick.mode is Mode.READY, "paused")
        house.demand(ROLLOUT, RolloutRequest(kind="resume"))
        house.until(lambda: house.tick.driver == POLICY, "resumed")
        house.demand(ROLLOUT, RolloutRequest(kind="stop", name="Ada"))
        house.until(lambda: house.tick.rollout is None and house.status.phase == "ended", "stopped")
        assert house.tick.mode is Mode.READY


def test_killing_the_policy_server_holds_the_robot_and_keeps_the_episode(house: House, rollout, tmp_path):
    episode = str(uuid.uuid4())
    with policy_server(tmp_path) as (server, url):
        house.start(url)
        house.demand(RECORDER, RecorderRequest(kind="start", episode=episode, task="t", operator="Ada"))
        before = len(house.seen)
        house.until(lambda: len(house.seen) > before + 100, "a second is recorded")
        server.send_signal(signal.SIGKILL)
        held_ms = house.held_after(clock.now_ns())
        assert held_ms < 250.0
        house.until(lambda: house.status.phase == "failed", "the rollout has failed")
        assert "policy server is gone" in house.status.reason
        house.until(lambda: house.tick.rollout is None, "the permission is given back")
        assert house.tick.mode is Mode.READY
    house.demand(RECORDER, RecorderRequest(kind="stop"))
    house.demand(RECORDER, RecorderRequest(kind="save"))
    folder = house.folder / "episodes" / episode
    house.until(lambda: _saved(folder), "the episode is saved")
    ticks = load_tables(folder / "samples.mcap").ticks
    assert {POLICY} <= set(ticks.driver.tolist()) <= {POLICY, ""}
    assert set(ticks.policy.tolist()) == {POLICY, ""}


def _saved(folder: Path) -> bool:
    manifest = json_decoder(EpisodeManifest).decode((folder / "manifest.json").read_bytes())
    return manifest.state == "saved"


def test_killing_the_rollout_process_holds_the_robot(house: House, rollout, tmp_path: Path):
    with policy_server(tmp_path) as (_, url):
        house.start(url)
        rollout.send_signal(signal.SIGKILL)
        assert house.held_after(clock.now_ns()) < 250.0
        house.until(lambda: house.tick.mode is Mode.READY, "READY")
        assert house.tick.rollout.phase == "paused"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"url": "http://x"}, "allowed: ws:// or wss://"),
        ({"merge": "magic"}, "available: blend, ensemble, naive, rtc"),
        ({"dialect": "klingon"}, "available: bunraku, openpi"),
        ({"driver": ""}, "who holds control"),
        ({"s_min": 0}, "allowed: 1 to 200"),
    ],
)
def test_bad_starts_are_refused_in_words(house: House, rollout, changes, words):
    values = {"kind": "start", "driver": ADA, "url": "ws://127.0.0.1:9", "token": TOKEN}
    reply = house.ask(ROLLOUT, RolloutRequest(**(values | changes)))
    assert words in reply.error


def test_failures_are_explained(house: House, rollout, tmp_path: Path):
    def fails(words: str, **changes) -> None:
        values = {"kind": "start", "driver": ADA, "token": TOKEN}
        house.demand(ROLLOUT, RolloutRequest(**(values | changes)))
        house.until(lambda: house.status.phase == "failed" and words in house.status.reason, words)

    fails("cannot connect", url="ws://127.0.0.1:9")
    with policy_server(tmp_path) as (_, url):
        fails("check the token", url=url, token="something-else-entirely")
        fails("control", url=url, driver="bob")
