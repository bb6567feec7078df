"""Keeps jobs going: starts what is queued, follows what runs, and takes it up again after a restart."""

import asyncio
import uuid
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import select

from backend.catalog import RUNNERS, load
from backend.core.contracts.job import (
    OVER,
    SPEC,
    STATUS,
    JobSpec,
    JobState,
    JobStatus,
    Runner,
    RunnerError,
)
from backend.db.base import utc_now
from backend.db.database import Database, DatabaseUnavailable
from backend.db.dataset import DatasetRow
from backend.db.job import JobRow
from backend.files import write_atomically
from backend.services.errors import DomainError
from backend.services.job_events import Digest
from backend.services.jobs import job_kind, run_dir, spec_of
from backend.settings import Settings

log = structlog.get_logger()

PERIOD_S = 0.7
RETRY_S = 5.0
GRACE_S = 120.0
"""How long a job may take to write its checkpoint when it was asked to stop."""
ACTIVE = (JobState.STARTING, JobState.RUNNING, JobState.STOPPING)


class JobKeeper:
    """The queue is the table; the truth about a started job is its run directory.

    Args:
        database: where the rows are.
        settings: of the app: its directories, and how many jobs may run at once.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._settings = settings
        self._runners: dict[str, Runner] = {}
        self.recovered = asyncio.Event()
        """Set once jobs whose rows were lost have them again."""
        self._wake = asyncio.Event()
        self._starting: dict[uuid.UUID, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Look at the jobs now."""
        self._wake.set()

    def runner(self, name: str) -> Runner:
        """Return a runner by its name; ValueError that lists what there is."""
        if name not in self._runners:
            self._runners[name] = load(RUNNERS, name)()
        return self._runners[name]

    async def run(self) -> None:
        """Keep jobs for ever."""
        try:
            await self._keep()
        finally:
            for task in self._starting.values():
                task.cancel()

    async def _keep(self) -> None:
        while True:
            try:
                if not self.recovered.is_set():
                    await self._recover()
                    self.recovered.set()
                self._wake.clear()
                await self._look()
                delay_s = PERIOD_S
            except DatabaseUnavailable as error:
                log.warning("cannot keep jobs", error=str(error))
                delay_s = RETRY_S
            try:
                async with asyncio.timeout(delay_s):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _look(self) -> None:
        async with self._database.transaction() as session:
            active = list(await session.scalars(select(JobRow).where(JobRow.state.in_(ACTIVE))))
        for job in active:
            if job.id not in self._starting:
                await self._follow(job)
        await self._start_next()

    async def _recover(self) -> None:
        """Requeue what was interrupted before it began; adopt run directories whose row is lost."""
        async with self._database.transaction() as session:
            rows = list(await session.scalars(select(JobRow)))
            for job in rows:
                if job.state is JobState.STARTING and not (run_dir(job, self._settings) / STATUS).exists():
                    job.state, job.message = JobState.QUEUED, "interrupted by a restart; begins again"
            known = {job.folder for job in rows}
            for spec in await asyncio.to_thread(_foreign_specs, self._settings.jobs_dir, known):
                dataset_id = uuid.UUID(spec.dataset.id) if spec.dataset else None
                if dataset_id and await session.get(DatasetRow, dataset_id) is None:
                    dataset_id = None
                session.add(_adopted(spec, dataset_id))
                log.info("took up a job found on disk", job=spec.id, name=spec.name)

    # --- start -----------------------------------------------------------------------------------------

    async def _start_next(self) -> None:
        begun: list[tuple[JobRow, JobSpec]] = []
        async with self._database.transaction() as session:
            busy = list(await session.scalars(select(JobRow.runner).where(JobRow.state.in_(ACTIVE))))
            queued = list(
                await session.scalars(
                    select(JobRow).where(JobRow.state == JobState.QUEUED).order_by(JobRow.created_at)
                )
            )
            for job in queued:
                if busy.count(job.runner) >= self._settings.jobs_at_once:
                    continue
                busy.append(job.runner)
                job.state, job.message = JobState.STARTING, "checking"
                dataset = await session.get(DatasetRow, job.dataset_id) if job.dataset_id else None
                spec = spec_of(job, dataset, self._settings)
                begun.append((job, spec))
        for job, spec in begun:
            self._starting[job.id] = asyncio.create_task(self._start(job, spec))

    async def _start(self, job: JobRow, spec: JobSpec) -> None:
        """Check, write the run directory and submit; the row says what came of it."""
        try:
            trouble = await asyncio.to_thread(self._submit, run_dir(job, self._settings), spec)
            while True:
                try:
                    await self._store(job.id, **trouble)
                    break
                except DatabaseUnavailable:
                    await asyncio.sleep(RETRY_S)
        finally:
            del self._starting[job.id]
            self.wake()

    def _submit(self, folder: Path, spec: JobSpec) -> dict[str, object]:
        """Return the columns of the job after the attempt to start it."""
        try:
            findings = job_kind(spec.kind).check(spec)
            if failed := [finding.text for finding in findings if finding.severity == "fail"]:
                return _failed("; ".join(failed))
            runner = self.runner(spec.runner)
            if why := runner.check():
                return _failed(why)
            folder.mkdir(parents=True, exist_ok=True)
            write_atomically(folder / SPEC, msgspec.json.format(msgspec.json.encode(spec), indent=1))
            runner.submit(folder)
        except (RunnerError, OSError, ValueError, DomainError) as error:
            return _failed(str(error))
        except Exception as error:  # A kind or a runner is somebody's extension; its bug must not end us.
            log.exception("a job cannot be started", job=spec.id, kind=spec.kind)
            return _failed(f"its kind or runner failed: {error!r}")
        return {"message": "", "started_at": utc_now()}

    # --- follow ----------------------------------------------------------------------------------------

    async def _follow(self, job: JobRow) -> None:
        folder = run_dir(job, self._settings)
        try:
            status, digest, offset = await asyncio.to_thread(self._read, job, folder)
        except (RunnerError, OSError, ValueError) as error:
            log.warning("a job cannot be followed", job=str(job.id), error=str(error))
            return
        state = status.state
        if job.state is JobState.STOPPING and state in (JobState.RUNNING, JobState.STARTING):
            # The request is in the row; make sure that it is in the run directory too.
            await asyncio.to_thread(self.runner(job.runner).stop, folder, GRACE_S)
            state = JobState.STOPPING
        values: dict[str, object] = {
            "state": state,
            "message": status.message or digest.message,
            "progress": 1.0 if state is JobState.SUCCEEDED else digest.progress,
            "eta_s": None if state in OVER else digest.eta_s,
            "metrics": digest.metrics,
            "events_offset": offset,
        }
        if state in OVER:
            values["ended_at"] = _moment(status.ended_s) or utc_now()
        if status.started_s and job.started_at is None:
            values["started_at"] = _moment(status.started_s)
        if any(getattr(job, name) != value for name, value in values.items()):
            await self._store(job.id, **values)

    def _read(self, job: JobRow, folder: Path) -> tuple[JobStatus, Digest, int]:
        """Return how a job is; the status is read first, so that a job that is over has said everything."""
        runner = self.runner(job.runner)
        status = runner.status(folder)
        digest = Digest(job.progress, job.eta_s, job.metrics)
        offset = job.events_offset
        while part := runner.events(folder, offset).data:
            digest.take(part)
            offset += len(part)
        return status, digest, offset

    async def _store(self, job_id: uuid.UUID, **values: object) -> None:
        async with self._database.transaction() as session:
            job = await session.get(JobRow, job_id, with_for_update=True)
            if job is None:
                return
            # Somebody may have asked for a stop since the row was read.
            if job.state is JobState.STOPPING and values.get("state") is JobState.RUNNING:
                values.pop("state")
            for name, value in values.items():
                setattr(job, name, value)


