"""Runs jobs on this machine, detached from the process that starts them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from backend.core.contracts.job import LOG, OVER, Artifact, JobState, JobStatus, LogPart, RunnerError
from trainer.jobs.process import MARK, boot_id, is_running, kill_marked, signal_process
from trainer.jobs.run_dir import RunDir

ROOT = Path(__file__).resolve().parents[2]
START_S = 60.0
"""How long the interpreter may take to come up on a busy machine."""


class LocalRunner:
    """Starts the supervisor of a job in a session of its own; any later process may take it up.

    Args:
        supervisor: module that runs the job of `--run-dir DIR`.
    """

    def __init__(self, supervisor: str = "trainer.entry") -> None:
        self._supervisor = supervisor
        self._children: list[subprocess.Popen[bytes]] = []

    def check(self) -> str:
        """Return nothing: this machine is always here."""
        return ""

    def submit(self, run_dir: Path) -> None:
        """Start the job; return when its supervisor is up.

        Raises:
            RunnerError: the job runs already, or its supervisor ended at once; says what it printed.
        """
        run = RunDir(run_dir)
        status = run.status()
        if status and is_running(status.pid, status.started_ticks, status.boot_id):
            raise RunnerError(f"the job in {run_dir} runs already as process {status.pid}")
        run.forget_last_run()
        with (run_dir / LOG).open("ab") as log:
            try:
                child = subprocess.Popen(
                    [sys.executable, "-m", self._supervisor, "--run-dir", str(run_dir)],
                    cwd=ROOT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    env=os.environ | {MARK: str(run_dir), "PYTHONUNBUFFERED": "1"},
                )
            except OSError as error:
                raise RunnerError(f"the job cannot be started: {error}") from error
        self._children.append(child)
        deadline = time.monotonic() + START_S
        while run.status() is None:
            if child.poll() is not None and run.status() is None:
                raise RunnerError(
                    f"the job's supervisor ended with code {child.returncode}: {run.log_tail(400)}"
                )
            if time.monotonic() > deadline:
                child.kill()
                raise RunnerError(f"the job's supervisor did not come up within {START_S:.0f} s")
            time.sleep(0.02)

    def status(self, run_dir: Path) -> JobStatus:
        """Return how the job is now; kill it when it was asked to stop and its grace is over."""
        self._children = [child for child in self._children if child.poll() is None]
        run = RunDir(run_dir)
        status = run.status()
        if status is None:
            return JobStatus(state=JobState.LOST, message="it was never started")
        if status.state in OVER:
            return status
        stop = run.stop_request()
        if is_running(status.pid, status.started_ticks, status.boot_id):
            if stop is None:
                return status
            if time.time() <= stop.t_s + stop.grace_s:
                return msgspec.structs.replace(
                    status, state=JobState.STOPPING, message="writes a checkpoint and ends"
                )
            os.killpg(status.pid, signal.SIGKILL)
        # Its last word may have been written after the first look.
        status = run.status() or status
        if status.state in OVER:
            return status
        kill_marked(run_dir)
        return msgspec.structs.replace(status, **_end(run, status, stop is not None))

    def logs(self, run_dir: Path, offset: int, limit: int) -> LogPart:
        """Return a part of the log."""
        return RunDir(run_dir).log_part(offset, limit)

    def events(self, run_dir: Path, offset: int) -> LogPart:
        """Return complete event lines."""
        return RunDir(run_dir).event_lines(offset)

    def stop(self, run_dir: Path, grace_s: float) -> None:
        """Ask the job to end; only its supervisor is told, which tells whom it may concern."""
        run = RunDir(run_dir)
        run.request_stop(grace_s)
        if status := run.status():
            signal_process(status.pid, status.started_ticks, status.boot_id, signal.SIGTERM)

    def artifacts(self, run_dir: Path) -> tuple[Artifact, ...]:
        """Return what the job has finished so far."""
        return RunDir(run_dir).artifacts()


def _end(run: RunDir, status: JobStatus, stop_asked: bool) -> dict[str, object]:
    """Return how a job ended whose supervisor could not say it."""
    checkpoint = run.last_checkpoint()
    kept = f"; its checkpoint of step {int(checkpoint.name)} is kept" if checkpoint else ""
    if stop_asked:
        state, why = JobState.STOPPED, "it did not stop in time and was killed"
    elif status.boot_id != boot_id():
        state, why = JobState.LOST, "the machine was restarted while it ran"
    else:
        state, why = JobState.LOST, "its process was killed from outside"
    return {"state": state, "message": why + kept}
