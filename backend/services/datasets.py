"""Dataset versions: what goes in, and where they are."""

import uuid
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.dataset import DatasetEpisodeRow, DatasetRow, DatasetState
from backend.db.episode import EpisodeRow, EpisodeStatus
from backend.services.errors import DomainError
from backend.services.tasks import get_task


async def list_datasets(session: AsyncSession) -> list[DatasetRow]:
    """Return every version, newest first."""
    return list(await session.scalars(select(DatasetRow).order_by(DatasetRow.created_at.desc())))


async def episode_counts(session: AsyncSession, datasets: list[DatasetRow]) -> dict[uuid.UUID, int]:
    """Return the number of episodes in each version."""
    rows = await session.execute(
        select(DatasetEpisodeRow.dataset_id, func.count())
        .where(DatasetEpisodeRow.dataset_id.in_([dataset.id for dataset in datasets]))
        .group_by(DatasetEpisodeRow.dataset_id)
    )
    return {dataset_id: count for dataset_id, count in rows}


async def episode_ids(session: AsyncSession, dataset_id: uuid.UUID) -> list[uuid.UUID]:
    """Return the episodes of a version in the order of its episode index."""
    query = select(DatasetEpisodeRow.episode_id).where(DatasetEpisodeRow.dataset_id == dataset_id)
    return list(await session.scalars(query.order_by(DatasetEpisodeRow.position)))


async def get_dataset(session: AsyncSession, dataset_id: uuid.UUID) -> DatasetRow:
    """Return a version; DomainError 404 when there is none."""
    dataset = await session.get(DatasetRow, dataset_id)
    if dataset is None:
        raise DomainError(
            404, "no_dataset", f"there is no dataset {dataset_id}; GET /api/datasets lists them"
        )
    return dataset


async def _chosen(
    session: AsyncSession, task_id: uuid.UUID | None, episode_ids: list[uuid.UUID] | None
) -> list[EpisodeRow]:
    if (task_id is None) == (episode_ids is None):
        raise DomainError(422, "bad_selection", "give either task_id or episode_ids")
    query = select(EpisodeRow).order_by(EpisodeRow.started_at, EpisodeRow.id)
    if task_id is not None:
        await get_task(session, task_id)
        query = query.where(EpisodeRow.task_id == task_id, EpisodeRow.status == EpisodeStatus.ACCEPTED)
        return list(await session.scalars(query))
    wanted = set(episode_ids or ())
    episodes = list(await session.scalars(query.where(EpisodeRow.id.in_(wanted))))
    missing = wanted - {episode.id for episode in episodes}
    if missing:
        raise DomainError(404, "no_episode", f"there are no episodes {', '.join(sorted(map(str, missing)))}")
    refused = [episode.short_id for episode in episodes if episode.status is not EpisodeStatus.ACCEPTED]
    if refused:
        raise DomainError(
            409,
            "not_accepted",
            f"only accepted episodes go into a dataset; not accepted: {', '.join(refused)}",
        )
    return episodes


async def create_dataset(
    session: AsyncSession,
    name: str,
    task_id: uuid.UUID | None,
    episode_ids: list[uuid.UUID] | None,
    fps: int,
    datasets_dir: Path,
) -> DatasetRow:
    """Queue a new version of `name` from the accepted episodes of a task, or from those named.

    Raises:
        DomainError: 404 unknown task or episode, 409 an episode is not accepted or none is, 422
            neither or both of task_id and episode_ids are given.
    """
    episodes = await _chosen(session, task_id, episode_ids)
    if not episodes:
        raise DomainError(409, "no_accepted", "no episode is accepted yet; accept some on the Episodes page")
    return await queue_version(session, name, [episode.id for episode in episodes], fps, datasets_dir)


async def next_number(session: AsyncSession, name: str, datasets_dir: Path) -> int:
    """Return the number that the next version of a name gets."""
    last = await session.scalar(select(func.max(DatasetRow.number)).where(DatasetRow.name == name))
    number = (last or 0) + 1
    # A database that was lost does not free the names of the versions on disk.
    while (datasets_dir / f"{name}-v{number}").exists():
        number += 1
    return number


async def queue_version(
    session: AsyncSession, name: str, episode_ids: list[uuid.UUID], fps: int, datasets_dir: Path
) -> DatasetRow:
    """Queue a new version of `name` from accepted episodes, in this order; DomainError 409 on a collision."""
    number = await next_number(session, name, datasets_dir)
    dataset = DatasetRow(
        name=name,
        number=number,
        fps=fps,
        state=DatasetState.QUEUED,
        message="waiting for its turn",
        folder=f"{name}-v{number}",
        members=[
            DatasetEpisodeRow(episode_id=episode_id, position=position)
            for position, episode_id in enumerate(episode_ids)
        ],
    )
    session.add(dataset)
    try:
        await session.flush()
    except IntegrityError as error:
        raise DomainError(
            409, "same_time", f"{dataset.folder} was queued by somebody else; try again"
        ) from error
    return dataset


async def delete_failed(session: AsyncSession, dataset_id: uuid.UUID) -> None:
    """Forget a version that could not be built; a READY one is frozen. DomainError 404 or 409."""
    dataset = await get_dataset(session, dataset_id)
    if dataset.state is not DatasetState.FAILED:
        raise DomainError(
            409,
            "not_failed",
            f"{dataset.folder} is {dataset.state.value}; only failed versions can be removed",
        )
    await session.delete(dataset)
