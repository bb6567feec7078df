"""Reads a dataset back with stock lerobot and compares it with the raw episodes."""

from pathlib import Path

import av
import numpy as np

from backend.recording.export.features import columns, image_key
from backend.recording.export.rows import Rows
from backend.recording.reader import EpisodeReader

MAX_DIFFERENCE = 6.0
"""Mean difference of grey levels that encoding once more may cause."""


class VerificationFailed(Exception):
    """The dataset does not hold what it should; says where."""


def verify(
    root: Path, name: str, fps: int, readers: list[EpisodeReader], episodes: list[Rows], codes: dict[str, int]
) -> None:
    """Check every row, the number of pictures, and the first, middle and last picture of every episode.

    Raises:
        VerificationFailed: something differs.
    """
    from lerobot.datasets import LeRobotDataset

    total = sum(len(rows.t_ns) for rows in episodes)
    for camera in episodes[0].pictures:
        found = sum(_count(path) for path in sorted((root / "videos" / image_key(camera)).rglob("*.mp4")))
        if found != total:
            raise VerificationFailed(f"camera {camera} has {found} pictures for {total} rows")
    dataset = LeRobotDataset(name, root=root)
    if len(dataset) != total or dataset.meta.total_episodes != len(episodes):
        raise VerificationFailed(f"{len(dataset)} rows in {dataset.meta.total_episodes} episodes")
    for key, stats in dataset.meta.stats.items():
        for kind, value in stats.items():
            if not np.isfinite(np.asarray(value, dtype=np.float64)).all():
                raise VerificationFailed(f"{kind} of {key} is not a number")
    stored = dataset.hf_dataset.with_format("numpy")
    first = 0
    for number, (reader, rows) in enumerate(zip(readers, episodes, strict=True)):
        part = stored[first : first + len(rows.t_ns)]
        _check_rows(part, rows, number, fps, codes)
        _check_pictures(dataset, reader, rows, first)
        first += len(rows.t_ns)


def _count(path: Path) -> int:
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        return sum(1 for _ in container.decode(video=0))


def _check_rows(
    part: dict[str, np.ndarray], rows: Rows, number: int, fps: int, codes: dict[str, int]
) -> None:
    count = len(rows.t_ns)
    if not np.allclose(part["timestamp"], np.arange(count) / fps, atol=1e-4):
        raise VerificationFailed(f"time stamps of episode {number} are off its grid")
    if set(part["episode_index"].tolist()) != {number}:
        raise VerificationFailed(f"rows of episode {number} carry another episode's number")
    for key, column in columns(rows, codes).items():
        if not np.array_equal(np.asarray(part[key]).reshape(count, -1), column):
            raise VerificationFailed(f"{key} of episode {number} differs from the raw episode")


def _check_pictures(dataset: object, reader: EpisodeReader, rows: Rows, first: int) -> None:
    probes = sorted({0, len(rows.t_ns) // 2, len(rows.t_ns) - 1})
    items = [dataset[first + probe] for probe in probes]
    for camera, index in rows.pictures.items():
        sources = reader.pictures(camera, index[probes].tolist())
        for probe, item, source in zip(probes, items, sources, strict=True):
            picture = item[image_key(camera)].numpy().transpose(1, 2, 0) * 255
            difference = float(np.abs(picture - source).mean())
            if difference > MAX_DIFFERENCE:
                raise VerificationFailed(
                    f"picture {probe} of camera {camera}, episode {reader.manifest.id}, differs from its "
                    f"source by {difference:.1f} grey levels"
                )
