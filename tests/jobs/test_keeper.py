"""The keeper on a real database with real processes: what a restart, a kill and a lost row leave behind."""

import asyncio
import os
import signal
import time
import uuid
from pathlib import Path

import pytest
from sqlalchemy import delete

from backend.core.contracts.job import Finding, JobSpec, JobState
from backend.db.job import JobRow
from backend.settings import Settings
from tests.api.house import House, eventually
from tests.jobs.house import act, ask, job, opened, until
from tests.jobs.kinds import CountJob
from tests.jobs.test_local import counted
from trainer.jobs.run_dir import RunDir


async def test_a_job_is_followed_to_its_end_and_its_curves_and_log_are_read(settings: Settings):
    async with opened(settings) as house:
        job_id = await ask(house, steps=6)
        done = await until(house, job_id, "succeeded", "failed")
        assert (done["state"], done["message"], done["progress"]) == ("succeeded", "", 1.0)
        assert done["metrics"]["step"] == 6
        assert done["eta_s"] is None
        assert done["ended_at"] > done["started_at"] > done["created_at"]
        curves = (await house.http.get(f"/api/jobs/{job_id}/metrics")).json()["curves"]
        assert curves["loss"]["step"] == [1, 2, 3, 4, 5, 6]
        assert curves["loss"]["value"][1] == 0.5
        thin = (await house.http.get(f"/api/jobs/{job_id}/metrics?points=3")).json()["curves"]
        assert thin["loss"] == {"step": [2, 4, 6], "value": pytest.approx([0.75, 7 / 24, 11 / 60])}
        log = (await house.http.get(f"/api/jobs/{job_id}/log?offset=0")).json()
        assert "counting from 0" in log["text"]
        assert log["next_offset"] == log["size"]
        assert (await house.http.delete(f"/api/jobs/{job_id}")).status_code == 204
        assert (await house.http.get(f"/api/jobs/{job_id}")).status_code == 404
        assert not Path(done["folder"]).exists()


async def test_jobs_wait_for_each_other_and_can_be_stopped_resumed_and_copied(settings: Settings):
    async with opened(settings) as house:
        first = await ask(house, steps=5000)
        second = await ask(house, steps=4, name="second")
        await until(house, first, "running")
        assert (await job(house, second))["state"] == "queued"
        assert (await house.http.delete(f"/api/jobs/{first}")).json()["code"] == "job_runs"
        folder = Path((await job(house, first))["folder"])
        await eventually(lambda: counted(folder) > 2)
        assert (await act(house, first, "stop"))["state"] == "stopping"
        stopped = await until(house, first, "stopped", "failed", "lost")
        assert (stopped["state"], stopped["message"]) == ("stopped", "stopped on request")
        assert stopped["resumable"]
        await until(house, second, "succeeded")
        reached = counted(folder)
        await act(house, first, "resume")
        await until(house, first, "running")
        await eventually(lambda: counted(folder) > reached)
        copied = await act(house, second, "duplicate")
        assert (copied["name"], copied["params"]["steps"], copied["copied_from"]) == (
            "second (copy)",
            4,
            second,
        )
        assert (await act(house, copied["id"], "stop"))["message"] == "stopped before it began"
        await act(house, first, "stop")
        await until(house, first, "stopped")
        log = (await house.http.get(f"/api/jobs/{first}/log?offset=0")).json()["text"]
        assert f"counting from {reached}" in log


async def test_a_job_outlives_the_app_and_its_row(settings: Settings):
    async with opened(settings) as house:
        job_id = await ask(house, steps=5000)
        folder = Path((await until(house, job_id, "running"))["folder"])
        await eventually(lambda: counted(folder) > 2)
    before = counted(folder)
    await eventually(lambda: counted(folder) > before)
    async with opened(settings) as house:
        assert (await job(house, job_id))["state"] == "running"
        async with house.parts.database.transaction() as session:
            await session.execute(delete(JobRow))
    async with opened(settings) as house:
        await eventually(lambda: _exists(house, job_id))
        adopted = await until(house, job_id, "running")
        assert (adopted["name"], adopted["params"]["steps"]) == ("count", 5000)
        # Killed while nobody expects it: nothing is claimed that is not there.
        os.kill(RunDir(folder).status().pid, signal.SIGKILL)
        lost = await until(house, job_id, "lost")
        assert "killed from outside" in lost["message"]
        assert lost["resumable"]
        assert 0 < lost["progress"] < 1


