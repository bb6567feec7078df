"""/api/policies: the registry, and the way from data to policy and back."""

import asyncio
import shutil
import uuid

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api import policy_schemas as schemas
from backend.api.dependencies import AppParts, Parts, Transaction
from backend.db.dataset import DatasetRow
from backend.db.job import JobRow
from backend.db.policy import PolicyRow, PolicyStage
from backend.services import job_results as results
from backend.services import jobs
from backend.services import policies as service
from backend.services.errors import DomainError
from backend.services.policy_files import take_checkpoint

router = APIRouter(prefix="/api/policies", tags=["policies"])


def _fields(policy: PolicyRow, dataset: DatasetRow | None, parts: Parts) -> dict[str, object]:
    own = set(schemas.Policy.model_fields) - {"dataset", "folder"}
    return {
        **{name: getattr(policy, name) for name in own},
        "dataset": dataset and dataset.folder,
        "folder": str((parts.settings.policies_dir / policy.folder).resolve()),
    }


async def _policy(session: AsyncSession, policy: PolicyRow, parts: Parts) -> schemas.Policy:
    dataset = await session.get(DatasetRow, policy.dataset_id) if policy.dataset_id else None
    return schemas.Policy(**_fields(policy, dataset, parts))


@router.get("", operation_id="listPolicies")
async def list_policies(
    session: Transaction,
    parts: AppParts,
    dataset_id: uuid.UUID | None = None,
    episode_id: uuid.UUID | None = None,
    job_id: uuid.UUID | None = None,
    stage: PolicyStage | None = None,
) -> list[schemas.Policy]:
    """Return policies, newest first; of one dataset version, episode, job or stage."""
    found = await service.list_policies(
        session, dataset_id=dataset_id, episode_id=episode_id, job_id=job_id, stage=stage
    )
    return [await _policy(session, policy, parts) for policy in found]


@router.post("", operation_id="registerPolicy", status_code=201)
async def register_policy(session: Transaction, parts: AppParts, body: schemas.PolicyIn) -> schemas.Policy:
    """Copy a checkpoint into the registry, with its hashes and lineage."""
    job = await jobs.get_job(session, body.job_id)
    runner, folder = parts.jobs.runner(job.runner), jobs.run_dir(job, parts.settings)
    checkpoint = await asyncio.to_thread(results.checkpoint_at, runner, folder, body.step)
    files = await asyncio.to_thread(take_checkpoint, checkpoint, parts.settings.policies_dir)
    try:
        policy = await service.add_policy(
            session,
            files,
            name=body.name,
            notes=body.notes,
            job_id=job.id,
            dataset_id=job.dataset_id,
            open_loop=await asyncio.to_thread(results.open_loop_at, runner, folder, body.step),
        )
    except DomainError:
        await asyncio.to_thread(shutil.rmtree, files.folder, ignore_errors=True)
        raise
    return await _policy(session, policy, parts)


@router.get("/{policy_id}", operation_id="getPolicy")
async def get_policy(session: Transaction, parts: AppParts, policy_id: uuid.UUID) -> schemas.PolicyDetail:
    """Return a policy with its job, dataset version, episodes and operators."""
    policy = await service.get_policy(session, policy_id)
    dataset, episodes = await service.lineage(session, policy)
    job = await session.get(JobRow, policy.job_id) if policy.job_id else None
    use = {index: name for name, indices in policy.manifest["episodes"].items() for index in indices}
    return schemas.PolicyDetail(
        **_fields(policy, dataset, parts),
        job=job and job.name,
        operators=sorted({episode.operator for episode in episodes}),
        episodes=[
            schemas.PolicyEpisode(
                id=episode.id,
                short_id=episode.short_id,
                operator=episode.operator,
                controller=episode.controller,
                started_at=episode.started_at,
                length_s=episode.length_s,
                use=use.get(index, "unused"),
            )
            for index, episode in enumerate(episodes)
        ],
    )


@router.patch("/{policy_id}", operation_id="changePolicy")
async def change_policy(
    session: Transaction, parts: AppParts, policy_id: uuid.UUID, body: schemas.PolicyChange
) -> schemas.Policy:
    """Change the stage, the notes or the latency profile of a policy."""
    changes = {
        name: value for name, value in body.model_dump(exclude_unset=True).items() if value is not None
    }
    policy = await service.change_policy(session, policy_id, changes, parts.settings.policies_dir)
    return await _policy(session, policy, parts)
