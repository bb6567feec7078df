"""/api/episodes/{id}/...: everything the player needs, on the time axis of the episode."""

import uuid
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse

from backend.api import schemas
from backend.api.dependencies import AppParts, Transaction
from backend.services import episodes as service
from backend.services.errors import DomainError

router = APIRouter(prefix="/api/episodes/{episode_id}", tags=["playback"])


async def folder(session: Transaction, parts: AppParts, episode_id: uuid.UUID) -> Path:
    """Return the folder of a registered episode; 410 when it was removed from the disk."""
    row = await service.get_episode(session, episode_id)
    path = parts.settings.episodes_dir / row.folder
    if not (path / "manifest.json").is_file():
        raise DomainError(410, "folder_gone", f"{path} is no longer on the disk")
    return path


Folder = Annotated[Path, Depends(folder, scope="function")]


@router.get("/series", operation_id="getSeries")
async def get_series(
    path: Folder,
    names: Annotated[list[str] | None, Query(max_length=200)] = None,
    max_points: Annotated[int, Query(ge=2, le=20_000)] = 2000,
) -> schemas.SeriesSet:
    """Return the named columns, thinned to `max_points`; without names only what there is."""
    raise NotImplementedError


@router.get("/poses", operation_id="getPoses")
async def get_poses(path: Folder, rate_hz: Annotated[float, Query(gt=0, le=120)] = 30.0) -> schemas.Poses:
    """Return the robot and the objects at about `rate_hz`."""
    raise NotImplementedError


@router.get("/frames/{camera}", operation_id="getFrames")
async def get_frames(path: Folder, camera: str) -> schemas.FrameTable:
    """Return when each frame was taken, and where it is in the video."""
    raise NotImplementedError


@router.get(
    "/video/{camera}",
    operation_id="getVideo",
    response_class=FileResponse,
    responses={200: {"content": {"video/mp4": {}}}, 206: {"content": {"video/mp4": {}}}},
)
async def get_video(path: Folder, camera: str) -> FileResponse:
    """Return a camera's video; a Range header gets a part."""
    raise NotImplementedError


@router.get(
    "/thumbnail",
    operation_id="getThumbnail",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}}}},
)
async def get_thumbnail(path: Folder, parts: AppParts) -> FileResponse:
    """Return a small picture from the middle of the first camera's video."""
    raise NotImplementedError
