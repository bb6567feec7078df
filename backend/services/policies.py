"""The registry of policies, and where they come from."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.dataset import DatasetEpisodeRow, DatasetRow
from backend.db.episode import EpisodeRow
from backend.db.policy import PolicyRow, PolicyStage
from backend.services.errors import DomainError
from backend.services.policy_card import card_of, write_card
from backend.services.policy_files import PolicyFiles


async def list_policies(
    session: AsyncSession,
    *,
    dataset_id: uuid.UUID | None = None,
    episode_id: uuid.UUID | None = None,
    job_id: uuid.UUID | None = None,
    stage: PolicyStage | None = None,
) -> list[PolicyRow]:
    """Return policies, newest first; only those that learned from a dataset or episode, when one is given."""
    query = select(PolicyRow).order_by(PolicyRow.created_at.desc())
    if dataset_id is not None:
        query = query.where(PolicyRow.dataset_id == dataset_id)
    if episode_id is not None:
        query = query.join(DatasetEpisodeRow, DatasetEpisodeRow.dataset_id == PolicyRow.dataset_id).where(
            DatasetEpisodeRow.episode_id == episode_id
        )
    if job_id is not None:
        query = query.where(PolicyRow.job_id == job_id)
    if stage is not None:
        query = query.where(PolicyRow.stage == stage)
    return list(await session.scalars(query))


async def get_policy(session: AsyncSession, policy_id: uuid.UUID) -> PolicyRow:
    """Return a policy; DomainError 404 when there is none."""
    policy = await session.get(PolicyRow, policy_id)
    if policy is None:
        raise DomainError(404, "no_policy", f"there is no policy {policy_id}; GET /api/policies lists them")
    return policy


async def next_number(session: AsyncSession, name: str) -> int:
    """Return the number that the next policy of a name gets."""
    return (await session.scalar(select(func.max(PolicyRow.number)).where(PolicyRow.name == name)) or 0) + 1


async def add_policy(
    session: AsyncSession,
    files: PolicyFiles,
    *,
    name: str,
    notes: str,
    job_id: uuid.UUID | None,
    dataset_id: uuid.UUID | None,
    open_loop: dict[str, Any] | None,
) -> PolicyRow:
    """Add a policy whose files are in the registry's folder already; DomainError 409 on a collision."""
    policy = PolicyRow(
        id=uuid.UUID(files.folder.name),
        name=name,
        number=await next_number(session, name),
        job_id=job_id,
        dataset_id=dataset_id,
        open_loop=open_loop,
        stage=PolicyStage.CANDIDATE,
        notes=notes,
        **files.columns,
    )
    session.add(policy)
    try:
        await session.flush()
    except IntegrityError as error:
        raise DomainError(
            409, "same_time", f"another policy {name!r} was registered just now; try again"
        ) from error
    await _store_card(policy, files.folder)
    return policy


async def change_policy(
    session: AsyncSession, policy_id: uuid.UUID, changes: dict[str, Any], policies_dir: Path
) -> PolicyRow:
    """Set stage, notes or latency of a policy; DomainError 404, or 409 when its folder takes no card."""
    policy = await get_policy(session, policy_id)
    for field, value in changes.items():
        setattr(policy, field, value)
    await _store_card(policy, policies_dir / policy.folder)
    return policy


async def _store_card(policy: PolicyRow, folder: Path) -> None:
    try:
        await asyncio.to_thread(write_card, folder, card_of(policy))
    except OSError as error:
        raise DomainError(409, "cannot_write", f"{folder} cannot be written: {error}; make room") from error


async def lineage(session: AsyncSession, policy: PolicyRow) -> tuple[DatasetRow | None, list[EpisodeRow]]:
    """Return the dataset version a policy learned from, and its episodes in order."""
    if policy.dataset_id is None:
        return None, []
    dataset = await session.get(DatasetRow, policy.dataset_id)
    query = (
        select(EpisodeRow)
        .join(DatasetEpisodeRow, DatasetEpisodeRow.episode_id == EpisodeRow.id)
        .where(DatasetEpisodeRow.dataset_id == policy.dataset_id)
        .order_by(DatasetEpisodeRow.position)
    )
    return dataset, list(await session.scalars(query))
