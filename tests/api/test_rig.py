"""/api/rig over HTTP; the rig process is at the other end of a real bus."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import numpy as np
import pytest

from backend.api.client import Client
from backend.core import clock
from backend.core.contracts.health import Reply
from backend.core.contracts.rig import RigDeviceStatus, RigRequest, RigStatus, TrackState, TrackStatus
from backend.core.hands.calibration import HandCalibration
from backend.core.hands.human import usual_deg
from backend.core.rig.operator import Operator
from backend.runtime.hand_calibrations import HandCalibrations
from backend.runtime.rig_store import RigStore
from backend.runtime.topics import RIG, RIG_STATUS
from backend.settings import Settings
from tests.api.house import House, browser, eventually, running

ADA = {"client": "ada-1"}


@pytest.fixture
async def house(sqlite_settings: Settings) -> AsyncIterator[House]:
    settings = sqlite_settings.model_copy(update={"rig": "pico, manus"})
    async with running(settings) as app, browser(app) as http:
        house = House(app, http)
        house.parts.clients.join(Client(None, "ada-1", "Ada"))
        yield house


class RigProcess:
    """Answers requests, and says how its devices are doing."""

    def __init__(self, house: House) -> None:
        self.seen: list[RigRequest] = []
        self.reply = Reply(ok=True, detail={"text": "Do it.", "task": "7"})
        bus = house.parts.bus
        self._server, self._statuses = bus.serve_async(RIG), bus.publisher(RIG_STATUS)

    async def answer(self, request: RigRequest) -> Reply:
        self.seen.append(request)
        return self.reply

    async def serve(self) -> None:
        await self._server.serve(self.answer, lambda why: Reply(ok=False, error=why))

    def say(self) -> None:
        pose = np.array([0, 0, 1.0, 0, 0, 0, 1.0])
        track = TrackStatus(name="T1", role="waist", state=TrackState.LOST, age_ms=120.0, pose=pose)
        device = RigDeviceStatus(source="pico", state="ok", tracks=(track,))
        nobody = {"driver": "", "driver_name": "", "engaged": False, "trouble": "", "note": ""}
        status = RigStatus(t_ns=clock.now_ns(), devices=(device,), **nobody)
        self._statuses.publish(status)

    def close(self) -> None:
        for part in (self._server, self._statuses):
            part.close()


@pytest.fixture
async def rig(house: House) -> AsyncIterator[RigProcess]:
    made = RigProcess(house)
    task = asyncio.create_task(made.serve())
    yield made
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    made.close()


@pytest.mark.parametrize(
    ("method", "route", "change", "asked"),
    [
        ("POST", "use", {}, {"kind": "use"}),
        ("POST", "leave", {}, {"kind": "leave"}),
        ("POST", "roles/waist/find", {}, {"kind": "roles.find", "role": "waist"}),
        ("PUT", "roles/waist", {"serial": "T1"}, {"kind": "roles.assign", "role": "waist", "serial": "T1"}),
        ("DELETE", "roles/waist?client=ada-1", None, {"kind": "roles.clear", "role": "waist"}),
        ("POST", "mirrored", {"mirrored": True}, {"kind": "mirrored", "value": 1.0}),
        ("POST", "neutral", {"stature_m": 1.8}, {"kind": "calibrate.neutral", "value": 1.8}),
        ("POST", "neutral", {}, {"kind": "calibrate.neutral", "value": 0.0}),
        ("POST", "checks/right_hand", {}, {"kind": "calibrate.right_hand"}),
        ("POST", "hands/left", {}, {"kind": "hands.calibrate", "side": "left"}),
        ("POST", "hands/step/take", {}, {"kind": "hands.take"}),
        ("POST", "hands/step/cancel", {}, {"kind": "hands.cancel"}),
    ],
)
async def test_every_request_reaches_the_rig_in_the_name_of_who_asked(
    house: House, rig: RigProcess, method, route, change, asked
):
    body = None if change is None else {**ADA, **change}
    answer = await house.http.request(method, f"/api/rig/{route}", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"text": "Do it.", "task": 7}
    (request,) = rig.seen
    assert (request.driver, request.name) == ("ada-1", "Ada")
    assert {name: getattr(request, name) for name in asked} == asked


async def test_a_refusal_is_passed_on_in_its_own_words(house: House, rig: RigProcess):
    rig.reply = Reply(ok=False, error="Let go of the deadman first.")
    answer = await house.http.post("/api/rig/use", json=ADA)
    assert (answer.status_code, answer.json()) == (
        409,
        {"code": "refused", "text": "Let go of the deadman first."},
    )


@pytest.mark.parametrize(
    ("route", "change"),
    [
        ("roles/tail/find", {}),
        ("neutral", {"stature_m": 3.0}),
        ("checks/somersault", {}),
        ("hands/middle", {}),
        ("use", {"client": ""}),
        ("use", {"name": "Eve"}),
    ],
)
async def test_what_makes_no_sense_does_not_reach_the_rig(house: House, rig: RigProcess, route, change):
    answer = await house.http.post(f"/api/rig/{route}", json={**ADA, **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert not rig.seen


async def test_only_a_connected_page_of_this_app_may_ask(house: House, rig: RigProcess):
    answer = await house.http.post("/api/rig/use", json={"client": "eve"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_connected")
    foreign = {"Origin": "http://evil.example"}
    assert (await house.http.post("/api/rig/use", json=ADA, headers=foreign)).status_code == 403
    assert not rig.seen


async def test_without_a_rig_or_its_process_it_says_what_to_do(house: House, sqlite_house: House):
    assert (await sqlite_house.http.get("/api/rig")).json()["devices"] == []
    answer = await sqlite_house.http.post("/api/rig/use", json=ADA)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_rig")
    assert "BUNRAKU_RIG" in answer.json()["text"]
    answer = await house.http.post("/api/rig/use", json=ADA)
    assert (answer.status_code, answer.json()["code"]) == (503, "process_unavailable")


async def test_the_live_state_is_part_of_the_telemetry_and_the_setup_is_not(house: House, rig: RigProcess):
    setup = (await house.http.get("/api/rig")).json()
    assert (setup["devices"], setup["headset_address"]) == (["pico", "manus"], "127.0.0.1:63901")
    assert set(setup["devices"]) <= set(setup["available"])
    assert len(setup["angles"]) == 20
    live = house.parts.live
    assert live.telemetry().rig is None

    def heard() -> bool:
        rig.say()
        live.refresh()
        return live.telemetry().rig is not None

    await eventually(heard)
    (track,) = live.telemetry().rig.devices[0].tracks
    assert (track.name, track.role, track.state, track.age_ms) == ("T1", "waist", "lost", 120.0)


async def test_what_is_kept_of_a_person_is_told(house: House):
    unknown = (await house.http.get("/api/rig/operator", params={"name": "Ada / Ben"})).json()
    assert unknown["measured_at"] is None
    assert (unknown["checks"], unknown["hands"]) == ({}, [])
    measures = Operator("Ada", 1_700_000_000_000_000_000, 1.6, 0.98, None, {"right_hand": "It went up."})
    RigStore(house.parts.settings.rig_dir).save_operator(measures)
    angles = {f"{step}_deg": usual_deg(step) for step in ("open", "fist", "pinch")}
    hand = HandCalibration(side="left", wall_ns=1_700_000_000_000_000_000, **angles)
    HandCalibrations(house.parts.settings.hands_dir).save("Ada", hand)
    kept = (await house.http.get("/api/rig/operator", params={"name": "Ada"})).json()
    assert (kept["head_m"], kept["waist_m"], kept["arm_m"]) == (1.6, 0.98, None)
    assert kept["checks"] == {"right_hand": "It went up."}
    assert [hand["side"] for hand in kept["hands"]] == ["left"]
    assert kept["measured_at"] == kept["hands"][0]["made_at"] == "2023-11-14T22:13:20Z"
