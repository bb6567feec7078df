"""A dataset version as arrays: exactly what a policy may see, and what it is to do.

Our versions hold columns for people and for analysis as well (capture times, sync errors, what was sent, who
drove). LeRobot takes every column whose name begins with `observation` or `action` for an input or an output;
here it is shown only those that are meant.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from backend.core.contracts.frame import is_policy
from backend.recording.export.sidecar import EPISODES
from trainer.training.frame_cache import Frames, Progress, cached_frames
from trainer.training.refused import DatasetRefused

IMAGES = "observation.images."
STATE, ACTION, DRIVER = "observation.state", "action", "driver"


@dataclass(frozen=True)
class VersionInfo:
    """What `meta/` says about a dataset version.

    Args:
        root: folder of the version.
    """

    root: Path

    @cached_property
    def info(self) -> dict:
        """`meta/info.json`."""
        return json.loads((self.root / "meta" / "info.json").read_text())

    @cached_property
    def ours(self) -> dict:
        """`meta/bunraku.json`: content hash, controllers, versions."""
        return json.loads((self.root / "meta" / "bunraku.json").read_text())

    @cached_property
    def episode_ids(self) -> list[str]:
        """Ids of the recorded episodes, in order."""
        lines = (self.root / EPISODES).read_text().splitlines()
        return [json.loads(line)["id"] for line in lines]

    @property
    def cameras(self) -> dict[str, tuple[int, int]]:
        """Height and width [px] of every camera's pictures."""
        features = self.info["features"].items()
        return {
            key.removeprefix(IMAGES): tuple(value["shape"][:2])
            for key, value in features
            if key.startswith(IMAGES)
        }

    def names(self, column: str) -> list[str]:
        """Return the names of a column's entries."""
        return list(self.info["features"][column]["names"])

    def videos(self, camera: str) -> list[Path]:
        """Return a camera's video files in the order of the rows."""
        return sorted((self.root / "videos" / f"{IMAGES}{camera}").rglob("*.mp4"))

    def chosen_cameras(self, wanted: list[str]) -> list[str]:
        """Return the cameras to use; all when none is wanted. DatasetRefused when one does not exist."""
        missing = sorted(set(wanted) - set(self.cameras))
        if missing:
            raise DatasetRefused(
                f"the dataset has no camera {', '.join(missing)}; it has {', '.join(self.cameras)}"
            )
        return [camera for camera in self.cameras if not wanted or camera in wanted]


@dataclass(frozen=True)
class TrainingData:
    """Arrays over all rows of a version, in order."""

    version: VersionInfo
    fps: int
    state: np.ndarray
    """(rows, 32) float32"""
    action: np.ndarray
    """(rows, 36) float32, what was asked"""
    episode: np.ndarray
    """(rows,) episode index"""
    starts: np.ndarray
    """(episodes + 1,) first row of each episode, and the number of rows"""
    task_index: np.ndarray
    """(rows,)"""
    tasks: tuple[str, ...]
    """Instruction by task index."""
    by_policy: np.ndarray
    """(rows,) bool, not a lesson: a policy drove, or nobody did in an episode that a policy drove in"""
    frames: dict[str, Frames]
    """Pictures by camera."""


def load_data(
    root: Path,
    cache_dir: Path,
    cameras: list[str],
    size_px: tuple[int, int],
    progress: Progress = lambda row: None,
) -> TrainingData:
    """Read a version, decoding its pictures into the cache when that was not done yet.

    Args:
        root: folder of the version.
        cache_dir: folder of derived files.
        cameras: names; all when empty.
        size_px: height and width of the pictures.
        progress: told the number of decoded rows now and then.

    Raises:
        DatasetRefused: a camera is missing, or pictures and rows do not match.
    """
    version = VersionInfo(root)
    chosen = version.chosen_cameras(cameras)
    wanted = [STATE, ACTION, DRIVER, "episode_index", "task_index"]
    wanted += [f"is_fresh.{camera}" for camera in chosen]
    table = pq.read_table(sorted((root / "data").rglob("*.parquet")), columns=wanted)
    episode = _column(table, "episode_index").astype(np.int64).ravel()
    tasks = pq.read_table(root / "meta" / "tasks.parquet").to_pandas()
    folder = cache_dir / "training" / version.ours["content_hash"][:32]
    frames = {}
    for camera in chosen:
        fresh = _column(table, f"is_fresh.{camera}").astype(bool).ravel()
        frames[camera] = cached_frames(folder, version.videos(camera), fresh, camera, size_px, progress)
    return TrainingData(
        version=version,
        fps=version.info["fps"],
        state=_column(table, STATE).astype(np.float32),
        action=_column(table, ACTION).astype(np.float32),
        episode=episode,
        starts=np.flatnonzero(np.diff(episode, prepend=-1, append=episode.max() + 1)),
        task_index=_column(table, "task_index").astype(np.int64).ravel(),
        tasks=tuple(tasks.sort_values("task_index").index),
        by_policy=not_by_people(_column(table, DRIVER).ravel(), version.ours["drivers"], episode),
        frames=frames,
    )


def not_by_people(driver: np.ndarray, drivers: list[str], episode: np.ndarray) -> np.ndarray:
    """Return which rows show what a policy did, or how the robot waited between a policy and a person.

    Args:
        driver: (rows,) index into `drivers`.
        drivers: names of the drivers; the empty one is nobody.
        episode: (rows,) episode index.
    """
    driven = np.array([is_policy(name) for name in drivers])[driver]
    waited = np.array([name == "" for name in drivers])[driver]
    return driven | (waited & np.isin(episode, np.unique(episode[driven])))


def _column(table: object, name: str) -> np.ndarray:
    """Return a column as (rows,) or (rows, entries)."""
    column = table[name].combine_chunks()
    if hasattr(column.type, "list_size") or str(column.type).startswith("list"):
        return column.flatten().to_numpy(zero_copy_only=False).reshape(len(column), -1)
    return column.to_numpy(zero_copy_only=False)
