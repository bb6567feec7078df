"""/api/episodes/{id}/...: what the player needs, on the clock of the episode."""

import asyncio
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse, Response

from backend.api import playback_schemas
from backend.api.dependencies import AppParts, Transaction
from backend.api.thumbnail import write_thumbnail
from backend.core.contracts.recording import EpisodeManifest
from backend.recording.episode_files import SAMPLES
from backend.recording.manifest import NAME, load_manifest
from backend.recording.reader import EpisodeReader
from backend.services import episodes as service
from backend.services.errors import DomainError

router = APIRouter(prefix="/api/episodes/{episode_id}", tags=["playback"])

MEDIA_TYPES = {".mp4": "video/mp4", ".mkv": "video/x-matroska"}
# The files of a finished episode never change.
CACHE = {"Cache-Control": "private, max-age=3600"}


async def _folder(session: Transaction, parts: AppParts, episode_id: uuid.UUID) -> Path:
    """Return the folder of a registered episode; 410 when it was removed from the disk."""
    row = await service.get_episode(session, episode_id)
    path = parts.settings.episodes_dir / row.folder
    if not (path / NAME).is_file():
        raise DomainError(410, "folder_gone", f"{path} is no longer on the disk")
    return path


Folder = Annotated[Path, Depends(_folder, scope="function")]


@lru_cache(maxsize=2)
def _reader(folder: Path, _changed_ns: int) -> EpisodeReader:
    return EpisodeReader(folder)


def reader(folder: Path) -> EpisodeReader:
    """Return the reader of an episode; the samples of the last two stay in memory for the next request.

    Raises:
        DomainError: 422 when the episode cannot be read.
    """
    try:
        return _reader(folder, (folder / SAMPLES).stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise DomainError(422, "unreadable", f"the samples cannot be read: {error}") from error


def _json(value: dict[str, Any]) -> Response:
    """Encode without validating a hundred thousand numbers that come from our own arrays."""
    return Response(msgspec.json.encode(value), media_type="application/json", headers=CACHE)


@router.get("/series", operation_id="getSeries", response_model=playback_schemas.SeriesSet)
async def get_series(
    folder: Folder,
    names: Annotated[list[str] | None, Query(max_length=200)] = None,
    max_points: Annotated[int, Query(ge=2, le=20_000)] = 2000,
) -> Response:
    """Return the named columns thinned to `max_points`; without names only what can be asked for."""

    def work() -> Response:
        episode = reader(folder)
        wanted = names or []
        try:
            found = episode.series(wanted, max_points)
        except KeyError as error:
            raise DomainError(422, "no_column", str(error.args[0])) from error
        columns = zip(wanted, found["values"], strict=True)
        series = [{"name": name, "values": values} for name, values in columns]
        return _json({"names": list(episode.columns()), "t_s": found["t_s"], "series": series})

    return await asyncio.to_thread(work)


@router.get("/poses", operation_id="getPoses", response_model=playback_schemas.Poses)
async def get_poses(folder: Folder, rate_hz: Annotated[float, Query(gt=0, le=120)] = 30.0) -> Response:
    """Return the robot, its wrist targets and the objects at `rate_hz`, for the 3D replay."""
    return await asyncio.to_thread(lambda: _json(reader(folder).poses(rate_hz)))


@router.get("/frames/{camera}", operation_id="getFrames", response_model=playback_schemas.FrameTable)
async def get_frames(folder: Folder, camera: str) -> Response:
    """Return when each picture was taken, and where it is in the video."""

    def work() -> Response:
        episode = reader(folder)
        tables = episode.tables.frames
        if camera not in tables:
            raise _no_camera(camera, tuple(tables))
        frames = tables[camera]
        return _json(
            {
                "camera": camera,
                "t_s": episode.seconds(frames.t_ns).tolist(),
                "video_s": (frames.pts_ms / 1e3).tolist(),
                "seq": frames.seq.tolist(),
            }
        )

    return await asyncio.to_thread(work)


def _no_camera(camera: str, there_are: tuple[str, ...]) -> DomainError:
    names = ", ".join(there_are) or "none"
    return DomainError(404, "no_camera", f"no camera {camera!r} in this episode; there are {names}")


def _video(folder: Path, manifest: EpisodeManifest, camera: str) -> Path:
    files = {entry.name: folder / entry.file for entry in manifest.cameras}
    if camera not in files or not files[camera].is_file():
        raise _no_camera(camera, tuple(files))
    return files[camera]


@router.get(
    "/video/{camera}",
    operation_id="getVideo",
    response_class=FileResponse,
    responses={200: {"content": {"video/mp4": {}}}, 206: {"content": {"video/mp4": {}}}},
)
async def get_video(folder: Folder, camera: str) -> FileResponse:
    """Return a camera's video; a Range header gets that part of it."""
    path = _video(folder, await asyncio.to_thread(load_manifest, folder), camera)
    return FileResponse(path, media_type=MEDIA_TYPES[path.suffix], headers=CACHE)


@router.get(
    "/thumbnail",
    operation_id="getThumbnail",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}}}},
)
async def get_thumbnail(folder: Folder, parts: AppParts) -> FileResponse:
    """Return a small picture from the middle of the first camera's video."""
    target = parts.settings.cache_dir / "thumbnails" / f"{folder.name}.jpg"

    def work() -> None:
        manifest = load_manifest(folder)
        if not manifest.cameras:
            raise DomainError(404, "no_camera", "this episode has no video")
        try:
            write_thumbnail(_video(folder, manifest, manifest.cameras[0].name), target)
        except ValueError as error:
            raise DomainError(404, "no_picture", str(error)) from error

    if not target.is_file():
        await asyncio.to_thread(work)
    return FileResponse(target, media_type="image/jpeg", headers=CACHE)
