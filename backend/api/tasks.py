"""/api/tasks: what is to be collected."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query

from backend.api import schemas
from backend.api.dependencies import Transaction
from backend.services import tasks as service

router = APIRouter(prefix="/api/tasks", tags=["tasks"])


def _shape(found: service.TaskProgress) -> schemas.Task:
    task = found.task
    return schemas.Task(
        id=task.id,
        name=task.name,
        instruction=task.instruction,
        goal=task.goal,
        archived=task.archived,
        created_at=task.created_at,
        counts=found.counts,
        accepted_s=found.accepted_s,
    )


@router.get("", operation_id="listTasks")
async def list_tasks(session: Transaction, archived: Annotated[bool, Query()] = False) -> list[schemas.Task]:
    """Return the tasks by name; archived ones only when asked for."""
    return [_shape(found) for found in await service.list_tasks(session, archived)]


@router.post("", operation_id="createTask", status_code=201)
async def create_task(session: Transaction, body: schemas.TaskIn) -> schemas.Task:
    """Add a task."""
    task = await service.create_task(session, body.name, body.instruction, body.goal)
    return _shape((await service.progress(session, [task]))[0])


@router.patch("/{task_id}", operation_id="changeTask")
async def change_task(session: Transaction, task_id: uuid.UUID, body: schemas.TaskChange) -> schemas.Task:
    """Change the fields that are given."""
    changes = body.model_dump(exclude_none=True)
    task = await service.change_task(session, task_id, changes)
    return _shape((await service.progress(session, [task]))[0])


@router.delete("/{task_id}", operation_id="deleteTask", status_code=204)
async def delete_task(session: Transaction, task_id: uuid.UUID) -> None:
    """Remove a task that has no episodes."""
    await service.delete_task(session, task_id)
