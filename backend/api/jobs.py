"""/api/jobs: start work that takes long, watch it, stop it, go on with it."""

import asyncio
import shutil
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, BackgroundTasks, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api import job_schemas as schemas
from backend.api.dependencies import AppParts, Parts, Transaction
from backend.catalog import JOBS, RUNNERS
from backend.core.contracts.job import Runner
from backend.db.dataset import DatasetRow
from backend.db.job import JobRow
from backend.services import job_results as results
from backend.services import jobs as service
from backend.services import policies
from backend.services.errors import DomainError

router = APIRouter(prefix="/api/jobs", tags=["jobs"])

MAX_LOG_BYTES = 256 * 1024


async def _job(session: AsyncSession, job: JobRow, parts: Parts) -> schemas.Job:
    dataset = await session.get(DatasetRow, job.dataset_id) if job.dataset_id else None
    derived = {"dataset", "folder", "resumable"}
    return schemas.Job(
        **{name: getattr(job, name) for name in set(schemas.Job.model_fields) - derived},
        dataset=dataset and dataset.folder,
        folder=str(service.run_dir(job, parts.settings)),
        resumable=job.state in service.RESUMABLE and service.job_kind(job.kind).resumable,
    )


def _runner(job: JobRow, parts: Parts) -> Runner:
    return parts.jobs.runner(job.runner)


@router.get("/kinds", operation_id="listJobKinds")
async def list_kinds() -> list[schemas.JobKindOut]:
    """Return every kind of job with the schema of its parameters and its templates."""
    kinds = {name: service.job_kind(name) for name in JOBS}
    return [
        schemas.JobKindOut(
            name=name,
            title=kind.title,
            needs_dataset=kind.needs_dataset,
            resumable=kind.resumable,
            params_schema=service.params_schema(kind),
            templates=[schemas.JobTemplateOut(**msgspec.to_builtins(item)) for item in kind.templates],
        )
        for name, kind in kinds.items()
    ]


@router.get("/runners", operation_id="listRunners")
async def list_runners(parts: AppParts) -> list[schemas.RunnerOut]:
    """Return where jobs can run, and why not."""
    why = {name: await asyncio.to_thread(parts.jobs.runner(name).check) for name in RUNNERS}
    return [schemas.RunnerOut(name=name, available=not text, why_not=text) for name, text in why.items()]


@router.get("", operation_id="listJobs")
async def list_jobs(
    session: Transaction, parts: AppParts, kind: str | None = None, dataset_id: uuid.UUID | None = None
) -> list[schemas.Job]:
    """Return jobs, newest first."""
    return [await _job(session, job, parts) for job in await service.list_jobs(session, kind, dataset_id)]


@router.post("", operation_id="createJob", status_code=202)
async def create_job(
    session: Transaction, parts: AppParts, background: BackgroundTasks, body: schemas.JobIn
) -> schemas.Job:
    """Queue a job; it starts when its runner is free."""
    job = await service.create_job(session, service.Wish(**body.model_dump()))
    background.add_task(parts.jobs.wake)
    return await _job(session, job, parts)


@router.post("/preflight", operation_id="checkJob")
async def preflight(
    request: Request, session: Transaction, parts: AppParts, body: schemas.JobIn
) -> schemas.Preflight:
    """Check what a job would need; starts nothing. May take some seconds."""
    kind, spec = await service.draft_spec(session, service.Wish(**body.model_dump()), parts.settings)
    # A form that is being filled in asks again and again, and each check may import LeRobot.
    async with parts.checking:
        if await request.is_disconnected():
            raise DomainError(409, "outdated", "nobody waits for this check any more")
        findings = await asyncio.to_thread(kind.check, spec)
    return schemas.Preflight(
        ok=all(finding.severity != "fail" for finding in findings),
        findings=[schemas.CheckResult(**msgspec.to_builtins(finding)) for finding in findings],
    )


@router.get("/{job_id}", operation_id="getJob")
async def get_job(session: Transaction, parts: AppParts, job_id: uuid.UUID) -> schemas.Job:
    """Return a job."""
    return await _job(session, await service.get_job(session, job_id), parts)


