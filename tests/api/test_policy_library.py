"""The registry follows the disk: names and stages survive a lost database."""

import shutil
import uuid
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete

from backend.core.contracts.job import SPEC, STATUS, JobSpec, JobStatus
from backend.db.policy import PolicyRow
from backend.services.policy_card import NAME, read_card
from backend.settings import Settings
from tests.api.house import House, browser, eventually, running
from tests.api.policies import put_dataset, put_policy

OPEN_LOOP = {"step": 40, "episodes": [1], "samples": 3, "score": 0.5, "groups": []}


async def policies(house: House) -> dict[str, dict]:
    reply = await house.http.get("/api/policies")
    assert reply.status_code == 200, reply.text
    return {row["id"]: row for row in reply.json()}


async def forget(house: House) -> None:
    """Lose all rows, but not while the api is taking them back at its start."""
    await house.parts.policies.recovered.wait()
    async with house.parts.database.transaction() as session:
        await session.execute(delete(PolicyRow))


async def test_a_lost_row_comes_back_as_it_was(settings: Settings, tmp_path: Path):
    async with running(settings) as app, browser(app) as http:
        house = House(app, http)
        dataset = await put_dataset(house, "lift")
        first = await put_policy(house, tmp_path, dataset_id=dataset, notes="the first", open_loop=OPEN_LOOP)
        second = await put_policy(house, tmp_path, notes="it wobbles")
        latency = {"device": "cpu", "samples": 9, "median_ms": 5.0, "p95_ms": 6.0, "p99_ms": 7.0}
        change = {"stage": "production", "notes": "better than it looks", "latency": latency}
        assert (await http.patch(f"/api/policies/{second.id}", json=change)).status_code == 200
        before = await policies(house)
        assert {row["number"]: row["stage"] for row in before.values()} == {1: "candidate", 2: "production"}
        await forget(house)
        assert await policies(house) == {}
    async with running(settings) as app, browser(app) as http:
        house = House(app, http)

        async def there() -> bool:
            return len(await policies(house)) == 2

        await eventually(there)
        assert await policies(house) == before
        assert await house.parts.policies.take_back() == 0
        third = await put_policy(house, tmp_path)
        assert (third.number, first.full_name) == (3, "act-1")


async def test_a_policy_leads_back_to_a_job_that_was_lost_too(sqlite_settings: Settings, tmp_path: Path):
    """Jobs come back first, whatever order their names have; what is gone for good is no way back."""
    job_id = uuid.uuid4()
    run = sqlite_settings.jobs_dir / str(job_id)
    run.mkdir(parents=True)
    spec = JobSpec(id=str(job_id), kind="train", name="first", params={}, runner="local")
    (run / SPEC).write_bytes(msgspec.json.encode(spec))
    (run / STATUS).write_bytes(msgspec.json.encode(JobStatus(state="succeeded")))
    async with running(sqlite_settings) as app, browser(app) as http:
        house = House(app, http)
        await house.parts.jobs.recovered.wait()
        kept = await put_policy(house, tmp_path, job_id=job_id)
        lost = await put_policy(house, tmp_path)
        card = read_card(sqlite_settings.policies_dir / lost.folder)
        gone = msgspec.structs.replace(card, job_id=uuid.uuid4(), dataset_id=uuid.uuid4())
    (sqlite_settings.policies_dir / lost.folder / NAME).write_bytes(msgspec.json.encode(gone))
    async with running(sqlite_settings) as app, browser(app) as http:
        await forget(House(app, http))
        assert await app.state.parts.policies.take_back() == 2
        rows = await policies(House(app, http))
        assert rows[str(kept.id)]["job_id"] == str(job_id)
        assert (rows[str(lost.id)]["job_id"], rows[str(lost.id)]["dataset_id"]) == (None, None)


async def test_a_number_that_is_taken_meanwhile_is_not_given_twice(sqlite_house: House, tmp_path: Path):
    house = sqlite_house
    old = await put_policy(house, tmp_path)
    await forget(house)
    new = await put_policy(house, tmp_path)
    assert (old.number, new.number) == (1, 1)
    assert await house.parts.policies.take_back() == 1
    rows = await policies(house)
    assert {id_: row["number"] for id_, row in rows.items()} == {str(new.id): 1, str(old.id): 2}
    assert read_card(house.parts.settings.policies_dir / old.folder).number == 2


async def test_a_folder_that_makes_no_sense_stops_nothing(sqlite_house: House, tmp_path: Path):
    house, folder = sqlite_house, sqlite_house.parts.settings.policies_dir
    good = await put_policy(house, tmp_path)
    broken = [await put_policy(house, tmp_path) for _ in range(4)]
    (folder / broken[0].folder / NAME).write_text("{torn")
    (folder / broken[1].folder / NAME).unlink()
    (folder / broken[2].folder / "model.safetensors").unlink()
    (folder / broken[3].folder).rename(folder / "notes")
    shutil.copytree(folder / good.folder, folder / f".{uuid.uuid4()}.copying")
    await forget(house)
    assert await house.parts.policies.take_back() == 1
    assert set(await policies(house)) == {str(good.id)}


async def test_policies_from_before_there_were_cards_get_one(sqlite_house: House, tmp_path: Path):
    house, folder = sqlite_house, sqlite_house.parts.settings.policies_dir
    policy = await put_policy(house, tmp_path, notes="old")
    (folder / policy.folder / NAME).unlink()
    assert await house.parts.policies.take_back() == 0
    assert read_card(folder / policy.folder).notes == "old"


@pytest.mark.parametrize("gone", [True, False])
async def test_a_policy_whose_files_are_gone_can_still_be_retired(
    sqlite_house: House, tmp_path: Path, gone: bool
):
    policy = await put_policy(sqlite_house, tmp_path)
    folder = sqlite_house.parts.settings.policies_dir / policy.folder
    if gone:
        shutil.rmtree(folder)
    reply = await sqlite_house.http.patch(f"/api/policies/{policy.id}", json={"stage": "retired"})
    assert (reply.status_code, reply.json()["stage"]) == (200, "retired")
    assert folder.exists() != gone
