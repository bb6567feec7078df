"""Tasks: what to collect, and how far it is."""

import uuid
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.episode import EpisodeRow, EpisodeStatus
from backend.db.task import TaskRow
from backend.services.errors import DomainError


@dataclass(frozen=True)
class TaskProgress:
    """A task and its episodes so far."""

    task: TaskRow
    counts: dict[EpisodeStatus, int]
    accepted_s: float


async def progress(session: AsyncSession, tasks: list[TaskRow]) -> list[TaskProgress]:
    """Return the tasks with their episode counts."""
    rows = await session.execute(
        select(EpisodeRow.task_id, EpisodeRow.status, func.count(), func.sum(EpisodeRow.length_s))
        .where(EpisodeRow.task_id.in_([task.id for task in tasks]))
        .group_by(EpisodeRow.task_id, EpisodeRow.status)
    )
    by_key = {(task_id, status): (count, length_s) for task_id, status, count, length_s in rows}
    return [
        TaskProgress(
            task,
            {status: by_key.get((task.id, status), (0, 0.0))[0] for status in EpisodeStatus},
            by_key.get((task.id, EpisodeStatus.ACCEPTED), (0, 0.0))[1],
        )
        for task in tasks
    ]


async def list_tasks(session: AsyncSession, archived: bool) -> list[TaskProgress]:
    """Return the tasks by name; archived ones only when asked for."""
    query = select(TaskRow).order_by(TaskRow.name)
    if not archived:
        query = query.where(TaskRow.archived.is_(False))
    return await progress(session, list(await session.scalars(query)))


async def get_task(session: AsyncSession, task_id: uuid.UUID) -> TaskRow:
    """Return a task; DomainError 404 when there is none."""
    task = await session.get(TaskRow, task_id)
    if task is None:
        raise DomainError(404, "no_task", f"there is no task {task_id}; GET /api/tasks lists them")
    return task


async def _flush(session: AsyncSession, name: str) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        raise DomainError(409, "name_taken", f"a task named {name!r} exists; choose another name") from error


async def create_task(session: AsyncSession, name: str, instruction: str, goal: int) -> TaskRow:
    """Add a task; DomainError 409 when its name is taken."""
    task = TaskRow(name=name, instruction=instruction, goal=goal)
    session.add(task)
    await _flush(session, name)
    return task


async def change_task(session: AsyncSession, task_id: uuid.UUID, changes: dict[str, object]) -> TaskRow:
    """Set the given fields of a task; DomainError 404, or 409 when the name is taken."""
    task = await get_task(session, task_id)
    for field, value in changes.items():
        setattr(task, field, value)
    await _flush(session, task.name)
    return task


async def delete_task(session: AsyncSession, task_id: uuid.UUID) -> None:
    """Remove a task nobody recorded for; DomainError 409 when it has episodes."""
    task = await get_task(session, task_id)
    episodes = await session.scalar(
        select(func.count()).select_from(EpisodeRow).where(EpisodeRow.task_id == task_id)
    )
    if episodes:
        raise DomainError(
            409,
            "task_in_use",
            f"task {task.name!r} has {episodes} episodes; archive it instead",
        )
    await session.delete(task)
