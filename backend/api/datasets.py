"""/api/datasets: freeze accepted episodes into a version, watch it, take it home."""

import uuid

from fastapi import APIRouter, BackgroundTasks
from fastapi.responses import StreamingResponse

from backend.api import schemas
from backend.api.archive import zip_stream
from backend.api.dependencies import AppParts, Parts, Transaction
from backend.db.dataset import DatasetRow, DatasetState
from backend.services import datasets as service
from backend.services.errors import DomainError

router = APIRouter(prefix="/api/datasets", tags=["datasets"])


def dataset_out(row: DatasetRow, episodes: int, parts: Parts) -> schemas.Dataset:
    """Return a version that has `episodes` episodes as the page is told of it."""
    return schemas.Dataset(**_fields(row, episodes, parts))


def _fields(row: DatasetRow, episodes: int, parts: Parts) -> dict[str, object]:
    own = set(schemas.Dataset.model_fields) - {"episodes", "folder"}
    return {
        **{name: getattr(row, name) for name in own},
        "episodes": episodes,
        "folder": str((parts.settings.datasets_dir / row.folder).resolve()),
    }


@router.get("", operation_id="listDatasets")
async def list_datasets(session: Transaction, parts: AppParts) -> list[schemas.Dataset]:
    """Return every version, newest first."""
    rows = await service.list_datasets(session)
    counts = await service.episode_counts(session, rows)
    return [dataset_out(row, counts[row.id], parts) for row in rows]


@router.post("", operation_id="createDataset", status_code=202)
async def create_dataset(
    session: Transaction, parts: AppParts, background: BackgroundTasks, body: schemas.DatasetIn
) -> schemas.Dataset:
    """Queue a build from the accepted episodes of a task, or from the episodes named."""
    row = await service.create_dataset(
        session, body.name, body.task_id, body.episode_ids, body.fps, parts.settings.datasets_dir
    )
    # Runs after the commit: the builder looks with its own connection.
    background.add_task(parts.builder.wake)
    return dataset_out(row, len(row.members), parts)


@router.get("/{dataset_id}", operation_id="getDataset")
async def get_dataset(session: Transaction, parts: AppParts, dataset_id: uuid.UUID) -> schemas.DatasetDetail:
    """Return a version and its episodes."""
    row = await service.get_dataset(session, dataset_id)
    episode_ids = await service.episode_ids(session, dataset_id)
    return schemas.DatasetDetail(**_fields(row, len(episode_ids), parts), episode_ids=episode_ids)


@router.delete("/{dataset_id}", operation_id="deleteDataset", status_code=204)
async def delete_dataset(session: Transaction, dataset_id: uuid.UUID) -> None:
    """Forget a version that could not be built."""
    await service.delete_failed(session, dataset_id)


@router.get(
    "/{dataset_id}/download",
    operation_id="downloadDataset",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
async def download_dataset(session: Transaction, parts: AppParts, dataset_id: uuid.UUID) -> StreamingResponse:
    """Stream the version's folder as a zip file."""
    row = await service.get_dataset(session, dataset_id)
    if row.state is not DatasetState.READY:
        raise DomainError(
            409, "not_ready", f"{row.folder} is {row.state.value}; only a ready version can be downloaded"
        )
    folder = parts.settings.datasets_dir / row.folder
    if not folder.is_dir():
        raise DomainError(410, "folder_gone", f"{folder} is no longer there; build a new version")
    return StreamingResponse(
        zip_stream(folder),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{row.folder}.zip"'},
    )
