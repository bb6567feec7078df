"""The Slurm runner on a real Slurm: one node on loopback, from Debian's packages."""

import os
import signal
from pathlib import Path

import pytest

from backend.core.contracts.job import JobSpec, JobState, RunnerError
from tests.jobs.cluster import SlurmCluster, missing
from tests.jobs.conftest import make_run, wait_for
from tests.jobs.test_local import counted
from trainer.jobs.run_dir import RunDir
from trainer.jobs.slurm import SlurmRunner, sbatch_argv


def test_what_slurm_is_told_is_a_list_without_a_shell():
    spec = JobSpec(id="x", kind="train", name="rm -rf /; $(reboot)", params={}, gpus=2)
    argv = sbatch_argv(Path("/runs/a b"), spec, "trainer.entry")
    assert argv[0] == "sbatch"
    assert "--gpus=2" in argv
    assert "--output=/runs/a b/log.txt" in argv
    assert argv[-4:] == ["-m", "trainer.entry", "--run-dir", "/runs/a b"]
    assert not any("reboot" in argument for argument in argv)


@pytest.fixture(scope="module")
def cluster():
    if why := missing():
        pytest.skip(why)
    made = SlurmCluster()
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def runner(cluster: SlurmCluster, monkeypatch: pytest.MonkeyPatch) -> SlurmRunner:
    for name, value in cluster.environment.items():
        monkeypatch.setenv(name, value)
    return SlurmRunner("tests.jobs.supervisor")


def test_a_job_runs_to_its_end(runner: SlurmRunner, tmp_path: Path):
    assert runner.check() == ""
    folder = make_run(tmp_path / "a", steps=3)
    runner.submit(folder)
    wait_for(lambda: runner.status(folder).state is JobState.SUCCEEDED)
    status = runner.status(folder)
    assert status.external_id.isdecimal()
    assert b"counting from 0" in runner.logs(folder, 0, 10_000).data
    assert counted(folder) == 3


def test_it_waits_is_taken_up_by_another_and_stops_on_request(runner: SlurmRunner, tmp_path: Path):
    folders = [make_run(tmp_path / str(i), steps=3000) for i in range((os.cpu_count() or 1) + 1)]
    for folder in folders:
        runner.submit(folder)
    wait_for(lambda: all(counted(folder) for folder in folders[:-1]))
    waiting = folders[-1]
    assert "Slurm's queue" in runner.status(waiting).message
    with pytest.raises(RunnerError, match="already"):
        runner.submit(waiting)
    runner.stop(waiting, grace_s=30)
    wait_for(lambda: runner.status(waiting).state is JobState.STOPPED)
    assert counted(waiting) == 0
    for folder in folders[:-1]:
        assert runner.status(folder).state is JobState.RUNNING
        SlurmRunner().stop(folder, grace_s=30)
    for folder in folders[:-1]:
        wait_for(lambda folder=folder: SlurmRunner().status(folder).state is JobState.STOPPED)
        assert SlurmRunner().status(folder).message == "stopped on request"


def test_a_killed_supervisor_is_lost(runner: SlurmRunner, tmp_path: Path):
    folder = make_run(tmp_path / "a", steps=3000)
    runner.submit(folder)
    wait_for(lambda: counted(folder) > 1)
    os.kill(RunDir(folder).status().pid, signal.SIGKILL)
    wait_for(lambda: runner.status(folder).state is JobState.LOST)


def test_without_slurm_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed: sbatch" in SlurmRunner().check()
    folder = make_run(tmp_path / "a", steps=3)
    with pytest.raises(RunnerError, match="refuses"):
        SlurmRunner().submit(folder)
