"""Evaluations over HTTP: the order, blindness, scores by hand, what a job leaves, and exports."""

import csv
import io
import uuid
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from backend.core.contracts.job import JobState
from backend.db.job import JobRow
from backend.db.policy import PolicyRow, PolicyStage
from backend.evaluation.folder import TASK, TRIALS, SubtaskFacts, TaskFacts, start_path, video_path
from backend.evaluation.trial import Score, TrialResult
from backend.services.job_keeper import JobKeeper
from tests.api.house import House


@pytest.fixture(autouse=True)
def nothing_starts(monkeypatch: pytest.MonkeyPatch):
    """Queued jobs stay where they are."""

    async def nothing(_self: JobKeeper) -> None:
        return

    monkeypatch.setattr(JobKeeper, "_start_next", nothing)


async def add_policy(house: House, name: str) -> str:
    policy_id = uuid.uuid4()
    async with house.parts.database.transaction() as session:
        session.add(
            PolicyRow(
                id=policy_id, name=name, number=1, type="act", step=10, folder=str(policy_id), size_bytes=1,
                weights_sha256="0" * 64, layout_hash="0" * 64, stats_hash="0" * 64, manifest={},
                stage=PolicyStage.CANDIDATE,
            )
        )  # fmt: skip
    return str(policy_id)


async def manual(house: House, trials: int = 3) -> dict:
    ids = [await add_policy(house, name) for name in ("small", "large")]
    wish = {"mode": "manual", "name": "by hand", "task": "lift", "policy_ids": ids, "trials": trials}
    reply = await house.http.post("/api/evaluations", json={**wish, "subtasks": ["grasp it", "lift it"]})
    assert reply.status_code == 202, reply.text
    return reply.json()


async def score(house: House, evaluation: dict, number: int, *scores: str, **more: object) -> dict:
    url = f"/api/evaluations/{evaluation['id']}/trials/{number}"
    reply = await house.http.put(url, json={"scores": scores, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


async def test_by_hand_and_blind_until_it_is_finished(house: House):
    evaluation = await manual(house)
    assert (evaluation["state"], evaluation["blind"], evaluation["total"]) == ("running", True, 6)
    assert [policy["label"] for policy in evaluation["policies"]] == [None, None]
    assert [policy["name"] for policy in evaluation["policies"]] == ["large v1", "small v1"]
    assert evaluation["names"] == {"A": "policy A", "B": "policy B"}
    order = evaluation["trial_list"]
    assert [trial["condition"] for trial in order] == [0, 0, 1, 1, 2, 2]
    assert [{order[at]["label"], order[at + 1]["label"]} for at in (0, 2, 4)] == [{"A", "B"}] * 3
    assert evaluation["next_number"] == 0
    for trial in order:
        good = trial["label"] == "A"
        await score(house, evaluation, trial["number"], "success", "success" if good else "fail", time_s=5.5)
    await score(house, evaluation, 0, "assisted", "success", note="slipped", interventions=1)
    url = f"/api/evaluations/{evaluation['id']}"
    found = (await house.http.get(url)).json()
    assert found["next_number"] is None
    assert (found["scored"], found["state"], found["blind"]) == (6, "running", True)
    assert "finish it" in found["message"]
    assert "policy A" in found["report"]["comparisons"][0]["text"]
    assert found["trial_list"][0]["scores"] == ["assisted", "success"]
    text = (await house.http.get(f"{url}/export")).text
    assert "small" not in text, "still blind"

    finished = (await house.http.post(f"{url}/finish")).json()
    assert (finished["state"], finished["blind"]) == ("finished", False)
    assert [policy["label"] for policy in finished["policies"]] == ["A", "B"]
    assert set(finished["names"].values()) == {"small v1", "large v1"}
    text = (await house.http.get(f"{url}/export", params={"format": "md"})).text
    assert "| small v1 |" in text
    assert "+1 assisted" in text
    reply = await house.http.get(f"{url}/export", params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert len(rows) == 6
    assert rows[0]["note"] == "slipped"
    assert (
        await house.http.put(f"{url}/trials/0", json={"scores": ["success", "success"]})
    ).status_code == 409
    assert (await house.http.post(f"{url}/finish")).status_code == 409
    listed = (await house.http.get("/api/evaluations")).json()
    assert [(row["id"], row["scored"]) for row in listed] == [(evaluation["id"], 6)]
    assert (await house.http.delete(url)).status_code == 204
    assert (await house.http.get(url)).status_code == 404


async def test_scores_that_make_no_sense_are_refused(sqlite_house: House):
    evaluation = await manual(sqlite_house)
    url = f"/api/evaluations/{evaluation['id']}/trials"
    for number, scores, status, words in (
        (0, ["success"], 422, "one per subtask"),
        (0, ["fail", "success"], 422, "assisted"),
        (0, ["fail", "superb"], 422, "none"),
        (99, ["success", "success"], 404, "no trial 99"),
    ):
        reply = await sqlite_house.http.put(f"{url}/{number}", json={"scores": scores})
        assert reply.status_code == status
        assert words in reply.json()["text"]
    assert (await sqlite_house.http.get(f"/api/evaluations/{evaluation['id']}")).json()["scored"] == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"task": "juggle"}, "pick_place"),
        ({"baselines": ["magic"]}, "hold, replay"),
        ({"merge": "glue"}, "blend"),
        ({"baselines": []}, "allowed: 1 to 8"),
        ({"subtasks": ["lift"]}, "knows its subtasks"),
        ({"mode": "manual"}, "in simulation only"),
        ({"policy_ids": ["0" * 32]}, "no policy"),
    ],
)
async def test_what_cannot_be_compared_is_refused(sqlite_house: House, change: dict, words: str):
    wish = {"name": "x", "task": "pick_place", "baselines": ["hold"], **change}
    reply = await sqlite_house.http.post("/api/evaluations", json=wish)
    assert reply.status_code in (404, 422)
    assert words in reply.json()["text"]
    assert (await sqlite_house.http.get("/api/evaluations")).json() == []
    assert (await sqlite_house.http.get("/api/jobs")).json() == []


