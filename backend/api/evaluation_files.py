"""/api/evaluations/{id}/...: films, pictures of starts, and reports to take along."""

import asyncio
import time
import uuid
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api import evaluation_schemas as schemas
from backend.api.dependencies import AppParts, Parts, Transaction
from backend.db.evaluation import EvaluationMode, EvaluationRow
from backend.db.job import JobRow
from backend.evaluation.folder import start_path, video_path
from backend.files import write_atomically
from backend.services import evaluation_report as reports
from backend.services import evaluations as service
from backend.services import jobs
from backend.services.errors import DomainError

router = APIRouter(prefix="/api/evaluations/{evaluation_id}", tags=["evaluations"])

CACHE = {"Cache-Control": "private, max-age=3600"}
MOST_BYTES = 8 * 1024 * 1024
WIDTH_PX = 640
FORMATS = {"md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8"}


async def _folder(session: AsyncSession, row: EvaluationRow, parts: Parts) -> Path:
    job = await session.get(JobRow, row.job_id) if row.job_id else None
    return parts.settings.evaluations_dir / str(row.id) if job is None else jobs.run_dir(job, parts.settings)


def _file(path: Path, media_type: str, what: str) -> FileResponse:
    if not path.is_file():
        raise DomainError(
            404, "no_file", f"there is no {what}; it may not have been made yet, or was deleted"
        )
    return FileResponse(path, media_type=media_type, headers=CACHE)


@router.get(
    "/videos/{number}",
    operation_id="getTrialVideo",
    response_class=FileResponse,
    responses={200: {"content": {"video/mp4": {}}}, 206: {"content": {"video/mp4": {}}}},
)
async def get_video(
    session: Transaction, parts: AppParts, evaluation_id: uuid.UUID, number: int
) -> FileResponse:
    """Return the film of a trial; a Range header gets that part of it."""
    row = await service.get_evaluation(session, evaluation_id)
    return _file(
        video_path(await _folder(session, row, parts), number), "video/mp4", f"film of trial {number}"
    )


@router.get(
    "/starts/{condition}",
    operation_id="getStartPicture",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}}}},
)
async def get_start(
    session: Transaction, parts: AppParts, evaluation_id: uuid.UUID, condition: int
) -> FileResponse:
    """Return the picture of a start."""
    row = await service.get_evaluation(session, evaluation_id)
    path = start_path(await _folder(session, row, parts), condition)
    return _file(path, "image/jpeg", f"picture of start {condition}")


@router.put(
    "/starts/{condition}",
    operation_id="putStartPicture",
    openapi_extra={
        "requestBody": {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}
    },
)
async def put_start(
    session: Transaction, parts: AppParts, request: Request, evaluation_id: uuid.UUID, condition: int
) -> schemas.EvaluationStart:
    """Store a photograph (JPEG or PNG) of how a start is set up, to lay over the live picture later."""
    row = await service.get_evaluation(session, evaluation_id)
    start = _start_by_hand(row, condition)
    picture = await asyncio.to_thread(_picture, await _body(request))
    path = start_path(parts.settings.evaluations_dir / str(row.id), condition)
    path.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(write_atomically, path, picture)
    _change(row, condition, {**start, "picture": str(time.time_ns())})
    return _start(row, condition)


@router.put("/starts/{condition}/note", operation_id="putStartNote")
async def put_note(
    session: Transaction, evaluation_id: uuid.UUID, condition: int, body: schemas.StartNote
) -> schemas.EvaluationStart:
    """Say in words how a start is set up."""
    row = await service.get_evaluation(session, evaluation_id)
    _change(row, condition, {**_start_by_hand(row, condition), "note": body.note})
    return _start(row, condition)


@router.get(
    "/export",
    operation_id="exportEvaluation",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {}, "text/csv": {}}}},
)
async def export(
    session: Transaction, evaluation_id: uuid.UUID, format: Literal["md", "csv"] = "md"
) -> Response:
    """Return the report: `md` has a row per policy and a column per subtask, `csv` a line per trial."""
    row = await service.get_evaluation(session, evaluation_id)
    trials = await service.trials_of(session, row)
    text = {"md": reports.as_markdown, "csv": reports.as_csv}[format](row, trials)
    headers = {"Content-Disposition": f'attachment; filename="evaluation-{row.id.hex[:8]}.{format}"'}
    return Response(text, media_type=FORMATS[format], headers=headers)


def _start_by_hand(row: EvaluationRow, condition: int) -> dict[str, str]:
    if row.mode is not EvaluationMode.MANUAL:
        raise DomainError(409, "simulated", "its starts are set up by the simulation")
    if not 0 <= condition < row.trials:
        raise DomainError(404, "no_start", f"no start {condition}; allowed: 0 to {row.trials - 1}")
    return row.conditions[condition]


def _change(row: EvaluationRow, condition: int, start: dict[str, str]) -> None:
    row.conditions = [start if place == condition else had for place, had in enumerate(row.conditions)]


def _start(row: EvaluationRow, condition: int) -> schemas.EvaluationStart:
    start = row.conditions[condition]
    address = f"/api/evaluations/{row.id}/starts/{condition}?version={start['picture']}"
    return schemas.EvaluationStart(note=start["note"], picture=address if start["picture"] else "")


async def _body(request: Request) -> bytes:
    """Return the body; DomainError 413 as soon as it is too long."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            raise DomainError(413, "too_large", f"a picture may have {MOST_BYTES // 2**20} MiB")
    return bytes(data)


def _picture(data: bytes) -> bytes:
    """Return a picture as JPEG of a fixed width; drawn anew, so that nothing but the picture is stored."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if pixels is None:
        raise DomainError(422, "no_picture", "this is no picture; allowed: JPEG or PNG")
    height_px = max(1, round(pixels.shape[0] * WIDTH_PX / pixels.shape[1]))
    _, encoded = cv2.imencode(".jpg", cv2.resize(pixels, (WIDTH_PX, height_px), interpolation=cv2.INTER_AREA))
    return encoded.tobytes()
