"""Supervises one job: `python -m trainer.entry --run-dir DIR`.

It starts the process that does the work, tells it to stop, and writes down how it ended and why: the
process itself may be killed by the system and then cannot say anything. Nothing heavy is imported here.
"""

import argparse
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import msgspec

from backend.catalog import JOBS, load
from backend.core.contracts.job import STATUS, JobKind, JobSpec, JobState, JobStatus
from trainer.jobs.process import MARK, boot_id, started_ticks
from trainer.jobs.run_dir import RunDir, write

GRACE_S = 60.0
"""How long a job may take to stop when the system, not a person, asks for it."""
NICE = 10
"""Control, cameras and pages go first."""
STOPPED_CODE = 3
"""Exit code of a process that stopped because it was asked to."""
LOCKED_CODE = 75
TAIL_BYTES = 20_000
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def _die_with(parent_pid: int) -> Callable[[], None]:
    """Return what ends a forked child when its supervisor is killed; runs between fork and exec."""

    def set_up() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent_pid:
            os._exit(1)

    return set_up


class Supervisor:
    """One job and the process that does its work.

    Args:
        run: its run directory.
    """

    def __init__(self, run: RunDir) -> None:
        self._run = run
        self._child: subprocess.Popen[bytes] | None = None
        self._kind: JobKind | None = None
        self._status = JobStatus(
            state=JobState.RUNNING,
            pid=os.getpid(),
            started_ticks=started_ticks(os.getpid()),
            boot_id=boot_id(),
            external_id=os.environ.get("SLURM_JOB_ID", ""),
            started_s=time.time(),
        )

    def run(self) -> int:
        """Do the job; return the exit code of this process."""
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        write(self._run.path / STATUS, self._status)
        try:
            spec = self._run.spec()
            self._kind = load(JOBS, spec.kind)()
            code = self._work(self._kind, spec)
        except (OSError, ValueError) as error:
            self._finish(JobState.FAILED, f"it cannot be started: {error}", None)
            return 1
        if code == 0:
            self._finish(JobState.SUCCEEDED, "", code)
        elif self._run.stop_request() and code in (STOPPED_CODE, -signal.SIGTERM, 128 + signal.SIGTERM):
            self._finish(JobState.STOPPED, "stopped on request", code)
        else:
            why = self._kind.explain(code, self._run.log_tail(TAIL_BYTES))
            self._finish(JobState.FAILED, why, code)
            return 1
        return 0

    def _work(self, kind: JobKind, spec: JobSpec) -> int:
        command = kind.command(spec, self._run.path)
        print(f"$ {' '.join(command)}", flush=True)
        self._child = subprocess.Popen(
            command,
            cwd=Path(__file__).resolve().parents[1],
            stdin=subprocess.DEVNULL,
            env=os.environ | kind.environment(spec) | {MARK: str(self._run.path), "PYTHONUNBUFFERED": "1"},
            preexec_fn=_die_with(os.getpid()),
        )
        if self._run.stop_request():
            self._tell()
        return self._child.wait()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._run.request_stop(GRACE_S)
        self._tell()

    def _tell(self) -> None:
        """Pass the request on. A kind that looks at `stop.json` gets no signal: its helpers would die."""
        if self._child and self._kind and self._kind.stop_by_signal and self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)

    def _finish(self, state: JobState, message: str, code: int | None) -> None:
        self._run.say("done", state=state.value, message=message)
        write(
            self._run.path / STATUS,
            msgspec.structs.replace(
                self._status, state=state, message=message, exit_code=code, ended_s=time.time()
            ),
        )


def main() -> int:
    """Run the job of a run directory to its end."""
    parser = argparse.ArgumentParser(description="Run the job that DIR/spec.json describes.")
    parser.add_argument("--run-dir", type=Path, required=True, metavar="DIR")
    folder = parser.parse_args().run_dir.resolve()
    with (folder / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"the job in {folder} runs already", file=sys.stderr)
            return LOCKED_CODE
        os.nice(NICE)
        return Supervisor(RunDir(folder)).run()


if __name__ == "__main__":
    sys.exit(main())