async def simulated(house: House, policy_ids: list[str] | None = None) -> tuple[dict, Path]:
    wish = {"name": "sim", "task": "pick_place", "baselines": ["hold", "replay"], "trials": 2, "seed": 7}
    reply = await house.http.post("/api/evaluations", json={**wish, "policy_ids": policy_ids or []})
    assert reply.status_code == 202, reply.text
    evaluation = reply.json()
    return evaluation, house.parts.settings.jobs_dir / evaluation["job_id"]


async def become(house: House, evaluation: dict, state: JobState) -> dict:
    async with house.parts.database.transaction() as session:
        job = await session.get(JobRow, uuid.UUID(evaluation["job_id"]))
        job.state, job.message = state, "as it is"
    await house.parts.evaluations.look()
    return (await house.http.get(f"/api/evaluations/{evaluation['id']}")).json()


async def test_one_in_simulation_takes_over_what_its_job_has_finished(house: House):
    policy = await add_policy(house, "small")
    evaluation, folder = await simulated(house, [policy])
    job = (await house.http.get(f"/api/jobs/{evaluation['job_id']}")).json()
    assert (job["kind"], job["state"]) == ("evaluate", "queued")
    assert (job["params"]["policies"], job["params"]["names"]) == ([policy], ["small v1"])
    assert (evaluation["state"], evaluation["total"], evaluation["subtasks"]) == ("queued", 6, [])

    folder.mkdir(parents=True)
    task = TaskFacts(
        title="Lift", instruction="Lift it.", subtasks=(SubtaskFacts(name="lift", text="lift it"),)
    )
    (folder / TASK).write_bytes(msgspec.json.encode(task))
    assert (await become(house, evaluation, JobState.RUNNING))["subtasks"] == [
        {"name": "lift", "text": "lift it"}
    ]
    order = evaluation["trial_list"]
    lines = [
        msgspec.json.encode(
            TrialResult(
                number=trial["number"],
                condition=trial["condition"],
                label=trial["label"],
                scores=(Score.SUCCESS if trial["label"] == "A" else Score.FAIL,),
                video=f"videos/{trial['number']:04d}.mp4",
                episode=str(uuid.uuid4()),
            )
        )
        for trial in order
    ]
    torn = b"\n".join(lines[:4]) + b"\n" + lines[4][:20]
    (folder / TRIALS).write_bytes(torn)
    for path, data in ((video_path(folder, 1), b"film"), (start_path(folder, 1), b"picture")):
        path.parent.mkdir()
        path.write_bytes(data)
    found = await become(house, evaluation, JobState.FAILED)
    assert (found["scored"], found["state"], found["message"]) == (4, "failed", "as it is")
    assert found["blind"]
    assert found["trial_list"][0]["scored_by"] == "task"
    assert found["trial_list"][0]["episode"] == "", "it is not in the library"
    assert (await house.http.get(found["trial_list"][1]["video"])).content == b"film"
    assert (await house.http.get(found["starts"][1]["picture"])).content == b"picture"
    assert (await house.http.get(found["trial_list"][0]["video"])).status_code == 404
    assert (await become(house, evaluation, JobState.SUCCEEDED))["state"] == "failed", "not all are there"

    (folder / TRIALS).write_bytes(b"\n".join(lines) + b"\n")
    done = await become(house, evaluation, JobState.SUCCEEDED)
    assert (done["scored"], done["state"], done["blind"]) == (6, "finished", False)
    assert sum(policy["overall"]["successes"] for policy in done["report"]["policies"]) == 2
    assert (await house.http.put(
        f"/api/evaluations/{evaluation['id']}/trials/0", json={"scores": ["success"]}
    )).status_code == 409  # fmt: skip


