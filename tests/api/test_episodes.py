"""The library: what is on disk gets a row, is found, and is judged."""

import uuid

import pytest

from tests.api.house import House
from tests.api.takes import LENGTH_S, WALL_NS, rate_take


async def listed(house: House, query: str = "") -> list[dict]:
    reply = await house.http.get(f"/api/episodes?{query}")
    assert reply.status_code == 200, reply.text
    return reply.json()["items"]


async def test_a_saved_take_becomes_a_row_with_the_facts_of_its_manifest(house: House, put_take):
    episode_id = put_take(recovered=True, state="interrupted")
    await house.parts.library.scan()
    await house.parts.library.scan()
    (row,) = await listed(house)
    assert row["id"] == str(episode_id)
    assert row["short_id"] == str(episode_id)[:8]
    assert (row["task"]["name"], row["operator"], row["robot"]) == ("Lift", "Ann", "g1")
    assert (row["status"], row["recovered"], row["event_count"]) == ("interrupted", True, 1)
    assert row["length_s"] == pytest.approx(LENGTH_S)
    assert row["started_at"] == "2026-09-21T14:13:20Z"
    assert WALL_NS == 1_790_000_000_000_000_000
    assert {camera["name"]: camera["frames"] for camera in row["cameras"]} == {
        "head": 60,
        "left_wrist": 30,
        "right_wrist": 30,
    }
    (task,) = (await house.http.get("/api/tasks")).json()
    assert (task["id"], task["counts"]["interrupted"]) == (row["task"]["id"], 1)


async def test_unfinished_and_discarded_takes_stay_out(house: House, put_take):
    for state in ("recording", "discarded", "closed"):
        put_take(state=state)
    await house.parts.library.scan()
    assert await listed(house) == []


async def test_the_list_filters_sorts_and_pages(house: House, put_take):
    ids = {
        name: str(put_take(operator=name, started_wall_ns=WALL_NS + i * 10**9, ended_t_ns=10**12 + i * 10**9))
        for i, name in enumerate(["Ann", "Bob", "Cleo"])
    }
    push = str(
        put_take(operator="Ann", task=str(uuid.uuid4()), task_name="Push", instruction="push 100% hard")
    )
    await house.parts.library.scan()
    by_time = [row["id"] for row in await listed(house, "sort=started_at&order=desc&limit=2")]
    assert by_time == [ids["Cleo"], ids["Bob"]]
    rest = await listed(house, "sort=started_at&order=desc&limit=2&offset=2")
    assert {row["id"] for row in rest} == {ids["Ann"], push}
    assert [row["id"] for row in await listed(house, "sort=length_s&order=asc&limit=1")] == [ids["Ann"]]
    assert [row["operator"] for row in await listed(house, "operator=Bob")] == ["Bob"]
    assert [row["id"] for row in await listed(house, "text=100%25")] == [push]
    assert [row["id"] for row in await listed(house, f"text={push[:8]}")] == [push]
    assert [row["id"] for row in await listed(house, "sort=task&order=desc&limit=1")] == [push]
    task_id = (await listed(house, "text=push"))[0]["task"]["id"]
    assert [row["id"] for row in await listed(house, f"task={task_id}")] == [push]
    page = (await house.http.get("/api/episodes?limit=1&status=new&status=accepted")).json()
    assert (page["total"], page["operators"]) == (4, ["Ann", "Bob", "Cleo"])
    assert (await house.http.get("/api/episodes?status=accepted")).json()["total"] == 0


@pytest.mark.parametrize(
    "query", ["sort=colour", "limit=0", "limit=501", "offset=-1", "status=lost", "task=7"]
)
async def test_a_bad_query_says_what_is_allowed(sqlite_house: House, query: str):
    reply = await sqlite_house.http.get(f"/api/episodes?{query}")
    assert reply.status_code == 422
    assert f"query.{query.split('=')[0]}" in reply.json()["text"]


