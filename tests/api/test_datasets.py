"""Accepted episodes become a LeRobot version by the real export, which can be watched and taken home."""

import io
import sys
import uuid
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import update

from backend.db.dataset import DatasetRow, DatasetState
from backend.services import dataset_builder
from backend.settings import Settings
from tests.api.house import House, browser, eventually, running
from tests.api.takes import LENGTH_S


async def accept(house: House, *episodes: uuid.UUID) -> None:
    await house.parts.library.scan()
    for episode in episodes:
        verdict = {"version": 1, "status": "accepted"}
        reply = await house.http.put(f"/api/episodes/{episode}/review", json=verdict)
        assert reply.status_code == 200, reply.text


async def finished(house: House, dataset_id: str) -> dict:
    found: dict = {}

    async def done() -> bool:
        found.update((await house.http.get(f"/api/datasets/{dataset_id}")).json())
        return found["state"] in ("ready", "failed")

    await eventually(done, timeout_s=400)
    return found


@pytest.mark.timeout(450)
async def test_a_version_is_built_by_the_real_export_and_downloaded(sqlite_house: House, put_take):
    house, episode = sqlite_house, put_take()
    put_take()
    await accept(house, episode)
    (task,) = (await house.http.get("/api/tasks")).json()
    queued = await house.http.post("/api/datasets", json={"name": "lift", "task_id": task["id"], "fps": 15})
    assert queued.status_code == 202
    assert (queued.json()["state"], queued.json()["number"], queued.json()["episodes"]) == ("queued", 1, 1)
    early = await house.http.get(f"/api/datasets/{queued.json()['id']}/download")
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")

    done = await finished(house, queued.json()["id"])
    assert done["state"] == "ready", done["message"]
    assert done["progress"] == 1.0
    assert done["episode_ids"] == [str(episode)]
    assert done["rows"] == pytest.approx(15 * LENGTH_S, abs=2)
    assert len(done["content_hash"]) >= 32
    assert done["finished_at"] > done["created_at"]
    folder = Path(done["folder"])
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    assert done["size_bytes"] == sum(path.stat().st_size for path in files.values())

    packed = await house.http.get(f"/api/datasets/{done['id']}/download")
    assert packed.headers["content-disposition"] == 'attachment; filename="lift-v1.zip"'
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {f"lift-v1/{name}" for name in files}
        assert archive.read("lift-v1/meta/info.json") == files["meta/info.json"].read_bytes()

    (listed,) = (await house.http.get("/api/datasets")).json()
    assert listed["content_hash"] == done["content_hash"]
    frozen = await house.http.delete(f"/api/datasets/{done['id']}")
    assert (frozen.status_code, frozen.json()["code"]) == (409, "not_failed")


async def test_what_cannot_be_exported_fails_in_words_and_can_be_forgotten(sqlite_house: House, put_take):
    house, episode = sqlite_house, put_take()
    await accept(house, episode)
    (house.parts.settings.episodes_dir / str(episode) / "samples.mcap").unlink()
    body = {"name": "torn", "episode_ids": [str(episode)]}
    queued = (await house.http.post("/api/datasets", json=body)).json()
    failed = await finished(house, queued["id"])
    assert failed["state"] == "failed"
    assert failed["message"]
    assert not Path(failed["folder"]).exists()
    assert (await house.http.get(f"/api/datasets/{queued['id']}/download")).status_code == 409
    assert (await house.http.delete(f"/api/datasets/{queued['id']}")).status_code == 204
    assert (await house.http.get(f"/api/datasets/{queued['id']}")).status_code == 404


@pytest.fixture
def no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions stay queued: these tests are about what is asked for."""

    async def nothing(_: object) -> None:
        return None

    monkeypatch.setattr(dataset_builder.DatasetBuilder, "_next", nothing)


@pytest.mark.usefixtures("no_export")
async def test_versions_of_a_name_count_up_and_keep_what_is_on_disk(house: House, put_take):
    episode = put_take()
    await accept(house, episode)
    body = {"name": "lift", "episode_ids": [str(episode)]}
    (house.parts.settings.datasets_dir / "lift-v2").mkdir(parents=True)
    numbers = [(await house.http.post("/api/datasets", json=body)).json()["number"] for _ in range(3)]
    assert numbers == [1, 3, 4]
    assert [row["number"] for row in (await house.http.get("/api/datasets")).json()] == [4, 3, 1]


@pytest.mark.usefixtures("no_export")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "Lift It"}, 422, "invalid"),
        ({"name": "../up"}, 422, "invalid"),
        ({"name": "lift"}, 422, "bad_selection"),
        ({"name": "lift", "episode_ids": []}, 422, "invalid"),
        ({"name": "lift", "fps": 0, "episode_ids": [str(uuid.uuid4())]}, 422, "invalid"),
        ({"name": "lift", "task_id": str(uuid.uuid4())}, 404, "no_task"),
        ({"name": "lift", "episode_ids": [str(uuid.uuid4())]}, 404, "no_episode"),
    ],
)
async def test_a_bad_selection_is_refused(house: House, body: dict, status: int, code: str):
    reply = await house.http.post("/api/datasets", json=body)
    assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
    assert (await house.http.get("/api/datasets")).json() == []


@pytest.mark.usefixtures("no_export")
async def test_only_accepted_episodes_go_in(house: House, put_take):
    accepted, new = put_take(), put_take()
    await house.parts.library.scan()
    (task,) = (await house.http.get("/api/tasks")).json()
    nothing = await house.http.post("/api/datasets", json={"name": "lift", "task_id": task["id"]})
    assert (nothing.status_code, nothing.json()["code"]) == (409, "no_accepted")
    await accept(house, accepted)
    body = {"name": "lift", "episode_ids": [str(accepted), str(new)]}
    refused = await house.http.post("/api/datasets", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_accepted")
    assert str(new)[:8] in refused.json()["text"]
    assert str(accepted)[:8] not in refused.json()["text"]


async def test_a_build_that_a_restart_interrupted_begins_again(
    settings: Settings, put_take, monkeypatch: pytest.MonkeyPatch
):
    """The export itself is not the point here, so it is a program that fails at once."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    episode = put_take()
    async with running(settings) as app, browser(app) as http:
        house = House(app, http)
        await accept(house, episode)
        body = {"name": "lift", "episode_ids": [str(episode)]}
        queued = (await http.post("/api/datasets", json=body)).json()
        assert (await finished(house, queued["id"]))["message"] == "the export ended with code 1"
        async with app.state.parts.database.transaction() as session:
            await session.execute(update(DatasetRow).values(state=DatasetState.BUILDING, message="half way"))
    async with running(settings) as app, browser(app) as http:
        again = await finished(House(app, http), queued["id"])
        assert (again["state"], again["message"]) == ("failed", "the export ended with code 1")


@pytest.mark.parametrize("path", ["", "/download"])
async def test_an_unknown_version_is_404(sqlite_house: House, path: str):
    reply = await sqlite_house.http.get(f"/api/datasets/{uuid.uuid4()}{path}")
    assert (reply.status_code, reply.json()["code"]) == (404, "no_dataset")
