"""/api/rollout over HTTP; control and the rollout process are at the other end of a real bus."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import numpy as np
import pytest

from backend.core import clock
from backend.core.contracts.health import Reply
from backend.core.contracts.rollout import RolloutRequest, RolloutStatus
from backend.core.contracts.tick import Mode
from backend.runtime.topics import CONTROL_TICK, ROLLOUT, ROLLOUT_STATUS
from tests.api.house import House, eventually
from tests.recording.streams import tick

CLIENT = "ann-1"
START = {"client": CLIENT, "url": "ws://127.0.0.1:9", "token": "t", "task": "Lift the box."}


class Robot:
    """Says that Ann has control and the robot is ready, and answers rollout requests."""

    def __init__(self, house: House) -> None:
        self.seen: list[RolloutRequest] = []
        self.refuse = ""
        self.mode, self.lease = Mode.READY, CLIENT
        self.phase = "driving"
        bus = house.parts.bus
        self._ticks, self._statuses = bus.publisher(CONTROL_TICK), bus.publisher(ROLLOUT_STATUS)
        self._server = bus.serve_async(ROLLOUT)

    async def answer(self, request: RolloutRequest) -> Reply:
        self.seen.append(request)
        return Reply(ok=not self.refuse, error=self.refuse)

    async def talk(self) -> None:
        while True:
            now_ns = clock.now_ns()
            record = tick(0, now_ns, 0.0, None, mode=self.mode, lease=self.lease, lease_name="Ann")
            self._ticks.publish(record)
            status = RolloutStatus(
                t_ns=now_ns, phase=self.phase, policy="policy:x", level=9, plan=np.zeros((3, 36))
            )
            self._statuses.publish(status)
            await asyncio.sleep(0.02)

    async def serve(self) -> None:
        await self._server.serve(self.answer, lambda why: Reply(ok=False, error=why))

    def close(self) -> None:
        for part in (self._ticks, self._statuses, self._server):
            part.close()


@pytest.fixture
async def robot(sqlite_house: House) -> AsyncIterator[Robot]:
    made = Robot(sqlite_house)
    tasks = [asyncio.create_task(work) for work in (made.talk(), made.serve())]

    async def heard() -> bool:
        sqlite_house.parts.live.refresh()
        return sqlite_house.parts.live.tick is not None

    await eventually(heard)
    yield made
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    made.close()


async def test_start_passes_on_what_was_asked(sqlite_house: House, robot: Robot):
    answer = await sqlite_house.http.post("/api/rollout/start", json={**START, "merge": "ensemble"})
    assert answer.status_code == 202, answer.text
    request = robot.seen[-1]
    assert (request.kind, request.driver, request.url) == ("start", CLIENT, START["url"])
    assert (request.merge, request.s_min, request.hand_back) == ("ensemble", 10, True)

    async def driving() -> bool:
        return (await sqlite_house.http.get("/api/rollout")).json()["phase"] == "driving"

    await eventually(driving)
    status = (await sqlite_house.http.get("/api/rollout")).json()
    assert (status["policy"], status["level"], len(status["plan"][0])) == ("policy:x", 9, 36)
    assert status["border_jump_rad"] is None
    for route in ("pause", "resume"):
        answer = await sqlite_house.http.post(f"/api/rollout/{route}", json={"client": CLIENT})
        assert answer.status_code == 204, answer.text
    assert (await sqlite_house.http.post("/api/rollout/stop")).status_code == 204
    assert [request.kind for request in robot.seen] == ["start", "pause", "resume", "stop"]


async def test_only_who_has_control_of_a_ready_robot_may_start(sqlite_house: House, robot: Robot):
    http = sqlite_house.http
    answer = await http.post("/api/rollout/start", json={**START, "client": "bob"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_in_control")
    assert "Ann has it" in answer.json()["text"]
    robot.mode = Mode.STOPPED

    async def refused() -> bool:
        answer = await http.post("/api/rollout/start", json=START)
        return answer.status_code == 409 and "arm it" in answer.json()["text"]

    await eventually(refused)
    robot.mode, robot.refuse = Mode.READY, "a rollout is driving; stop it first"

    async def said() -> bool:
        answer = await http.post("/api/rollout/start", json=START)
        return answer.status_code == 409 and robot.refuse in answer.json()["text"]

    await eventually(said)


@pytest.mark.parametrize(
    "change",
    [{"url": ""}, {"policy_id": "11111111-1111-4111-8111-111111111111"}, {"merge": "x"}, {"s_min": 0}],
)
async def test_bad_bodies_are_refused(sqlite_house: House, change):
    answer = await sqlite_house.http.post("/api/rollout/start", json={**START, **change})
    assert answer.status_code == 422


async def test_without_processes_it_says_so(sqlite_house: House):
    assert (await sqlite_house.http.get("/api/rollout")).json()["phase"] == "away"
    answer = await sqlite_house.http.post("/api/rollout/start", json=START)
    assert (answer.status_code, answer.json()["code"]) == (503, "control_away")


async def test_a_policy_that_is_not_there_is_not_found(sqlite_house: House, robot: Robot):
    body = {"client": CLIENT, "policy_id": "11111111-1111-4111-8111-111111111111"}
    answer = await sqlite_house.http.post("/api/rollout/start", json=body)
    assert answer.status_code == 404


# The server imports lerobot, which takes long on a busy machine.
@pytest.mark.timeout(600)
async def test_a_policy_that_is_refused_is_explained(sqlite_house: House, robot: Robot, tmp_path):
    """The real policy server is started; it finds no manifest in the folder and says so."""
    request = RolloutRequest(kind="start", driver=CLIENT)
    await sqlite_house.parts.rollouts.start(request, tmp_path)

    async def explained() -> bool:
        status = (await sqlite_house.http.get("/api/rollout")).json()
        return status["phase"] == "failed" and "bunraku.json is missing" in status["reason"]

    await eventually(explained, timeout_s=500)
    assert not robot.seen
