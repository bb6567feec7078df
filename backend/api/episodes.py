"""/api/episodes: the library and its reviews."""

import asyncio
import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from backend.api import schemas
from backend.api.dependencies import AppParts, Transaction
from backend.db.episode import EpisodeStatus
from backend.recording.manifest import load_manifest
from backend.services import episodes as service
from backend.services.errors import DomainError

router = APIRouter(prefix="/api/episodes", tags=["episodes"])

Sort = Literal["started_at", "length_s", "quality", "operator", "status", "task"]


@router.get("", operation_id="listEpisodes")
async def list_episodes(
    session: Transaction,
    task: Annotated[uuid.UUID | None, Query()] = None,
    status: Annotated[list[EpisodeStatus] | None, Query()] = None,
    operator: Annotated[str, Query(max_length=120)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    takeovers: Annotated[bool, Query()] = False,
    policy: Annotated[str, Query(max_length=120)] = "",
    sort: Sort = "started_at",
    order: Literal["asc", "desc"] = "desc",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> schemas.EpisodePage:
    """Return one page of the library; `quality` ascending shows the worst first.

    `takeovers` keeps those in which a person took over from a policy, `policy` those in which the policy of
    this name and number (`act-3`) drove.
    """
    wanted = service.EpisodeFilter(task, tuple(status or ()), operator, text, takeovers, policy)
    rows, total = await service.page(session, wanted, sort, order == "desc", limit, offset)
    return schemas.EpisodePage(
        items=[schemas.Episode.model_validate(row) for row in rows],
        total=total,
        operators=await service.operators(session),
    )


@router.get("/{episode_id}", operation_id="getEpisode")
async def get_episode(session: Transaction, parts: AppParts, episode_id: uuid.UUID) -> schemas.EpisodeDetail:
    """Return an episode with its events and the next one that waits for a review."""
    row = await service.get_episode(session, episode_id)
    folder = parts.settings.episodes_dir / row.folder
    try:
        manifest = await asyncio.to_thread(load_manifest, folder)
    except (OSError, ValueError) as error:
        raise DomainError(410, "folder_gone", f"its folder cannot be read: {error}") from error
    events = [
        schemas.EpisodeEvent(
            t_s=(event.t_ns - manifest.started_t_ns) * 1e-9, kind=event.kind, text=event.text
        )
        for event in manifest.events
    ]
    return schemas.EpisodeDetail(
        **schemas.Episode.model_validate(row).model_dump(),
        events=events,
        folder=str(folder.resolve()),
        next_id=await service.next_waiting(session, row),
    )


@router.put("/{episode_id}/review", operation_id="reviewEpisode")
async def review_episode(
    session: Transaction, episode_id: uuid.UUID, body: schemas.Review
) -> schemas.Episode:
    """Accept, reject with a reason, or take a verdict back; 409 when somebody else was faster."""
    row = await service.review(
        session, episode_id, body.version, EpisodeStatus(body.status), body.reject_reason, body.note
    )
    return schemas.Episode.model_validate(row)
