"""Runs jobs on a Slurm cluster that shares the file system with this machine.

Slurm's own commands are called with argument lists; what the job is told stands in its run directory.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from backend.core.contracts.job import (
    LOG,
    OVER,
    Artifact,
    JobSpec,
    JobState,
    JobStatus,
    LogPart,
    RunnerError,
)
from trainer.jobs.local import ROOT
from trainer.jobs.process import MARK
from trainer.jobs.run_dir import RunDir, write

TICKET = "slurm.json"
SCRIPT = '#!/bin/sh\nexec "$@"\n'
"""Slurm wants a script; it only becomes the process it is given as arguments."""
COMMANDS = ("sbatch", "squeue", "scontrol", "scancel")
TIMEOUT_S = 30.0
ASK_EVERY_S = 2.0
"""How often one job is asked for: a cluster's controller has others to answer, too."""
WARNING_S = 120
"""How long before the end of its time a job is told to write a checkpoint."""
WAITING = frozenset({"PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "RESV_DEL_HOLD", "SUSPENDED"})
GOING = frozenset({"RUNNING", "COMPLETING", "STAGE_OUT", "SIGNALING"})
MEANING = {
    "OUT_OF_MEMORY": "it used more memory than Slurm gave it",
    "TIMEOUT": "it used up the time that Slurm gave it",
    "NODE_FAIL": "its node failed",
    "PREEMPTED": "Slurm gave its place to another job",
    "BOOT_FAIL": "its node did not start",
    "DEADLINE": "Slurm's deadline passed",
    "CANCELLED": "it was cancelled",
}
"""Slurm's job state -> what happened."""


class Ticket(msgspec.Struct, frozen=True):
    """What Slurm called the job."""

    job_id: str


def sbatch_argv(run_dir: Path, spec: JobSpec, supervisor: str) -> list[str]:
    """Return the arguments that hand a run directory to Slurm; a pure function."""
    return [
        "sbatch",
        "--parsable",
        f"--job-name=bunraku-{spec.kind}",
        f"--output={run_dir / LOG}",
        "--open-mode=append",
        f"--chdir={ROOT}",
        "--no-requeue",
        f"--signal=B:TERM@{WARNING_S}",
        "--nodes=1",
        "--ntasks=1",
        *([f"--gpus={spec.gpus}"] if spec.gpus else []),
        f"--export=ALL,{MARK}={run_dir},PYTHONUNBUFFERED=1",
        str(run_dir / "job.sh"),
        sys.executable, "-m", supervisor, "--run-dir", str(run_dir),
    ]  # fmt: skip


class SlurmRunner:
    """Hands jobs to sbatch and asks Slurm how they are.

    Args:
        supervisor: module that runs the job of `--run-dir DIR`.
    """

    def __init__(self, supervisor: str = "trainer.entry") -> None:
        self._supervisor = supervisor
        self._answers: dict[str, tuple[float, str]] = {}
        """By job: when Slurm was asked, and what it said."""

    def check(self) -> str:
        """Return why there is no Slurm here; empty when there is."""
        missing = [name for name in COMMANDS if shutil.which(name) is None]
        if missing:
            return f"Slurm's commands are not installed: {', '.join(missing)}"
        done = _call("scontrol", "ping")
        return "" if done.returncode == 0 else f"Slurm does not answer: {_words(done)}"

    def submit(self, run_dir: Path) -> None:
        """Queue the job.

        Raises:
            RunnerError: Slurm refuses, or the job is in its queue already.
        """
        run = RunDir(run_dir)
        if self._slurm_state(run) in WAITING | GOING:
            raise RunnerError(f"the job in {run_dir} is in Slurm's queue already")
        if "," in str(run_dir):
            raise RunnerError(f"Slurm cannot take a folder with a comma in its name: {run_dir}")
        run.forget_last_run()
        (run_dir / TICKET).unlink(missing_ok=True)
        script = run_dir / "job.sh"
        script.write_text(SCRIPT)
        done = _call(*sbatch_argv(run_dir, run.spec(), self._supervisor))
        job_id = done.stdout.strip().partition(";")[0]
        if done.returncode or not job_id.isdecimal():
            raise RunnerError(f"Slurm refuses the job: {_words(done)}")
        write(run_dir / TICKET, Ticket(job_id))

    def status(self, run_dir: Path) -> JobStatus:
        """Return how the job is now; kill it when it was asked to stop and its grace is over."""
        run = RunDir(run_dir)
        slurm = self._slurm_state(run)
        status = run.status()
        if status and status.state in OVER:
            return status
        stop = run.stop_request()
        ticket = _ticket(run)
        known = status or JobStatus(state=JobState.STARTING, external_id=ticket.job_id if ticket else "")
        if slurm in WAITING:
            return msgspec.structs.replace(known, state=JobState.STARTING, message="waits in Slurm's queue")
        if slurm in GOING:
            if stop is None:
                return known
            if ticket and time.time() > stop.t_s + stop.grace_s:
                _call("scancel", ticket.job_id)
            return msgspec.structs.replace(
                known, state=JobState.STOPPING, message="writes a checkpoint and ends"
            )
        checkpoint = run.last_checkpoint()
        kept = f"; its checkpoint of step {int(checkpoint.name)} is kept" if checkpoint else ""
        why = MEANING.get(slurm, f"Slurm says {slurm.lower() or 'nothing'} about it")
        state = JobState.STOPPED if stop else JobState.LOST
        return msgspec.structs.replace(known, state=state, message=f"{why}{kept}")

    def logs(self, run_dir: Path, offset: int, limit: int) -> LogPart:
        """Return a part of the log."""
        return RunDir(run_dir).log_part(offset, limit)

    def events(self, run_dir: Path, offset: int) -> LogPart:
        """Return complete event lines."""
        return RunDir(run_dir).event_lines(offset)

    def stop(self, run_dir: Path, grace_s: float) -> None:
        """Ask the job to end; one that still waits leaves the queue."""
        run = RunDir(run_dir)
        run.request_stop(grace_s)
        if not (ticket := _ticket(run)):
            return
        if _ask(ticket.job_id) in WAITING:
            _call("scancel", ticket.job_id)
        else:
            _call("scancel", "--signal=TERM", "--batch", ticket.job_id)

    def artifacts(self, run_dir: Path) -> tuple[Artifact, ...]:
        """Return what the job has finished so far."""
        return RunDir(run_dir).artifacts()

    def _slurm_state(self, run: RunDir) -> str:
        """Return Slurm's word for the job, at most `ASK_EVERY_S` old; empty when it knows none.

        Raises:
            RunnerError: Slurm does not answer; nothing can be said about the job then.
        """
        ticket = _ticket(run)
        if ticket is None:
            return ""
        now_s = time.monotonic()
        asked_s, answer = self._answers.get(ticket.job_id, (-ASK_EVERY_S, ""))
        if now_s - asked_s >= ASK_EVERY_S:
            answer = _ask(ticket.job_id)
            self._answers[ticket.job_id] = (now_s, answer)
        return answer


def _ask(job_id: str) -> str:
    """Return Slurm's word for a job; raises RunnerError when Slurm does not answer."""
    done = _call("squeue", "--noheader", "--states=all", "--format=%T", f"--jobs={job_id}")
    if done.returncode == 0 and done.stdout.strip():
        return done.stdout.split()[0]
    if done.returncode and "Invalid job id" not in done.stderr:
        raise RunnerError(f"Slurm does not answer: {_words(done)}")
    # The controller forgets a job minutes after its end; the accounting, where there is one, does not.
    old = _call("sacct", "--noheader", "--parsable2", "--allocations", "--format=State", f"--jobs={job_id}")
    return old.stdout.split()[0] if old.returncode == 0 and old.stdout.strip() else ""


def _ticket(run: RunDir) -> Ticket | None:
    try:
        return msgspec.json.decode((run.path / TICKET).read_bytes(), type=Ticket)
    except FileNotFoundError:
        return None


def _call(*argv: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(argv, 127, "", str(error))


def _words(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"