async def test_while_its_job_runs_nothing_is_finished_or_forgotten(sqlite_house: House):
    evaluation, _ = await simulated(sqlite_house)
    url = f"/api/evaluations/{evaluation['id']}"
    await become(sqlite_house, evaluation, JobState.RUNNING)
    for reply in (await sqlite_house.http.post(f"{url}/finish"), await sqlite_house.http.delete(url)):
        assert reply.status_code == 409
        assert "stop the job first" in reply.json()["text"]


async def test_pictures_of_starts_on_a_real_table(sqlite_house: House):
    evaluation = await manual(sqlite_house)
    url = f"/api/evaluations/{evaluation['id']}/starts"
    photo = cv2.imencode(".png", np.full((90, 160, 3), 120, np.uint8))[1].tobytes()
    stored = (await sqlite_house.http.put(f"{url}/1", content=photo)).json()
    await sqlite_house.http.put(f"{url}/1/note", json={"note": "box at the left"})
    reply = await sqlite_house.http.get(stored["picture"])
    assert reply.headers["content-type"] == "image/jpeg"
    assert cv2.imdecode(np.frombuffer(reply.content, np.uint8), cv2.IMREAD_COLOR).shape == (360, 640, 3)
    starts = (await sqlite_house.http.get(f"/api/evaluations/{evaluation['id']}")).json()["starts"]
    assert (starts[1]["note"], starts[1]["picture"]) == ("box at the left", stored["picture"])
    assert starts[0] == {"note": "", "picture": ""}
    assert (await sqlite_house.http.put(f"{url}/0", content=b"<svg/>")).status_code == 422
    assert (await sqlite_house.http.put(f"{url}/0", content=b"x" * (9 << 20))).status_code == 413
    assert (await sqlite_house.http.put(f"{url}/7", content=photo)).status_code == 404
    simulated_one, _ = await simulated(sqlite_house)
    reply = await sqlite_house.http.put(f"/api/evaluations/{simulated_one['id']}/starts/0", content=photo)
    assert reply.status_code == 409


async def test_a_trial_cannot_start_without_control(sqlite_house: House):
    evaluation = await manual(sqlite_house)
    url = f"/api/evaluations/{evaluation['id']}/trials/0/start"
    reply = await sqlite_house.http.post(url, json={"client": "somebody"})
    assert reply.status_code == 503
    assert "control" in reply.json()["text"]
    simulated_one, _ = await simulated(sqlite_house)
    url = f"/api/evaluations/{simulated_one['id']}/trials/0/start"
    assert (await sqlite_house.http.post(url, json={"client": "somebody"})).status_code == 409
