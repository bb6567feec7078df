"""A keeper that is killed again and again, at random points: jobs are done once, and rows tell the truth."""

import random
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

from backend.core.contracts.job import JobState
from backend.db.database import Database
from backend.db.job import JobRow
from backend.settings import Settings
from tests.jobs.house import opened, until
from trainer.jobs.run_dir import RunDir

STEPS = 40
KILLS = 5


def _row(name: str) -> JobRow:
    job_id = uuid.uuid4()
    return JobRow(
        id=job_id,
        kind="count",
        name=name,
        runner="local",
        params={"steps": STEPS},
        versions={},
        folder=str(job_id),
        state=JobState.QUEUED,
    )


async def test_jobs_survive_a_keeper_that_is_killed_at_random(settings: Settings):
    chance = random.Random(1)
    rows = [_row(f"job {i}") for i in range(2)]
    database = Database(settings.database)
    async with database.transaction() as session:
        session.add_all(rows)
    await database.close()
    for _ in range(KILLS):
        keeper = subprocess.Popen([sys.executable, "-m", "tests.jobs.keep", str(settings.data_dir)])
        time.sleep(chance.uniform(0.3, 2.5))
        keeper.send_signal(signal.SIGKILL)
        keeper.wait()
    async with opened(settings) as house:
        for row in rows:
            done = await until(house, str(row.id), "succeeded", "failed", "lost", "stopped")
            assert (done["state"], done["message"], done["metrics"]["step"]) == ("succeeded", "", STEPS)
            curves = (await house.http.get(f"/api/jobs/{row.id}/metrics")).json()["curves"]
            assert curves["loss"]["step"] == list(range(1, STEPS + 1))
            assert RunDir(Path(done["folder"])).log_tail(100_000).count("counting from") == 1
