"""Builds queued dataset versions, one after the other, each in a process of its own."""

import asyncio
import shutil
import signal
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import select, update

from backend.db.base import utc_now
from backend.db.database import Database, DatabaseUnavailable
from backend.db.dataset import DatasetEpisodeRow, DatasetRow, DatasetState
from backend.db.episode import EpisodeRow
from backend.settings import ROOT

log = structlog.get_logger()

RETRY_S = 5.0


@dataclass(frozen=True)
class BuildJob:
    """What one export process is told."""

    dataset_id: uuid.UUID
    name: str
    fps: int
    target: Path
    episodes: tuple[Path, ...]


class ExportLine(msgspec.Struct):
    """One JSON line of `python -m backend.recording.export`; fields that do not apply are left out."""

    progress: float | None = None
    message: str = ""
    error: str = ""
    content_hash: str = ""
    rows: int = 0


class DatasetBuilder:
    """The queue is the table: whatever is QUEUED gets built, also after a restart."""

    def __init__(self, database: Database, episodes_dir: Path, datasets_dir: Path) -> None:
        self._database = database
        self._episodes_dir = episodes_dir
        self._datasets_dir = datasets_dir
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    async def run(self) -> None:
        """Build for ever. A build that a restart interrupted begins again: raw episodes are untouched."""
        requeued = False
        while True:
            try:
                if not requeued:
                    await self._requeue()
                    requeued = True
                self._wake.clear()
                while job := await self._next():
                    await self._record(job.dataset_id, **await self._build(job))
                await self._wake.wait()
            except DatabaseUnavailable as error:
                log.warning("cannot build datasets", error=str(error))
                requeued = False
                await asyncio.sleep(RETRY_S)

    async def _requeue(self) -> None:
        async with self._database.transaction() as session:
            await session.execute(
                update(DatasetRow)
                .where(DatasetRow.state == DatasetState.BUILDING)
                .values(state=DatasetState.QUEUED, message="interrupted by a restart; begins again")
            )

    async def _next(self) -> BuildJob | None:
        async with self._database.transaction() as session:
            dataset = await session.scalar(
                select(DatasetRow)
                .where(DatasetRow.state == DatasetState.QUEUED)
                .order_by(DatasetRow.created_at)
                .limit(1)
            )
            if dataset is None:
                return None
            folders = await session.scalars(
                select(EpisodeRow.folder)
                .join(DatasetEpisodeRow, DatasetEpisodeRow.episode_id == EpisodeRow.id)
                .where(DatasetEpisodeRow.dataset_id == dataset.id)
                .order_by(DatasetEpisodeRow.position)
            )
            dataset.state = DatasetState.BUILDING
            dataset.progress = 0.0
            dataset.message = "starting"
            return BuildJob(
                dataset.id,
                dataset.name,
                dataset.fps,
                self._datasets_dir / dataset.folder,
                tuple(self._episodes_dir / folder for folder in folders),
            )

    async def _record(self, dataset_id: uuid.UUID, **values: object) -> None:
        async with self._database.transaction() as session:
            await session.execute(update(DatasetRow).where(DatasetRow.id == dataset_id).values(**values))

    async def _build(self, job: BuildJob) -> dict[str, object]:
        """Run the export to its end; return what the row then says."""
        try:
            self._datasets_dir.mkdir(parents=True, exist_ok=True)
            # The name was free when this version was queued: what is there is an earlier try of this build.
            await asyncio.to_thread(shutil.rmtree, job.target, ignore_errors=True)
            # In our process group, so that the supervisor ends it with us, whatever we die of.
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "backend.recording.export",
                "--out", str(job.target), "--fps", str(job.fps), "--name", job.name,
                *map(str, job.episodes),
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:
            return failed(job, f"the export cannot be started: {error}")
        try:
            last, stderr = await asyncio.gather(self._follow(job, process), process.stderr.read())
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
        if code:
            return failed(job, last.error or why_ended(code, stderr.decode(errors="replace")))
        return {
            "state": DatasetState.READY,
            "progress": 1.0,
            "message": "",
            "rows": last.rows,
            "content_hash": last.content_hash,
            "size_bytes": await asyncio.to_thread(folder_size_bytes, job.target),
            "finished_at": utc_now(),
        }

    async def _follow(self, job: BuildJob, process: asyncio.subprocess.Process) -> ExportLine:
        """Write progress into the row; return the last line that said something."""
        last = ExportLine()
        decoder = msgspec.json.Decoder(ExportLine)
        async for line in process.stdout:
            try:
                last = decoder.decode(line)
            except msgspec.DecodeError:
                continue  # A library printed something.
            if last.progress is not None:
                await self._record(job.dataset_id, progress=last.progress, message=last.message)
        return last


def why_ended(code: int, stderr: str) -> str:
    """Return why a process that gave no reason has ended; libraries talk on stderr, errors come last."""
    if code < 0:
        return f"the export was ended by {signal.Signals(-code).name}; start the build again"
    tail = stderr.strip().splitlines()
    return tail[-1] if tail else f"the export ended with code {code}"


def failed(job: BuildJob, why: str) -> dict[str, object]:
    """Return the columns of a version that could not be built."""
    log.warning("a dataset could not be built", dataset=job.target.name, error=why)
    return {"state": DatasetState.FAILED, "message": why, "finished_at": utc_now()}


def folder_size_bytes(folder: Path) -> int:
    """Return the size of every file below `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