async def test_worst_quality_first_and_unknown_last(house: House, put_take):
    rated, unrated = put_take(), put_take()
    await house.parts.library.scan()
    before = await listed(house)
    assert [row["quality_score"] for row in before] == [None, None]
    score = rate_take(house.parts.settings.episodes_dir / str(rated))
    await house.parts.library.scan()
    rows = await listed(house, "sort=quality&order=asc")
    assert [row["id"] for row in rows] == [str(rated), str(unrated)]
    assert rows[0]["quality_score"] == score
    assert rows[0]["version"] == 1, "a late report must not outdate what a reviewer sees"
    assert {finding["check"] for finding in rows[0]["findings"]}
    assert all(finding["text"] for finding in rows[0]["findings"])
    worst_last = await listed(house, "sort=quality&order=desc")
    assert [row["id"] for row in worst_last] == [str(rated), str(unrated)]


async def test_the_detail_has_events_folder_and_the_next_to_review(house: House, put_take):
    older = put_take(started_wall_ns=WALL_NS - 10**10)
    newer = put_take()
    await house.parts.library.scan()
    detail = (await house.http.get(f"/api/episodes/{newer}")).json()
    assert detail["next_id"] == str(older)
    assert detail["events"] == [{"t_s": 1.5, "kind": "fall", "text": "the robot fell"}]
    assert detail["folder"] == str(house.parts.settings.episodes_dir / str(newer))
    assert (await house.http.get(f"/api/episodes/{older}")).json()["next_id"] is None


async def test_a_review_is_stored_counted_and_can_be_taken_back(house: House, put_take):
    episode = put_take(state="interrupted", recovered=True)
    await house.parts.library.scan()
    url = f"/api/episodes/{episode}/review"
    accepted = await house.http.put(url, json={"version": 1, "status": "accepted", "note": "nice"})
    assert (accepted.json()["status"], accepted.json()["note"]) == ("accepted", "nice")
    assert accepted.json()["reviewed_at"] is not None
    (task,) = (await house.http.get("/api/tasks")).json()
    assert (task["counts"]["accepted"], task["accepted_s"]) == (1, pytest.approx(LENGTH_S))
    verdict = {"version": 2, "status": "rejected", "reject_reason": "dropped it"}
    assert (await house.http.put(url, json=verdict)).json()["reject_reason"] == "dropped it"
    back = (await house.http.put(url, json={"version": 3, "status": "new"})).json()
    assert (back["status"], back["reject_reason"], back["reviewed_at"]) == ("interrupted", "", None)


async def test_the_second_of_two_reviewers_is_told(house: House, put_take):
    episode = put_take()
    await house.parts.library.scan()
    url = f"/api/episodes/{episode}/review"
    assert (await house.http.put(url, json={"version": 1, "status": "accepted"})).status_code == 200
    late = await house.http.put(url, json={"version": 1, "status": "rejected", "reject_reason": "blurred"})
    assert late.status_code == 409
    assert late.json()["code"] == "stale_version"
    assert (await listed(house))[0]["status"] == "accepted"


@pytest.mark.parametrize(
    "body",
    [
        {"version": 1, "status": "rejected"},
        {"version": 1, "status": "rejected", "reject_reason": "  "},
        {"version": 1, "status": "accepted", "reject_reason": "but why"},
        {"version": 1, "status": "interrupted"},
        {"status": "accepted"},
    ],
)
async def test_a_review_that_makes_no_sense_changes_nothing(house: House, put_take, body: dict):
    episode = put_take()
    await house.parts.library.scan()
    assert (await house.http.put(f"/api/episodes/{episode}/review", json=body)).status_code == 422
    row = (await listed(house))[0]
    assert (row["status"], row["version"]) == ("new", 1)


@pytest.mark.parametrize("path", ["", "/series", "/poses", "/frames/head", "/video/head", "/thumbnail"])
async def test_an_unknown_episode_is_404(sqlite_house: House, path: str):
    reply = await sqlite_house.http.get(f"/api/episodes/{uuid.uuid4()}{path}")
    assert reply.status_code == 404
    assert reply.json()["code"] == "no_episode"


async def test_a_task_with_episodes_cannot_be_removed(house: House, put_take):
    put_take()
    await house.parts.library.scan()
    (task,) = (await house.http.get("/api/tasks")).json()
    reply = await house.http.delete(f"/api/tasks/{task['id']}")
    assert reply.status_code == 409
    assert reply.json()["text"] == "task 'Lift' has 1 episodes; archive it instead"
