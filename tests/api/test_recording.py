"""From the operator's record button to the library, with a real recorder process; and live video offers."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from backend.api.client import Client
from backend.api.requests import answer_request
from backend.core.contracts.wire import ClientRequest, RequestReply
from backend.video import aiortc_patches
from backend.video.process import VideoProcess
from tests.api.house import House, eventually
from tests.recording.studio import Studio


@pytest.fixture
async def studio(sqlite_house: House) -> AsyncIterator[Studio]:
    made = Studio(sqlite_house.parts.settings.data_dir)
    await asyncio.to_thread(made.start_recorder)
    yield made
    await asyncio.to_thread(made.close)


async def ask(house: House, kind: str, **fields: object) -> RequestReply:
    client = Client(socket=None, client_id="ann", name="Ann")
    return await answer_request(house.parts, client, ClientRequest(id=1, kind=kind, **fields))


async def test_a_take_is_recorded_saved_and_found(sqlite_house: House, studio: Studio):
    house = sqlite_house
    body = {"name": "Lift", "instruction": "lift the box"}
    task = (await house.http.post("/api/tasks", json=body)).json()
    started = await ask(house, "record.start", task=task["id"])
    assert started.ok, started.error
    episode = started.detail["episode"]
    assert str(uuid.UUID(episode)) == episode
    twice = await ask(house, "record.start", task=task["id"])
    assert (twice.ok, twice.error) == (False, "a take is already running; stop it first")
    await asyncio.sleep(1.5)
    assert (await ask(house, "record.stop")).ok

    async def saved() -> bool:
        reply = await ask(house, "record.save")
        assert reply.ok or "try again" in reply.error, reply.error
        assert "note" not in reply.detail
        return reply.ok

    await eventually(saved)
    # No scan is needed: the row is there when the reply is.
    row = (await house.http.get(f"/api/episodes/{episode}")).json()
    assert (row["status"], row["operator"], row["task"]["id"]) == ("new", "Ann", task["id"])
    assert row["length_s"] > 1.0
    assert all(camera["frames"] > 0 for camera in row["cameras"])
    assert (await house.http.get(f"/api/episodes/{episode}/video/head")).status_code == 200

    async def rated() -> bool:
        return (await house.http.get(f"/api/episodes/{episode}")).json()["quality_score"] is not None

    await eventually(rated, timeout_s=60)


async def test_a_discarded_take_never_enters_the_library(sqlite_house: House, studio: Studio):
    house = sqlite_house
    body = {"name": "Lift", "instruction": "lift the box"}
    task = (await house.http.post("/api/tasks", json=body)).json()
    assert (await ask(house, "record.start", task=task["id"])).ok
    await asyncio.sleep(0.5)

    async def discarded() -> bool:
        return (await ask(house, "record.discard")).ok

    await eventually(discarded)
    await house.parts.library.scan()
    assert (await house.http.get("/api/episodes")).json()["total"] == 0


@pytest.fixture
async def video(sqlite_house: House) -> AsyncIterator[VideoProcess]:
    aiortc_patches.apply()
    process = VideoProcess(sqlite_house.parts.bus, ("head", "left_wrist", "right_wrist"), [])
    stop = asyncio.Event()
    serving = asyncio.create_task(process.run(stop))
    yield process
    stop.set()
    await serving


async def offered(house: House, **changes: object) -> tuple[RTCPeerConnection, dict, int]:
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    peer.addTransceiver("video", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    body = {"client": "ann", "sdp": peer.localDescription.sdp, "cameras": ["head"], **changes}
    reply = await house.http.post("/api/video/offer", json=body)
    return peer, reply.json(), reply.status_code


async def test_an_offer_is_answered_by_the_video_process(sqlite_house: House, video: VideoProcess):
    sqlite_house.parts.clients.join(Client(socket=None, client_id="ann", name="Ann"))
    peer, answer, status = await offered(sqlite_house)
    assert (status, answer["cameras"]) == (200, ["head"])
    await peer.setRemoteDescription(RTCSessionDescription(sdp=answer["sdp"], type="answer"))
    await peer.close()
    for changes, says in (
        ({"cameras": ["tail"]}, "head, left_wrist, right_wrist"),
        ({"cameras": []}, "head, left_wrist, right_wrist"),
        ({"sdp": "nonsense"}, ""),
    ):
        peer, refused, status = await offered(sqlite_house, **changes)
        assert status == 422, refused
        assert refused["text"]
        assert says in refused["text"]
        await peer.close()


async def test_without_a_video_process_an_offer_is_503(sqlite_house: House):
    sqlite_house.parts.clients.join(Client(socket=None, client_id="ann", name="Ann"))
    peer, refused, status = await offered(sqlite_house)
    assert (status, refused["code"]) == (503, "process_unavailable")
    await peer.close()
