"""/api/policies/{id}/corrections: takeovers become the dataset version for the next fine-tune."""

import uuid

from fastapi import APIRouter, BackgroundTasks

from backend.api import schemas
from backend.api.datasets import dataset_out
from backend.api.dependencies import AppParts, Transaction
from backend.api.policy_schemas import Corrections
from backend.services import corrections as service
from backend.services import datasets
from backend.services.policies import get_policy

router = APIRouter(prefix="/api/policies/{policy_id}/corrections", tags=["policies"])


@router.get("", operation_id="getCorrections")
async def get_corrections(session: Transaction, parts: AppParts, policy_id: uuid.UUID) -> Corrections:
    """Return what a version with the corrections of a policy would hold; builds nothing."""
    policy = await get_policy(session, policy_id)
    found = await service.find_corrections(session, policy)
    next_version, version = None, None
    if found.base is not None:
        number = await datasets.next_number(session, found.base.name, parts.settings.datasets_dir)
        next_version = f"{found.base.name}-v{number}"
    if found.version is not None:
        version = dataset_out(found.version, len(found.kept) + len(found.new), parts)
    return Corrections(
        policy=policy.full_name,
        dataset=found.base and found.base.folder,
        next_version=next_version,
        kept=len(found.kept),
        withdrawn=found.withdrawn,
        accepted=len(found.new),
        person_s=found.person_s,
        waiting=found.waiting,
        rejected=found.rejected,
        included=found.included,
        reason=found.refusal.text if found.refusal else "",
        version=version,
    )


@router.post("", operation_id="buildCorrections", status_code=202)
async def build_corrections(
    session: Transaction, parts: AppParts, background: BackgroundTasks, policy_id: uuid.UUID
) -> schemas.Dataset:
    """Queue the next version of the policy's dataset, with the accepted takes in which it was corrected."""
    policy = await get_policy(session, policy_id)
    row = await service.build_corrections(session, policy, parts.settings.datasets_dir)
    # Runs after the commit: the builder looks with its own connection.
    background.add_task(parts.builder.wake)
    return dataset_out(row, len(row.members), parts)