def _failed(why: str) -> dict[str, object]:
    return {"state": JobState.FAILED, "message": why, "ended_at": utc_now()}


def _moment(unix_s: float | None) -> datetime | None:
    return None if unix_s is None else datetime.fromtimestamp(unix_s, UTC)


def _foreign_specs(jobs_dir: Path, known: set[str]) -> list[JobSpec]:
    """Return the jobs that were started and that the database does not know."""
    found = []
    for folder in sorted(jobs_dir.iterdir()) if jobs_dir.is_dir() else []:
        if folder.name in known or not (folder / STATUS).exists():
            continue
        try:
            found.append(msgspec.json.decode((folder / SPEC).read_bytes(), type=JobSpec))
        except (OSError, msgspec.DecodeError) as error:
            log.warning("a run directory cannot be read", folder=folder.name, error=str(error))
    return [spec for spec in found if spec.id]


def _adopted(spec: JobSpec, dataset_id: uuid.UUID | None) -> JobRow:
    return JobRow(
        id=uuid.UUID(spec.id),
        kind=spec.kind,
        name=spec.name,
        runner=spec.runner,
        gpus=spec.gpus,
        params=spec.params,
        dataset_id=dataset_id,
        versions=spec.versions,
        folder=spec.id,
        state=JobState.RUNNING,
        created_at=_moment(spec.created_s),
    )
