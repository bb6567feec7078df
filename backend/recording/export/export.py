"""From raw episodes to a dataset version: resample, write, verify, and only then give it its name."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.recording.export.build import build, check_alike, driver_codes
from backend.recording.export.refused import ExportRefused
from backend.recording.export.rows import Rows, resample
from backend.recording.export.sidecar import write_sidecar
from backend.recording.export.verify import verify
from backend.recording.reader import EpisodeReader

MAX_AGE_S = 0.5
REPORT_ROWS = 50
WRITTEN = 0.85
"""Share of the work that is done when every row is written; the rest is verification."""

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Exported:
    """A finished dataset version."""

    root: Path
    rows: int
    content_hash: str


def export(
    out: Path, name: str, fps: int, folders: list[Path], progress: Progress, max_age_s: float = MAX_AGE_S
) -> Exported:
    """Make the dataset version `out`; it appears when it is complete and verified, or not at all.

    Args:
        out: folder that must not exist yet.
        name: name of the dataset.
        fps: rows per second.
        folders: raw episodes, in the order they are to have.
        progress: told the share that is done, 0 to 1, and what is going on.
        max_age_s: how old a picture, state or tick may be in its row.

    Raises:
        ExportRefused: the episodes cannot become a dataset; names each with its reason.
        VerificationFailed: the written dataset differs from the episodes.
        OSError: the disk refuses.
    """
    if not folders:
        raise ExportRefused("no episode was chosen")
    if out.exists():
        raise ExportRefused(f"{out} exists already; a dataset version never changes, choose another name")
    readers, episodes = _resample_all(folders, fps, max_age_s)
    check_alike(readers)
    codes = driver_codes(episodes)
    total = sum(len(rows.t_ns) for rows in episodes)
    working = out.with_name(f".{out.name}.building")
    shutil.rmtree(working, ignore_errors=True)

    def written(count: int) -> None:
        if count % REPORT_ROWS == 0:
            progress(WRITTEN * count / total, f"{count} of {total} rows written")

    try:
        build(working, name, fps, readers, episodes, written)
        progress(WRITTEN, "verifying")
        verify(working, name, fps, readers, episodes, codes)
        digest = write_sidecar(working, fps, readers, episodes, codes)
        working.rename(out)
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return Exported(out, total, digest)


def _resample_all(folders: list[Path], fps: int, max_age_s: float) -> tuple[list[EpisodeReader], list[Rows]]:
    readers, episodes, refusals = [], [], []
    for folder in folders:
        try:
            reader = EpisodeReader(folder)
            episodes.append(resample(reader, fps, max_age_s))
            readers.append(reader)
        except (ExportRefused, OSError, ValueError) as error:
            refusals.append(f"{folder.name}: {error}")
    if refusals:
        raise ExportRefused(f"not every episode can be exported: {'; '.join(refusals)}")
    return readers, episodes
