"""Decoded pictures of a dataset version at training size, in files that are mapped into memory.

Training reads pictures in random order, again and again; decoding a video for each of them costs more than
the training step of a small policy. Decoding once, in order, costs as much as a few hundred such reads.

    <cache>/training/<content hash>/<camera>-<height>x<width>.u8    (pictures, 3, height, width) uint8
    <cache>/training/<content hash>/<camera>-<height>x<width>.json  `FrameFile`

Rows that repeat the picture before (a camera slower than the dataset) share one copy.
"""

import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import msgspec
import numpy as np

from backend.files import write_atomically
from trainer.training.pictures import to_policy_size
from trainer.training.refused import DatasetRefused

REPORT_ROWS = 200
Progress = Callable[[int], None]


class FrameFile(msgspec.Struct, frozen=True):
    """Shape of one file of pictures."""

    rows: int
    pictures: int
    height_px: int
    width_px: int


class Frames:
    """The pictures of one camera, by row of the dataset.

    Args:
        pictures: (pictures, 3, height, width) uint8, mapped read-only.
        index: (rows,) which picture belongs to each row.
    """

    def __init__(self, pictures: np.ndarray, index: np.ndarray) -> None:
        self._pictures = pictures
        self._index = index

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a picture."""
        return self._pictures.shape[1:]

    def rows(self, rows: np.ndarray | int) -> np.ndarray:
        """Return a copy of the pictures of some rows: (..., 3, height, width) uint8."""
        return np.array(self._pictures[self._index[rows]])


def cached_frames(
    folder: Path,
    videos: list[Path],
    fresh: np.ndarray,
    camera: str,
    size_px: tuple[int, int],
    progress: Progress = lambda row: None,
) -> Frames:
    """Return the pictures of a camera, decoding them first when nobody has done so yet.

    Args:
        folder: cache of this dataset version; its name must change with its content.
        videos: the camera's video files in order; together they have one picture per row.
        fresh: (rows,) bool, false where a row has the picture of the row before.
        camera: name of the camera.
        size_px: height and width of the pictures.
        progress: told the number of decoded rows now and then.

    Raises:
        DatasetRefused: the videos have not as many pictures as there are rows.
        OSError: the disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{camera}-{size_px[0]}x{size_px[1]}"
    index = np.cumsum(fresh) - 1
    wanted = FrameFile(len(fresh), int(fresh.sum()), *size_px)
    with (folder / f"{stem}.lock").open("w") as lock:
        # The processes of one training, and two trainings, build it once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_complete(folder / stem, wanted):
            _build(folder / stem, videos, fresh, wanted, progress)
    shape = (wanted.pictures, 3, *size_px)
    return Frames(np.memmap(_data(folder / stem), np.uint8, "r", shape=shape), index)


def bytes_needed(folder: Path, camera: str, pictures: int, size_px: tuple[int, int]) -> int:
    """Return how much disk the cache of a camera will still take."""
    stem = folder / f"{camera}-{size_px[0]}x{size_px[1]}"
    size = pictures * 3 * size_px[0] * size_px[1]
    return 0 if _data(stem).is_file() and _data(stem).stat().st_size == size else size


def _data(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.u8")


def _about(stem: Path) -> Path:
    return stem.with_name(f"{stem.name}.json")


def _is_complete(stem: Path, wanted: FrameFile) -> bool:
    try:
        found = msgspec.json.decode(_about(stem).read_bytes(), type=FrameFile)
    except (FileNotFoundError, msgspec.DecodeError):
        return False
    return found == wanted and _data(stem).is_file()


def _build(stem: Path, videos: list[Path], fresh: np.ndarray, wanted: FrameFile, progress: Progress) -> None:
    working = stem.with_name(f".{stem.name}.building")
    shape = (wanted.pictures, 3, wanted.height_px, wanted.width_px)
    try:
        target = np.memmap(working, np.uint8, "w+", shape=shape)
        row, position = 0, 0
        for picture in _pictures(videos):
            if row < len(fresh) and fresh[row]:
                small = to_policy_size(picture, wanted.height_px, wanted.width_px)
                target[position] = small.transpose(2, 0, 1)
                position += 1
            row += 1
            if row % REPORT_ROWS == 0:
                progress(row)
        if row != wanted.rows:
            raise DatasetRefused(
                f"the videos {videos[0].parent.parent.name} have {row} pictures for {wanted.rows} rows"
            )
        target.flush()
        working.replace(_data(stem))
        write_atomically(_about(stem), msgspec.json.encode(wanted))
    finally:
        working.unlink(missing_ok=True)


def _pictures(videos: list[Path]) -> Iterator[np.ndarray]:
    """Yield every picture of some videos in order: (height, width, 3) uint8, red first."""
    for path in videos:
        with av.open(str(path)) as container:
            container.streams.video[0].thread_type = "AUTO"
            for frame in container.decode(video=0):
                yield frame.to_ndarray(format="rgb24")