@router.delete("/{job_id}", operation_id="deleteJob", status_code=204)
async def delete_job(
    session: Transaction, parts: AppParts, background: BackgroundTasks, job_id: uuid.UUID
) -> None:
    """Forget a job that is over, and remove its run directory; policies made from it stay."""
    job = await service.delete_job(session, job_id)
    background.add_task(shutil.rmtree, service.run_dir(job, parts.settings), ignore_errors=True)


@router.post("/{job_id}/stop", operation_id="stopJob")
async def stop_job(
    session: Transaction, parts: AppParts, background: BackgroundTasks, job_id: uuid.UUID
) -> schemas.Job:
    """Ask a job to write a checkpoint and end."""
    job = await service.stop_job(session, job_id)
    background.add_task(parts.jobs.wake)
    return await _job(session, job, parts)


@router.post("/{job_id}/resume", operation_id="resumeJob")
async def resume_job(
    session: Transaction, parts: AppParts, background: BackgroundTasks, job_id: uuid.UUID
) -> schemas.Job:
    """Go on with a job that stopped, failed or was lost, from its newest checkpoint."""
    job = await service.resume_job(session, job_id)
    background.add_task(parts.jobs.wake)
    return await _job(session, job, parts)


@router.post("/{job_id}/duplicate", operation_id="duplicateJob", status_code=202)
async def duplicate_job(
    session: Transaction,
    parts: AppParts,
    background: BackgroundTasks,
    job_id: uuid.UUID,
    body: schemas.JobCopy,
) -> schemas.Job:
    """Queue the same job again, with some parameters changed."""
    job = await service.copy_job(session, job_id, body.name, body.params)
    background.add_task(parts.jobs.wake)
    return await _job(session, job, parts)


@router.get("/{job_id}/metrics", operation_id="getJobMetrics")
async def get_metrics(
    session: Transaction,
    parts: AppParts,
    job_id: uuid.UUID,
    points: Annotated[int, Query(ge=2, le=5000)] = 500,
) -> schemas.JobMetrics:
    """Return every measured value over the steps, thinned to about `points` points."""
    job = await service.get_job(session, job_id)
    found = await asyncio.to_thread(
        results.metrics, _runner(job, parts), service.run_dir(job, parts.settings), points
    )
    return schemas.JobMetrics(curves={name: schemas.Curve(**curve) for name, curve in found.items()})


@router.get("/{job_id}/log", operation_id="getJobLog")
async def get_log(
    session: Transaction,
    parts: AppParts,
    job_id: uuid.UUID,
    offset: int = -65536,
    limit: Annotated[int, Query(ge=1, le=MAX_LOG_BYTES)] = 65536,
) -> schemas.JobLog:
    """Return a part of the log; a negative offset counts from its end."""
    job = await service.get_job(session, job_id)
    folder = service.run_dir(job, parts.settings)
    part = await asyncio.to_thread(_runner(job, parts).logs, folder, offset, limit)
    return schemas.JobLog(
        offset=part.offset,
        next_offset=part.offset + len(part.data),
        size=part.size,
        text=part.data.decode(errors="replace"),
    )


@router.get("/{job_id}/checkpoints", operation_id="listCheckpoints")
async def list_checkpoints(
    session: Transaction, parts: AppParts, job_id: uuid.UUID
) -> list[schemas.Checkpoint]:
    """Return the complete checkpoints of a job, oldest first."""
    job = await service.get_job(session, job_id)
    folder = service.run_dir(job, parts.settings)
    found = await asyncio.to_thread(results.checkpoints, _runner(job, parts), folder)
    registered = {policy.step: policy.id for policy in await policies.list_policies(session, job_id=job_id)}
    return [
        schemas.Checkpoint(
            step=int(item.name),
            size_bytes=item.size_bytes,
            written_at=datetime.fromtimestamp(item.t_s, UTC),
            folder=item.path,
            policy_id=registered.get(int(item.name)),
        )
        for item in found
    ]


@router.get("/{job_id}/open-loop", operation_id="listOpenLoop")
async def list_open_loop(session: Transaction, parts: AppParts, job_id: uuid.UUID) -> list[schemas.OpenLoop]:
    """Return the errors of every checkpoint on held-out episodes, oldest first."""
    job = await service.get_job(session, job_id)
    folder = service.run_dir(job, parts.settings)
    found: list[dict[str, Any]] = await asyncio.to_thread(results.open_loop, _runner(job, parts), folder)
    return [schemas.OpenLoop(**item) for item in found]
