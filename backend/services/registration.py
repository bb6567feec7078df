"""Make the database follow the episode folders, which are the truth."""

import uuid
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.core.contracts.recording import EpisodeManifest
from backend.db.episode import EpisodeRow, EpisodeStatus
from backend.db.task import TaskRow
from backend.recording.manifest import load_manifest

log = structlog.get_logger()

STATUS = {"saved": EpisodeStatus.NEW, "interrupted": EpisodeStatus.INTERRUPTED}
"""Manifest states that belong in the library, and how they enter it."""


def read_manifest(folder: Path) -> EpisodeManifest | None:
    """Return the manifest of an episode folder, or None when it has none that can be read."""
    try:
        return load_manifest(folder)
    except (OSError, ValueError) as error:
        log.warning("an episode folder cannot be read", folder=str(folder), error=str(error))
        return None


def read_quality(folder: Path) -> tuple[float | None, list[dict[str, str]]]:
    """Return the quality score and findings written at close; (None, []) when there are none."""
    try:
        report = msgspec.json.decode((folder / "quality.json").read_bytes())
        return report["score"], report["findings"]
    except (OSError, msgspec.DecodeError, KeyError):
        return None, []


def unregistered(episodes_dir: Path, known: set[uuid.UUID]) -> list[tuple[Path, EpisodeManifest]]:
    """Return finished episodes on disk whose id is not in `known`."""
    found = []
    for folder in sorted(episodes_dir.iterdir()) if episodes_dir.is_dir() else ():
        try:
            episode_id = uuid.UUID(folder.name)
        except ValueError:
            continue
        if episode_id in known:
            continue
        manifest = read_manifest(folder)
        if manifest is not None and manifest.state in STATUS and manifest.id == folder.name:
            found.append((folder, manifest))
    return found


async def known_episodes(session: AsyncSession) -> set[uuid.UUID]:
    """Return the ids of every registered episode."""
    return set(await session.scalars(select(EpisodeRow.id)))


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


async def register(session: AsyncSession, folder: Path, manifest: EpisodeManifest) -> EpisodeRow:
    """Add the row of a saved or interrupted episode; the existing row when there is one already."""
    episode_id = uuid.UUID(manifest.id)
    existing = await session.get(EpisodeRow, episode_id)
    if existing is not None:
        return existing
    score, findings = read_quality(folder)
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
        quality_score=score,
        findings=findings,
        status=STATUS[manifest.state],
    )
    session.add(episode)
    await session.flush()
    return episode
