"""Takes in which a person took over from a policy become its next dataset version."""

import sys
import uuid
from pathlib import Path

import pytest
from sqlalchemy import update

from backend.core.contracts.recording import Driving
from backend.db.dataset import DatasetRow, DatasetState
from backend.services import dataset_builder
from tests.api.house import House
from tests.api.policies import put_dataset, put_policy
from tests.api.takes import WALL_NS
from tests.api.test_datasets import accept, finished


def by(*policies: str, interventions: int = 1) -> Driving:
    return Driving(policies=policies, interventions=interventions, person_s=2.5, policy_s=1.5)


async def listed(house: House, query: str = "") -> list[dict]:
    reply = await house.http.get(f"/api/episodes?sort=started_at&order=asc&{query}")
    assert reply.status_code == 200, reply.text
    return reply.json()["items"]


@pytest.fixture
def takes(put_take):
    """Return a function that puts a take on disk, each a second younger than the one before."""
    count = iter(range(1000))
    return lambda **changes: put_take(started_wall_ns=WALL_NS + next(count) * 10**9, **changes)


@pytest.fixture
def no_export(monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions stay queued: these tests are about what is asked for."""

    async def nothing(_: object) -> None:
        return None

    monkeypatch.setattr(dataset_builder.DatasetBuilder, "_next", nothing)


async def corrections(house: House, policy: uuid.UUID) -> dict:
    reply = await house.http.get(f"/api/policies/{policy}/corrections")
    assert reply.status_code == 200, reply.text
    return reply.json()


async def press(house: House, policy: uuid.UUID) -> tuple[int, dict]:
    reply = await house.http.post(f"/api/policies/{policy}/corrections")
    return reply.status_code, reply.json()


async def reject(house: House, episode: uuid.UUID) -> None:
    version = (await house.http.get(f"/api/episodes/{episode}")).json()["version"]
    verdict = {"version": version, "status": "rejected", "reject_reason": "dropped it"}
    assert (await house.http.put(f"/api/episodes/{episode}/review", json=verdict)).status_code == 200


async def test_the_library_says_who_drove_and_finds_takeovers(house: House, takes):
    old, alone = takes(driving=None), takes(driving=Driving(person_s=2.0))
    taken, other = takes(driving=by("act-1", interventions=3)), takes(driving=by("act-10"))
    watched = takes(driving=by("act-1", "Act-1", interventions=0))
    await house.parts.library.scan()
    rows = {row["id"]: row for row in await listed(house)}
    facts = ("policies", "interventions", "person_s", "policy_s")
    assert [rows[str(old)][name] for name in facts] == [None] * 4
    assert [rows[str(alone)][name] for name in facts] == [[], 0, 2.0, 0.0]
    assert [rows[str(taken)][name] for name in facts] == [["act-1"], 3, 2.5, 1.5]
    for query, wanted in {
        "takeovers=true": [taken, other],
        "policy=act-1": [taken, watched],
        "policy=Act-1": [watched],
        "policy=act": [],
        "policy=act-1&takeovers=true": [taken],
        "takeovers=false": [old, alone, taken, other, watched],
    }.items():
        assert [row["id"] for row in await listed(house, query)] == [str(one) for one in wanted], query


@pytest.mark.usefixtures("no_export")
async def test_a_press_queues_the_next_version_with_what_was_corrected(house: House, takes, tmp_path: Path):
    first, second = takes(driving=Driving(person_s=2.0)), takes(driving=by("act-1"))
    good, better = takes(driving=by("act-1")), takes(driving=by("act-1", "other-2"))
    waiting, bad = takes(driving=by("act-1")), takes(driving=by("act-1"))
    watched, foreign = takes(driving=by("act-1", interventions=0)), takes(driving=by("act-2"))
    await accept(house, first, second, good, better, watched, foreign)
    await reject(house, bad)
    policy = await put_policy(house, tmp_path, dataset_id=await put_dataset(house, "lift", second, first))
    assert policy.full_name == "act-1"
    found = await corrections(house, policy.id)
    assert found == {
        "policy": "act-1", "dataset": "lift-v1", "next_version": "lift-v2", "kept": 2, "withdrawn": 0,
        "accepted": 2, "person_s": 5.0, "waiting": 1, "rejected": 1, "included": 1, "reason": "",
        "version": None,
    }  # fmt: skip

    status, queued = await press(house, policy.id)
    assert (status, queued["name"], queued["number"], queued["fps"], queued["state"]) == (
        202, "lift", 2, 15, "queued",
    )  # fmt: skip
    detail = (await house.http.get(f"/api/datasets/{queued['id']}")).json()
    assert detail["episode_ids"] == [str(one) for one in (second, first, good, better)]

    again = await press(house, policy.id)
    assert (again[0], again[1]["code"]) == (409, "built_already")
    found = await corrections(house, policy.id)
    assert (found["version"]["id"], found["version"]["episodes"]) == (queued["id"], 4)
    assert found["reason"] == again[1]["text"] == "lift-v2 holds these episodes already"

    await accept(house, waiting)
    found = await corrections(house, policy.id)
    assert (found["accepted"], found["waiting"], found["version"], found["reason"]) == (3, 0, None, "")
    assert (await press(house, policy.id))[1]["number"] == 3


@pytest.mark.usefixtures("no_export")
async def test_a_version_that_failed_may_be_tried_again(house: House, takes, tmp_path: Path):
    first, good = takes(driving=Driving()), takes(driving=by("act-1"))
    await accept(house, first, good)
    policy = await put_policy(house, tmp_path, dataset_id=await put_dataset(house, "lift", first))
    _, queued = await press(house, policy.id)
    async with house.parts.database.transaction() as session:
        await session.execute(
            update(DatasetRow)
            .where(DatasetRow.id == uuid.UUID(queued["id"]))
            .values(state=DatasetState.FAILED, message="torn")
        )
    found = await corrections(house, policy.id)
    assert (found["version"]["message"], found["reason"]) == ("torn", "")
    assert (await press(house, policy.id))[1]["number"] == 3
    assert (await corrections(house, policy.id))["version"]["number"] == 3


@pytest.mark.usefixtures("no_export")
async def test_what_was_rejected_since_stays_out(house: House, takes, tmp_path: Path):
    first, second, good = takes(), takes(), takes(driving=by("act-1"))
    await accept(house, first, second, good)
    policy = await put_policy(house, tmp_path, dataset_id=await put_dataset(house, "lift", first, second))
    await reject(house, second)
    found = await corrections(house, policy.id)
    assert (found["kept"], found["withdrawn"]) == (1, 1)
    _, queued = await press(house, policy.id)
    detail = (await house.http.get(f"/api/datasets/{queued['id']}")).json()
    assert detail["episode_ids"] == [str(first), str(good)]


@pytest.mark.usefixtures("no_export")
async def test_a_press_that_would_change_nothing_says_what_to_do(house: House, takes, tmp_path: Path):
    first = takes(driving=Driving())
    await accept(house, first)
    policy = await put_policy(house, tmp_path, dataset_id=await put_dataset(house, "lift", first))

    async def refused() -> tuple[str, str]:
        status, error = await press(house, policy.id)
        assert status == 409
        assert (await corrections(house, policy.id))["reason"] == error["text"]
        return error["code"], error["text"]

    assert await refused() == ("nothing_new", "nobody has taken over from act-1 in a saved take yet")
    bad, waiting, torn = (takes(driving=by("act-1"), **more) for more in ({}, {}, {"state": "interrupted"}))
    await house.parts.library.scan()
    await reject(house, bad)
    code, text = await refused()
    assert (code, text.split(";")[0]) == ("in_review", "2 takes with takeovers wait for a review")
    for one in (waiting, torn):
        await reject(house, one)
    assert await refused() == ("nothing_new", "every take with a takeover from act-1 was rejected")
    assert len((await house.http.get("/api/datasets")).json()) == 1


@pytest.mark.usefixtures("no_export")
async def test_without_its_dataset_version_there_is_nothing_to_add_to(house: House, takes, tmp_path: Path):
    await accept(house, takes(driving=by("act-1")))
    policy = await put_policy(house, tmp_path)
    status, error = await press(house, policy.id)
    assert (status, error["code"]) == (409, "no_base")
    assert error["text"].startswith("act-1 learned from a version of 'lift', which the library does not know")
    found = await corrections(house, policy.id)
    assert (found["dataset"], found["next_version"], found["accepted"]) == (None, None, 1)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unknown_policy_is_404(sqlite_house: House, method: str):
    reply = await sqlite_house.http.request(method, f"/api/policies/{uuid.uuid4()}/corrections")
    assert (reply.status_code, reply.json()["code"]) == (404, "no_policy")


async def test_a_press_wakes_the_builder(
    sqlite_house: House, takes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The export itself is not the point here, so it is a program that fails at once."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    house, first, good = sqlite_house, takes(driving=Driving()), takes(driving=by("act-1"))
    await accept(house, first, good)
    policy = await put_policy(house, tmp_path, dataset_id=await put_dataset(house, "lift", first))
    _, queued = await press(house, policy.id)
    assert (await finished(house, queued["id"]))["message"] == "the export ended with code 1"
