"""The database follows the disk, whatever was away in between."""

import uuid
from pathlib import Path

import pytest

from backend.core import clock
from backend.core.contracts.recording import EpisodeOutcome, RecorderStatus, SubtaskOutcome
from backend.db.database import Database
from backend.runtime.topics import RECORDER_STATUS
from backend.services import library as module
from backend.services.library import Library
from backend.settings import Settings
from tests.api.house import House, browser, eventually, running


async def episodes(house: House) -> list[dict]:
    return (await house.http.get("/api/episodes")).json()["items"]


async def test_episodes_saved_while_the_api_was_away_appear_after_its_start(settings: Settings, put_take):
    first, second = put_take(), put_take(state="interrupted")
    for _ in range(2):
        async with running(settings) as app, browser(app) as http:
            house = House(app, http)

            async def all_there(house: House = house) -> bool:
                return len(await episodes(house)) == 2

            await eventually(all_there)
            rows = {row["id"]: row["status"] for row in await episodes(house)}
            assert rows == {str(first): "new", str(second): "interrupted"}


async def test_a_task_that_judges_itself_brings_its_review(settings: Settings, put_take):
    def outcome(*done: bool) -> EpisodeOutcome:
        texts = ("lift the box", "place the box")
        subtasks = tuple(
            SubtaskOutcome(name=text.split()[0], text=text, done=each)
            for text, each in zip(texts, done, strict=True)
        )
        return EpisodeOutcome(success=all(done), subtasks=subtasks, seed=5, level=1)

    good, bad = put_take(outcome=outcome(True, True)), put_take(outcome=outcome(True, False))
    torn = put_take(outcome=outcome(True, True), state="interrupted")
    async with running(settings) as app, browser(app) as http:
        await app.state.parts.library.scan()
        rows = {row["id"]: row for row in await episodes(House(app, http))}
        assert {episode: row["status"] for episode, row in rows.items()} == {
            str(good): "accepted", str(bad): "rejected", str(torn): "interrupted",
        }  # fmt: skip
        assert rows[str(bad)]["reject_reason"] == "failed: place the box"


async def test_a_review_survives_a_restart(settings: Settings, put_take):
    episode = put_take()
    for status, version in (("new", 1), ("accepted", 2)):
        async with running(settings) as app, browser(app) as http:
            await app.state.parts.library.scan()
            (row,) = await episodes(House(app, http))
            assert (row["status"], row["version"]) == (status, version)
            await http.put(f"/api/episodes/{episode}/review", json={"version": 1, "status": "accepted"})


async def test_a_manifest_the_database_refuses_stops_nothing(settings: Settings, put_take):
    """PostgreSQL stores no NUL character and no name longer than its column; SQLite takes both."""
    put_take(operator="a\0b")
    put_take(robot="x" * 100)
    good = str(put_take())
    async with running(settings) as app, browser(app) as http:
        await app.state.parts.library.scan()
        assert good in [row["id"] for row in await episodes(House(app, http))]


async def test_a_lost_database_is_filled_again_from_the_disk(sqlite_settings: Settings, put_take):
    task = str(uuid.uuid4())
    async with running(sqlite_settings) as app, browser(app) as http:
        await http.post("/api/tasks", json={"name": "Lift", "instruction": "another task of this name"})
        put_take(task=task, task_name="Lift")
        put_take(task="", task_name="Lift")
        await app.state.parts.library.scan()
        tasks = {row["id"]: row["name"] for row in (await http.get("/api/tasks")).json()}
        assert tasks[task] == f"Lift ({task[:8]})"
        assert len(tasks) == 3
        assert len(await episodes(House(app, http))) == 2


async def test_saving_registers_at_once_and_only_once(sqlite_house: House, put_take):
    episode = str(put_take())
    library = sqlite_house.parts.library
    assert await library.add(episode) == ""
    assert await library.add(episode) == ""
    assert [row["id"] for row in await episodes(sqlite_house)] == [episode]


async def test_saving_something_that_is_not_there_says_so(sqlite_house: House):
    why = await sqlite_house.parts.library.add(str(uuid.uuid4()))
    assert why.startswith("saved on disk, but not in the library yet")


async def test_a_folder_that_cannot_be_read_stops_nothing(sqlite_house: House, put_take, tmp_path: Path):
    broken = tmp_path / "episodes" / str(uuid.uuid4())
    broken.mkdir(parents=True)
    (broken / "manifest.json").write_text("{torn")
    (tmp_path / "episodes" / "notes").mkdir()
    copied = put_take()
    (tmp_path / "episodes" / str(copied)).rename(tmp_path / "episodes" / str(uuid.uuid4()))
    (tmp_path / "episodes" / str(uuid.uuid4())).mkdir()
    episode = put_take()
    await sqlite_house.parts.library.scan()
    assert [row["id"] for row in await episodes(sqlite_house)] == [str(episode)]


@pytest.mark.parametrize(("open_take", "found"), [("", 1), ("another", 1), ("this", 0), (None, 0)], ids=str)
async def test_a_take_nobody_decided_on_is_kept_unless_it_is_in_review(
    sqlite_settings: Settings,
    put_take,
    monkeypatch: pytest.MonkeyPatch,
    open_take: str | None,
    found: int,
):
    monkeypatch.setattr(module, "SETTLED_S", 0.0)
    episode = str(put_take(state="closed"))
    database = Database(sqlite_settings.database)
    in_review = episode if open_take == "this" else open_take
    library = Library(database, sqlite_settings.episodes_dir, lambda: in_review)
    assert await library.scan() == found
    await database.close()


async def test_the_open_take_is_what_the_recorder_reports(sqlite_house: House):
    live = sqlite_house.parts.live
    assert live.open_take() is None
    status = sqlite_house.parts.bus.publisher(RECORDER_STATUS)

    def reported() -> bool:
        status.publish(RecorderStatus(t_ns=clock.now_ns(), phase="review", episode="abc"))
        live.refresh()
        return live.open_take() == "abc"

    await eventually(reported)
    status.close()
