"""From the folder of an episode to its row."""

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.core.contracts.recording import EpisodeManifest
from backend.db.episode import EpisodeRow, EpisodeStatus
from backend.db.task import TaskRow
from backend.recording.quality import Quality, load_quality

FINISHED = ("saved", "interrupted")
"""Manifest states that belong in the library."""
REASON_LENGTH = 200
"""Characters that the row's reason can hold."""


def quality_columns(quality: Quality | None) -> dict[str, Any]:
    """Return the columns of a quality report; no score while the checks have not run."""
    if quality is None:
        return {"quality_score": None, "findings": []}
    return {"quality_score": quality.score, "findings": msgspec.to_builtins(quality.findings)}


async def registered(session: AsyncSession) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Return the ids of every registered episode, and of those whose quality is not known yet."""
    rows = (await session.execute(select(EpisodeRow.id, EpisodeRow.quality_score))).all()
    return {row.id for row in rows}, {row.id for row in rows if row.quality_score is None}


async def _task(session: AsyncSession, manifest: EpisodeManifest) -> TaskRow:
    """Return the manifest's task, bringing it back when the database has lost it."""
    try:
        task_id = uuid.UUID(manifest.task)
    except ValueError:
        task_id = uuid.uuid5(uuid.NAMESPACE_URL, f"bunraku:task:{manifest.task or manifest.task_name}")
    task = await session.get(TaskRow, task_id)
    if task is None:
        name = manifest.task_name or "untitled"
        if await session.scalar(select(TaskRow.id).where(TaskRow.name == name)):
            name = f"{name} ({task_id.hex[:8]})"
        task = TaskRow(id=task_id, name=name, instruction=manifest.instruction, goal=0)
        session.add(task)
        await session.flush()
    return task


def review_columns(manifest: EpisodeManifest) -> dict[str, Any]:
    """Return the review that an episode begins with.

    A task that judges itself has been reviewed by its predicates; a person may change that. Everything
    else waits for a person.
    """
    if manifest.state != "saved":
        return {"status": EpisodeStatus.INTERRUPTED}
    if manifest.outcome is None:
        return {"status": EpisodeStatus.NEW}
    note = f"judged automatically, seed {manifest.outcome.seed}, level {manifest.outcome.level}"
    if manifest.outcome.success:
        return {"status": EpisodeStatus.ACCEPTED, "note": note}
    missing = next((subtask.text for subtask in manifest.outcome.subtasks if not subtask.done), "the task")
    reason = f"failed: {missing}"[:REASON_LENGTH]
    return {"status": EpisodeStatus.REJECTED, "reject_reason": reason, "note": note}


def driving_columns(manifest: EpisodeManifest) -> dict[str, Any]:
    """Return who drove; all None when the manifest does not say."""
    driving = manifest.driving
    return {
        "policies": driving and list(driving.policies),
        "interventions": driving and driving.interventions,
        "person_s": driving and driving.person_s,
        "policy_s": driving and driving.policy_s,
    }


async def register(session: AsyncSession, folder: Path, manifest: EpisodeManifest) -> EpisodeRow:
    """Add the row of a finished episode; the existing row when there is one already."""
    episode_id = uuid.UUID(manifest.id)
    existing = await session.get(EpisodeRow, episode_id)
    if existing is not None:
        return existing
    quality = load_quality(folder)
    episode = EpisodeRow(
        id=episode_id,
        short_id=episode_id.hex[:8],
        task=await _task(session, manifest),
        instruction=manifest.instruction,
        operator=manifest.operator,
        robot=manifest.robot,
        controller=manifest.controller,
        folder=folder.name,
        started_at=datetime.fromtimestamp(manifest.started_wall_ns * 1e-9, UTC),
        length_s=max(0, manifest.ended_t_ns - manifest.started_t_ns) * 1e-9,
        cameras=[
            {name: getattr(camera, name) for name in ("name", "width", "height", "fps", "frames", "dropped")}
            for camera in manifest.cameras
        ],
        event_count=len(manifest.events),
        recovered=manifest.recovered,
        **driving_columns(manifest),
        **quality_columns(quality),
        **review_columns(manifest),
    )
    session.add(episode)
    await session.flush()
    return episode


async def store_quality(session: AsyncSession, episode_id: uuid.UUID, quality: Quality) -> None:
    """Store a quality report; it does not outdate the version a reviewer has seen."""
    await session.execute(
        update(EpisodeRow).where(EpisodeRow.id == episode_id).values(**quality_columns(quality))
    )
