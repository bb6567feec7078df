"""One rollout against a real policy server; the test is the clock, the robot and control."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.rollout import (
    PROTOCOL,
    CameraInput,
    Observation,
    PolicyHello,
    RolloutRequest,
    Timings,
)
from backend.core.contracts.tick import Rollout
from backend.core.contracts.video import CameraFrame
from backend.core.policy.observation import state_vector
from backend.runtime.bus import Bus
from backend.runtime.robot_view import RobotView
from backend.runtime.rollout_run import RolloutRun
from backend.runtime.topics import CAMERA_FRAME, CONTROL_TICK, ROBOT_STATE
from tests.recording.streams import SPEC, robot_state, tick
from tests.support.app import temporary_data_dir
from trainer.policies.served import PolicyRefused
from trainer.policy_server.pictures import scaled
from trainer.policy_server.server import PolicyServer

TOKEN = "correct-horse-battery"
PICTURE = np.tile(np.linspace(0, 255, 64, dtype=np.uint8)[:, None], (48, 1, 3)).reshape(48, 64, 3)
HELLO = PolicyHello(
    protocol=PROTOCOL,
    policy="Box lifter, v2",
    chunk_size=20,
    fps=50.0,
    layout_hash=SPEC.layout.hash,
    cameras=(CameraInput(name="head", height=24, width=32),),
    n_obs_steps=2,
    supports_rtc=True,
)


class Spy:
    """A policy that writes down what it is shown and answers with its step numbers."""

    def __init__(self, hello: PolicyHello = HELLO) -> None:
        self.hello = hello
        self.seen: list[Observation] = []
        self.refuse = ""

    def predict(self, observation: Observation) -> tuple[np.ndarray, Timings]:
        self.seen.append(observation)
        if self.refuse:
            raise PolicyRefused(self.refuse)
        steps = observation.start_step + np.arange(20)
        return np.tile(steps[:, None] * 0.001, (1, 36)), Timings(infer=1.5)


class Site:
    """The rollout, and everything around it that a test needs."""

    def __init__(self, spy: Spy, bus: Bus) -> None:
        self.spy, self.bus = spy, bus
        self.asked: list[ControlRequest] = []
        self.grant: Rollout | None = None
        self.knots: list[Any] = []
        self.picture_ns = 0
        self._publishers = [bus.publisher(topic) for topic in (ROBOT_STATE, CONTROL_TICK)]
        self._publishers.append(bus.publisher(CAMERA_FRAME, "head"))
        self._loop = asyncio.new_event_loop()
        self._url: list[str] = []
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._stop = asyncio.Event()
        self._thread.start()
        while not self._url:
            time.sleep(0.01)
        self.run: RolloutRun | None = None
        self._seq = 0

    async def _serve(self) -> None:
        server = PolicyServer(self.spy, TOKEN)
        listening = await server.listen("127.0.0.1", 0)
        self._url.append(f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}")
        await self._stop.wait()
        listening.close()
        await listening.wait_closed()
        server.close()

    def start(self, **changes) -> None:
        values = {"kind": "start", "driver": "ada", "url": self._url[0], "token": TOKEN, "task": "Lift."}
        self.run = RolloutRun(
            RolloutRequest(**(values | changes)), SPEC, RobotView(self.bus, SPEC), self._control
        )

    def _control(self, request: ControlRequest) -> Reply:
        self.asked.append(request)
        if request.kind in ("policy.start", "policy.resume"):
            self.grant = Rollout(policy=self.run.status(0).policy, phase="driving", hand_back=True)
        return Reply(ok=True)

    def turn(self) -> None:
        self._seq += 1
        now_ns = clock.now_ns()
        states, ticks, pictures = self._publishers
        states.publish(robot_state(self._seq, now_ns, 0.25))
        ticks.publish(tick(self._seq, now_ns, 0.25, None, rollout=self.grant))
        header = CameraFrame(
            camera="head", t_ns=self.picture_ns or now_ns, seq=self._seq, width=64, height=48, fps=30
        )
        pictures.publish(header, memoryview(PICTURE).cast("B"))
        time.sleep(0.005)
        knot = self.run.turn(clock.now_ns(), now_ns)
        if knot is not None:
            self.knots.append(knot)

    def until(self, condition: Callable[[], Any], what: str) -> None:
        deadline_s = time.monotonic() + 60
        while time.monotonic() < deadline_s:
            self.turn()
            if condition():
                return
        raise AssertionError(f"{what}: {self.run.phase}: {self.run.reason}")

    def close(self) -> None:
        if self.run is not None:
            self.run.close()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        for publisher in self._publishers:
            publisher.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with temporary_data_dir() as folder:
        made = Site(Spy(), Bus(folder / "run"))
        yield made
        made.close()


def test_it_shows_what_the_robot_sees_and_plays_what_the_policy_says(site: Site):
    site.start(merge="rtc", s_min=5)
    site.until(lambda: len(site.spy.seen) > 3 and site.run.phase == "driving", "it drives")
    assert [request.kind for request in site.asked] == ["policy.start"]
    assert (site.asked[0].driver, site.asked[0].policy) == ("ada", "policy:Box-lifter-v2")
    observation = site.spy.seen[-1]
    assert (observation.task, len(observation.sights)) == ("Lift.", 2)
    sight = observation.sights[-1]
    assert sight.t_ns > observation.sights[0].t_ns
    assert sight.state == pytest.approx(state_vector(SPEC, robot_state(0, 0, 0.25)))
    assert np.abs(scaled(sight.pictures[0], 48, 64).astype(int) - PICTURE).mean() < 3
    start = observation.start_step
    assert start > 0
    # A perfect policy continues itself: what is left over is what it will say again.
    steps = start + np.arange(len(observation.left_over))
    assert observation.left_over == pytest.approx(np.tile(steps[:, None] * 0.001, (1, 36)))
    played = [knot.action[0] for knot in site.knots]
    assert played == pytest.approx(0.001 * np.arange(len(played)))
    assert site.knots[-1].source_t_ns - site.knots[-1].t_ns == pytest.approx(2e9 / 50, abs=2e7)
    status = site.run.status(0)
    assert (status.fps, status.chunk_size, status.latency_ms.infer) == (50.0, 20, 1.5)
    assert status.stalls == 0


def test_without_fresh_pictures_it_asks_for_nothing_and_says_why(site: Site):
    site.start()
    site.until(lambda: site.run.phase == "driving", "it drives")
    site.picture_ns = clock.now_ns() - 900_000_000
    site.until(lambda: "The picture of head is" in site.run.reason, "it says why")
    asked = len(site.spy.seen)
    site.until(lambda: site.run.status(0).stalls == 1, "the actions run out")
    assert len(site.spy.seen) <= asked + 1
    held = site.knots[-1].action
    site.picture_ns = 0
    site.until(lambda: site.run.status(0).level > 0, "it goes on")
    assert np.abs(site.knots[-1].action - held).max() < 0.01


def test_while_somebody_else_drives_chunks_are_not_continued(site: Site):
    site.start(merge="rtc", s_min=3)
    site.until(lambda: site.run.phase == "driving", "it drives")
    site.grant = msgspec.structs.replace(site.grant, phase="taken_over")
    site.until(lambda: site.run.phase == "taken_over", "taken over")
    asked = len(site.spy.seen)
    site.until(lambda: len(site.spy.seen) > asked + 2, "it goes on looking")
    assert not site.spy.seen[-1].left_over.size
    assert site.run.status(0).takeovers == 1


def test_losing_the_permission_ends_it(site: Site):
    site.start()
    site.until(lambda: site.run.phase == "driving", "it drives")
    site.grant = None
    site.until(lambda: site.run.phase == "ended", "it has ended")
    assert site.run.reason == "ann drives"
    knots = len(site.knots)
    for _ in range(5):
        site.turn()
    assert len(site.knots) == knots


@pytest.mark.parametrize(
    ("hello", "changes", "words"),
    [
        ({"layout_hash": "0"}, {}, "trained for other joints"),
        (
            {"cameras": (CameraInput(name="belly", height=8, width=8),)},
            {},
            "needs camera belly; allowed: head",
        ),
        ({"supports_rtc": False}, {"merge": "rtc"}, "cannot continue a chunk"),
        ({"protocol": 99}, {}, "speaks protocol 99"),
        ({"fps": 1000.0}, {}, "allowed: 1-100"),
    ],
)
def test_policies_that_do_not_fit_are_refused_in_words(site: Site, hello, changes, words):
    site.spy.hello = msgspec.structs.replace(HELLO, **hello)
    site.start(**changes)
    site.until(lambda: site.run.phase == "failed", "it has failed")
    assert words in site.run.reason
    assert not site.asked


def test_a_server_that_refuses_an_observation_ends_it(site: Site):
    site.spy.refuse = "too dark"
    site.start()
    site.until(lambda: site.run.phase == "failed", "it has failed")
    assert site.run.reason == "the policy server refuses: too dark"


def test_a_server_of_openpi_drives_the_robot(site: Site):
    site.spy.hello = msgspec.structs.replace(HELLO, n_obs_steps=1)
    site.start(dialect="openpi", url=f"{site._url[0]}/openpi")
    site.until(lambda: site.run.phase == "driving" and len(site.knots) > 5, "it drives")
    sight = site.spy.seen[-1].sights[-1]
    (picture,) = sight.pictures
    assert (picture.camera, picture.encoding, picture.height, picture.width) == ("head", "rgb8", 224, 224)
    assert sight.state == pytest.approx(state_vector(SPEC, robot_state(0, 0, 0.25)), abs=1e-6)