async def _exists(house: House, job_id: str) -> bool:
    return (await house.http.get(f"/api/jobs/{job_id}")).status_code == 200


@pytest.mark.parametrize("has_started", [False, True])
async def test_a_start_that_a_crash_interrupted_happens_once(settings: Settings, has_started: bool):
    """The row says STARTING, and the app that wrote it is gone."""
    async with opened(settings) as house:
        job_id = await ask(house, steps=3)
        await until(house, job_id, "succeeded")
        folder = Path((await job(house, job_id))["folder"])
        async with house.parts.database.transaction() as session:
            row = await session.get(JobRow, uuid.UUID(job_id))
            row.state, row.events_offset = JobState.STARTING, 0
    if not has_started:
        (folder / "status.json").unlink()
    async with opened(settings) as house:
        await until(house, job_id, "succeeded")
    runs = RunDir(folder).log_tail(10_000).count("counting from")
    assert runs == (1 if has_started else 2)


async def test_a_refused_start_and_a_failure_say_why(settings: Settings):
    async with opened(settings) as house:
        refused = await until(house, await ask(house, refused=True), "failed")
        assert refused["message"] == "not in the mood"
        assert not Path(refused["folder"]).exists()
        broken = await until(house, await ask(house, fail_at=1), "failed")
        assert "it does not count further" in broken["message"]
        wish = {"kind": "count", "name": "x", "params": {"refused": True}}
        check = (await house.http.post("/api/jobs/preflight", json=wish)).json()
        assert (check["ok"], check["findings"][0]["text"]) == (False, "not in the mood")


async def test_drafts_are_checked_one_at_a_time(settings: Settings, monkeypatch: pytest.MonkeyPatch):
    under_way, most = [], []

    def check(_self: CountJob, spec: JobSpec) -> list[Finding]:
        under_way.append(spec)
        most.append(len(under_way))
        time.sleep(0.02)
        under_way.pop()
        return []

    monkeypatch.setattr(CountJob, "check", check)
    async with opened(settings) as house:
        drafts = [{"kind": "count", "name": "x", "params": {"steps": steps}} for steps in (1, 2, 3)]
        replies = [house.http.post("/api/jobs/preflight", json=draft) for draft in drafts]
        assert [reply.status_code for reply in await asyncio.gather(*replies)] == [200] * 3
    assert most == [1, 1, 1]


@pytest.mark.parametrize(
    ("changes", "status", "code", "text"),
    [
        ({"kind": "nothing"}, 422, "no_kind", "available: "),
        ({"runner": "nowhere"}, 422, "no_runner", "available: local"),
        ({"params": {"steps": 0}}, 422, "bad_params", "$.steps"),
        ({"params": {"shell": "rm"}}, 422, "bad_params", "shell"),
        ({"dataset_id": "11111111-1111-4111-8111-111111111111"}, 422, "no_dataset_wanted", "takes no"),
        ({"kind": "train"}, 422, "dataset_needed", "needs a dataset_id"),
        ({"name": ""}, 422, "invalid", "name"),
        ({"gpus": -1}, 422, "invalid", "gpus"),
    ],
)
async def test_a_bad_wish_is_refused(settings: Settings, changes: dict, status: int, code: str, text: str):
    async with opened(settings) as house:
        body = {"kind": "count", "name": "x", **changes}
        reply = await house.http.post("/api/jobs", json=body)
        assert (reply.status_code, reply.json()["code"]) == (status, code), reply.text
        assert text in reply.json()["text"]
        assert (await house.http.get("/api/jobs")).json() == []


async def test_what_cannot_be_done_now_is_a_conflict(settings: Settings):
    async with opened(settings) as house:
        job_id = await ask(house, steps=1)
        await until(house, job_id, "succeeded")
        for what, code in (("stop", "job_over"), ("resume", "not_over")):
            reply = await house.http.post(f"/api/jobs/{job_id}/{what}")
            assert (reply.status_code, reply.json()["code"]) == (409, code)
        kinds = {kind["name"]: kind for kind in (await house.http.get("/api/jobs/kinds")).json()}
        assert kinds["train"]["params_schema"]["properties"]["steps"]["default"] == 20_000
        runners = {runner["name"]: runner for runner in (await house.http.get("/api/jobs/runners")).json()}
        assert runners["local"]["available"]
