"""The local runner with real processes: they outlive us, are told apart from others, and end as asked."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from backend.core.contracts.job import STATUS, JobState, RunnerError
from tests.jobs.conftest import make_run, wait_for
from tests.jobs.kinds import CountRunner
from trainer.jobs.process import boot_id, is_running, started_ticks
from trainer.jobs.run_dir import RunDir, write


@pytest.fixture
def runner():
    return CountRunner()


def counted(folder: Path) -> int:
    path = folder / "counter"
    return int(path.read_text() or 0) if path.exists() else 0


def over(runner: CountRunner, folder: Path) -> JobState:
    wait_for(lambda: runner.status(folder).ended_s)
    return runner.status(folder).state


def test_a_job_runs_to_its_end_and_says_so(runner, tmp_path):
    folder = make_run(tmp_path / "a", steps=3)
    runner.submit(folder)
    assert over(runner, folder) is JobState.SUCCEEDED
    events = [json.loads(line) for line in runner.events(folder, 0).data.splitlines()]
    assert [event["step"] for event in events if event["kind"] == "metric"] == [1, 2, 3]
    assert events[-1]["kind"] == "done"
    assert b"counting from 0" in runner.logs(folder, 0, 10_000).data
    tail = runner.logs(folder, -5, 100)
    assert len(tail.data) == 5
    assert tail.offset == tail.size - 5


def test_a_failure_is_told_in_words(runner, tmp_path):
    folder = make_run(tmp_path / "a", fail_at=2)
    runner.submit(folder)
    assert over(runner, folder) is JobState.FAILED
    assert runner.status(folder).message == "ValueError: it does not count further (exit code 1)"


def test_it_outlives_whoever_started_it_and_is_taken_up_by_another(runner, tmp_path):
    folder = make_run(tmp_path / "a", steps=1000)
    start = (
        "import pathlib, sys; "
        "from tests.jobs.kinds import CountRunner; CountRunner().submit(pathlib.Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", start, str(folder)], check=True)
    before = counted(folder)
    wait_for(lambda: counted(folder) > before + 2)
    assert runner.status(folder).state is JobState.RUNNING
    with pytest.raises(RunnerError, match="runs already"):
        runner.submit(folder)
    runner.stop(folder, grace_s=30)
    assert over(runner, folder) is JobState.STOPPED
    assert counted(folder) < 1000


def test_what_does_not_stop_is_killed_after_its_grace_even_if_we_were_away(tmp_path):
    folder = make_run(tmp_path / "a", steps=1000, deaf=True)
    CountRunner().submit(folder)
    wait_for(lambda: counted(folder) > 0)
    pid = RunDir(folder).status().pid
    CountRunner().stop(folder, grace_s=1.0)
    later = CountRunner()
    assert later.status(folder).state is JobState.STOPPING
    wait_for(lambda: later.status(folder).state is JobState.STOPPED)
    assert "did not stop in time" in later.status(folder).message
    wait_for(lambda: not started_ticks(pid))
    assert not _alive_in(folder)


def _alive_in(folder: Path) -> list[int]:
    """Return every process that works in a run directory."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(folder) in " ".join(process.cmdline()):
                found.append(process.pid)
    return found


def test_a_killed_supervisor_is_lost_and_takes_its_work_with_it(runner, tmp_path):
    folder = make_run(tmp_path / "a", steps=1000)
    runner.submit(folder)
    wait_for(lambda: counted(folder) > 1)
    os.kill(RunDir(folder).status().pid, signal.SIGKILL)
    wait_for(lambda: runner.status(folder).state is JobState.LOST)
    assert "killed from outside" in runner.status(folder).message
    wait_for(lambda: not _alive_in(folder))
    reached = counted(folder)
    make_run(folder, steps=reached + 2, resume=True)
    runner.submit(folder)
    assert over(runner, folder) is JobState.SUCCEEDED
    assert f"counting from {reached}" in RunDir(folder).log_tail(10_000)


def test_work_that_is_killed_is_a_failure_with_its_signal(runner, tmp_path):
    folder = make_run(tmp_path / "a", steps=1000)
    runner.submit(folder)
    wait_for(lambda: counted(folder) > 0)
    (child,) = psutil.Process(RunDir(folder).status().pid).children()
    child.kill()
    assert over(runner, folder) is JobState.FAILED
    assert "SIGKILL" in runner.status(folder).message


def test_a_reboot_and_a_reused_pid_are_noticed(runner, tmp_path):
    """The status names this very test process, as after a reboot or once its pid went to another."""
    folder = make_run(tmp_path / "a", steps=1000)
    runner.submit(folder)
    wait_for(lambda: counted(folder) > 0)
    status = RunDir(folder).status()
    os.kill(status.pid, signal.SIGKILL)
    wait_for(lambda: not started_ticks(status.pid))
    mine = started_ticks(os.getpid())
    assert is_running(os.getpid(), mine, boot_id())
    for changes, word in (({"boot_id": "another"}, "restarted"), ({"started_ticks": mine + 1}, "killed")):
        values = {"pid": os.getpid(), "started_ticks": mine, "boot_id": boot_id()} | changes
        write(folder / STATUS, type(status)(state=JobState.RUNNING, **values))
        found = runner.status(folder)
        assert (found.state, word in found.message) == (JobState.LOST, True)
    # Nobody signals a process that only has the same pid.
    runner.stop(folder, grace_s=0.0)
    assert runner.status(folder).state is JobState.STOPPED


def test_two_supervisors_never_work_on_one_directory(runner, tmp_path):
    folder = make_run(tmp_path / "a", steps=1000)
    runner.submit(folder)
    command = [sys.executable, "-m", "tests.jobs.supervisor", "--run-dir", str(folder)]
    second = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (second.returncode, "runs already" in second.stderr) == (75, True)
    assert runner.status(folder).state is JobState.RUNNING
    runner.stop(folder, grace_s=30)
    assert over(runner, folder) is JobState.STOPPED
