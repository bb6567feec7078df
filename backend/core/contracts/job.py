"""Jobs: work of minutes to days in a process of its own, and what runs it.

A job's run directory is the truth about it; everything else is an index that can be rebuilt:

    spec.json     `JobSpec`, written before the job starts
    stop.json     `StopRequest`, once somebody asked it to stop
    status.json   `JobStatus`, kept by the job's own supervisor (`python -m trainer.entry`)
    log.txt       everything the job printed
    events.jsonl  one JSON object per line with `t` (Unix time [s]) and `kind`
"""

from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import msgspec

SPEC, STOP, STATUS, LOG, EVENTS = "spec.json", "stop.json", "status.json", "log.txt", "events.jsonl"


class JobState(StrEnum):
    """QUEUED -> STARTING -> RUNNING -> (STOPPING ->) SUCCEEDED, FAILED, STOPPED or LOST.

    LOST: its process is gone and nobody could write why (a reboot, a SIGKILL); it may be resumed.
    """

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "lost"


OVER = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.STOPPED, JobState.LOST})
"""States in which nothing runs."""


class DatasetRef(msgspec.Struct, frozen=True, kw_only=True):
    """The exact dataset version a job works on."""

    id: str
    name: str
    folder: str
    """Absolute folder of the version."""
    content_hash: str


class JobSpec(msgspec.Struct, frozen=True, kw_only=True):
    """All that a job is told; nothing in it is ever given to a shell."""

    id: str
    kind: str
    """Name in `backend.catalog.JOBS`."""
    name: str
    params: dict[str, Any]
    """Fields of the kind's `Params`."""
    runner: str = "local"
    gpus: int = 0
    """Graphics cards to use; 0 leaves it to the job what it finds, more than 1 starts one process each."""
    dataset: DatasetRef | None = None
    episodes_dir: str = ""
    """Absolute folder of the library of raw episodes."""
    policies_dir: str = ""
    """Absolute folder of the registry's policies."""
    cache_dir: str = ""
    """Absolute folder of derived files that may be deleted."""
    resume: bool = False
    """Continue from the newest checkpoint in the run directory."""
    versions: dict[str, str] = {}
    """What it was made with: code, lerobot, torch."""
    created_s: float = 0.0


class StopRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked a job to stop."""

    t_s: float
    """When, in Unix time."""
    grace_s: float
    """How long it may take to write a checkpoint before it is killed."""


class JobStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a job is."""

    state: JobState
    message: str = ""
    """For people: what it waits for, or why it ended as it did."""
    pid: int = 0
    started_ticks: int = 0
    """Start time of that process in clock ticks since boot: tells it from a later one of the same pid."""
    boot_id: str = ""
    """Which boot of which machine the two belong to."""
    external_id: str = ""
    """Name that the runner's own system gave the job."""
    started_s: float | None = None
    ended_s: float | None = None
    exit_code: int | None = None


class LogPart(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a file that grows."""

    offset: int
    data: bytes
    size: int
    """Bytes in the whole file now."""


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """A file or folder that a job made."""

    kind: str
    name: str
    path: str
    size_bytes: int
    t_s: float


class Runner(Protocol):
    """Runs jobs somewhere. The handle of a job is its run directory, so that any process may take it up."""

    def check(self) -> str:
        """Return why jobs cannot be run this way here; empty when they can."""
        ...

    def submit(self, run_dir: Path) -> None:
        """Start the job that `spec.json` in `run_dir` describes, so that it outlives this process.

        Raises:
            RunnerError: it cannot be started; says why.
        """
        ...

    def status(self, run_dir: Path) -> JobStatus:
        """Return how the job is now; also kills what did not stop within its grace."""
        ...

    def logs(self, run_dir: Path, offset: int, limit: int) -> LogPart:
        """Return up to `limit` bytes of the log from `offset`; a negative offset counts from the end."""
        ...

    def events(self, run_dir: Path, offset: int) -> LogPart:
        """Return the complete lines of `events.jsonl` from `offset`."""
        ...

    def stop(self, run_dir: Path, grace_s: float) -> None:
        """Ask the job to write a checkpoint and end; `status` kills it when the grace is over."""
        ...

    def artifacts(self, run_dir: Path) -> tuple[Artifact, ...]:
        """Return the checkpoints and results the job has finished so far, oldest first."""
        ...


class RunnerError(Exception):
    """A runner cannot do what it was asked; the text says why and what would help."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One result of a check before a job starts."""

    check: str
    severity: str
    """ok, warn or fail; a job with a fail does not start"""
    text: str


class JobTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """A good place to start from."""

    name: str
    title: str
    text: str
    """What it is for, and what it needs."""
    params: dict[str, Any]


class JobKind(Protocol):
    """What one kind of job does. Its module is imported by the api: nothing heavy at its top."""

    title: str
    needs_dataset: bool
    resumable: bool
    stop_by_signal: bool
    """Whether SIGTERM ends its process; otherwise it watches for `stop.json`."""
    Params: type[msgspec.Struct]
    """Its parameters, with defaults and bounds; their schema makes the form of the page."""
    templates: tuple[JobTemplate, ...]

    def command(self, spec: JobSpec, run_dir: Path) -> list[str]:
        """Return the argument list of the process that does the work; a pure function."""
        ...

    def environment(self, spec: JobSpec) -> dict[str, str]:
        """Return environment variables that the process needs."""
        ...

    def check(self, spec: JobSpec) -> list[Finding]:
        """Return what speaks for and against starting; may take seconds, never imports torch here."""
        ...

    def explain(self, exit_code: int, log_tail: str) -> str:
        """Return in words why the process failed.

        Args:
            exit_code: of the process; -9 when SIGKILL ended it.
            log_tail: the last part of what it printed.
        """
        ...
