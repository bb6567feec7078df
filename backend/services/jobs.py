"""Jobs: asking for them, and changing one's mind."""

import uuid
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.catalog import JOBS, RUNNERS, load
from backend.core.contracts.job import OVER, DatasetRef, JobKind, JobSpec, JobState
from backend.db.base import utc_now
from backend.db.dataset import DatasetRow, DatasetState
from backend.db.job import JobRow
from backend.services.datasets import get_dataset
from backend.services.errors import DomainError
from backend.settings import Settings

LIBRARIES = ("lerobot", "torch", "mujoco")
RESUMABLE = (JobState.STOPPED, JobState.FAILED, JobState.LOST)


@dataclass(frozen=True)
class Wish:
    """What somebody asks for."""

    kind: str
    name: str
    params: dict[str, Any]
    runner: str = "local"
    gpus: int = 0
    dataset_id: uuid.UUID | None = None


def job_kind(name: str) -> JobKind:
    """Return a kind of job; DomainError 422 that lists what there is."""
    try:
        return load(JOBS, name)()
    except ValueError as error:
        raise DomainError(422, "no_kind", f"{error}") from error


def checked_params(kind: JobKind, params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with every default filled in; DomainError 422 says which is wrong."""
    try:
        return msgspec.to_builtins(msgspec.convert(params, kind.Params))
    except msgspec.ValidationError as error:
        raise DomainError(422, "bad_params", f"params: {error}") from error


async def list_jobs(session: AsyncSession, kind: str | None, dataset_id: uuid.UUID | None) -> list[JobRow]:
    """Return jobs, newest first."""
    query = select(JobRow).order_by(JobRow.created_at.desc())
    if kind is not None:
        query = query.where(JobRow.kind == kind)
    if dataset_id is not None:
        query = query.where(JobRow.dataset_id == dataset_id)
    return list(await session.scalars(query))


async def get_job(session: AsyncSession, job_id: uuid.UUID) -> JobRow:
    """Return a job; DomainError 404 when there is none."""
    job = await session.get(JobRow, job_id)
    if job is None:
        raise DomainError(404, "no_job", f"there is no job {job_id}; GET /api/jobs lists them")
    return job


async def _dataset(session: AsyncSession, kind: JobKind, wish: Wish) -> DatasetRow | None:
    if wish.dataset_id is None:
        if kind.needs_dataset:
            raise DomainError(422, "dataset_needed", f"a {wish.kind} job needs a dataset_id")
        return None
    if not kind.needs_dataset:
        raise DomainError(422, "no_dataset_wanted", f"a {wish.kind} job takes no dataset_id")
    dataset = await get_dataset(session, wish.dataset_id)
    if dataset.state is not DatasetState.READY:
        raise DomainError(
            409, "not_ready", f"{dataset.folder} is {dataset.state.value}; only a ready version can be used"
        )
    return dataset


async def _draft(
    session: AsyncSession, wish: Wish, copied_from: uuid.UUID | None = None
) -> tuple[JobKind, JobRow, DatasetRow | None]:
    kind = job_kind(wish.kind)
    if wish.runner not in RUNNERS:
        raise DomainError(
            422, "no_runner", f"unknown runner {wish.runner!r}; available: {', '.join(sorted(RUNNERS))}"
        )
    params = checked_params(kind, wish.params)
    dataset = await _dataset(session, kind, wish)
    job_id = uuid.uuid4()
    job = JobRow(
        id=job_id,
        kind=wish.kind,
        name=wish.name,
        runner=wish.runner,
        gpus=wish.gpus,
        params=params,
        dataset_id=None if dataset is None else dataset.id,
        copied_from=copied_from,
        versions={name: version(name) for name in LIBRARIES},
        folder=str(job_id),
        state=JobState.QUEUED,
        message="waiting for its turn",
        resume=False,
        created_at=utc_now(),
    )
    return kind, job, dataset


async def create_job(session: AsyncSession, wish: Wish, copied_from: uuid.UUID | None = None) -> JobRow:
    """Queue a job.

    Raises:
        DomainError: 404 unknown dataset, 409 the dataset is not ready, 422 unknown kind or runner, or
            wrong parameters.
    """
    _, job, _ = await _draft(session, wish, copied_from)
    session.add(job)
    await session.flush()
    return job


async def draft_spec(session: AsyncSession, wish: Wish, settings: Settings) -> tuple[JobKind, JobSpec]:
    """Return what a job would be told if it was asked for; stores nothing. DomainError as `create_job`."""
    kind, job, dataset = await _draft(session, wish)
    return kind, spec_of(job, dataset, settings)


async def copy_job(
    session: AsyncSession, job_id: uuid.UUID, name: str | None, params: dict[str, Any]
) -> JobRow:
    """Queue the same job again, with some parameters changed; DomainError 404, 409 or 422."""
    job = await get_job(session, job_id)
    wish = Wish(
        kind=job.kind,
        name=name or f"{job.name} (copy)"[:120],
        params=job.params | params,
        runner=job.runner,
        gpus=job.gpus,
        dataset_id=job.dataset_id,
    )
    return await create_job(session, wish, copied_from=job.id)


async def stop_job(session: AsyncSession, job_id: uuid.UUID) -> JobRow:
    """Ask a job to stop; DomainError 404, or 409 when it is over."""
    job = await get_job(session, job_id)
    if job.state in OVER:
        raise DomainError(409, "job_over", f"job {job.name!r} is {job.state.value}; there is nothing to stop")
    if job.state is JobState.QUEUED:
        job.state, job.message = JobState.STOPPED, "stopped before it began"
    else:
        job.state, job.message = JobState.STOPPING, "asked to stop"
    return job


async def resume_job(session: AsyncSession, job_id: uuid.UUID) -> JobRow:
    """Queue a job again from its newest checkpoint; DomainError 404, or 409 when it cannot be resumed."""
    job = await get_job(session, job_id)
    if not job_kind(job.kind).resumable:
        raise DomainError(409, "not_resumable", f"a {job.kind} job cannot be resumed; duplicate it instead")
    if job.state not in RESUMABLE:
        raise DomainError(
            409,
            "not_over",
            f"job {job.name!r} is {job.state.value}; only one that is "
            f"{', '.join(state.value for state in RESUMABLE)} can be resumed",
        )
    job.state, job.message, job.resume = JobState.QUEUED, "waiting for its turn", True
    job.ended_at = None
    return job


async def delete_job(session: AsyncSession, job_id: uuid.UUID) -> JobRow:
    """Forget a job that is over and return its row; policies made from it stay. DomainError 404 or 409."""
    job = await get_job(session, job_id)
    if job.state not in OVER:
        raise DomainError(409, "job_runs", f"job {job.name!r} is {job.state.value}; stop it first")
    await session.delete(job)
    return job


def spec_of(job: JobRow, dataset: DatasetRow | None, settings: Settings) -> JobSpec:
    """Return what the job's process is told."""
    return JobSpec(
        id=str(job.id),
        kind=job.kind,
        name=job.name,
        params=job.params,
        runner=job.runner,
        gpus=job.gpus,
        dataset=dataset
        and DatasetRef(
            id=str(dataset.id),
            name=dataset.name,
            folder=str((settings.datasets_dir / dataset.folder).resolve()),
            content_hash=dataset.content_hash,
        ),
        episodes_dir=str(settings.episodes_dir.resolve()),
        policies_dir=str(settings.policies_dir.resolve()),
        cache_dir=str(settings.cache_dir.resolve()),
        resume=job.resume,
        versions=job.versions,
        created_s=job.created_at.timestamp(),
    )


def run_dir(job: JobRow, settings: Settings) -> Path:
    """Return the absolute run directory of a job."""
    return (settings.jobs_dir / job.folder).resolve()


def params_schema(kind: JobKind) -> dict[str, Any]:
    """Return the JSON schema of a kind's parameters, flat."""
    _, components = msgspec.json.schema_components([kind.Params])
    return components[kind.Params.__name__]
