"""The dataset that `lerobot-train` is given in place of its own: the same items, without decoding videos."""

import copy
from collections.abc import Callable

import numpy as np
import torch
from lerobot.configs.train import TrainPipelineConfig
from lerobot.datasets import LeRobotDatasetMetadata
from lerobot.datasets.factory import resolve_delta_timestamps
from lerobot.datasets.feature_utils import get_delta_indices
from lerobot.transforms import ImageTransforms
from torch.utils.data import Dataset

from trainer.training.data import ACTION, IMAGES, STATE, TrainingData
from trainer.training.lessons import Lessons, find_lessons
from trainer.training.statistics import picture_statistics, vector_statistics

BOOKKEEPING = ("timestamp", "frame_index", "episode_index", "index", "task_index")
"""LeRobot's own columns, which no policy takes for an input."""


def policy_metadata(data: TrainingData, name: str, lessons: Lessons) -> LeRobotDatasetMetadata:
    """Return LeRobot's metadata of a version, as if it only had what a policy may see, at training size.

    Args:
        data: the version.
        name: LeRobot's `repo_id`.
        lessons: what is trained on; statistics are over its rows alone.
    """
    meta = LeRobotDatasetMetadata(name, root=data.version.root)
    meta.info = copy.deepcopy(meta.info)
    columns = {key: meta.info.features[key] for key in (STATE, ACTION, *BOOKKEEPING)}
    rows = lessons.rows
    stats = {STATE: vector_statistics(data.state[rows]), ACTION: vector_statistics(data.action[rows])}
    for camera, frames in data.frames.items():
        key = f"{IMAGES}{camera}"
        channels, height, width = frames.shape
        columns[key] = meta.info.features[key] | {"shape": (height, width, channels)}
        stats[key] = picture_statistics(meta.stats[key])
    meta.info.features = columns
    meta.stats = stats
    return meta


class PolicyDataset(Dataset):
    """Rows of some episodes with the steps around them that a policy asks for.

    It is indexed by row of the whole version, as `EpisodeAwareSampler` does. Actions beyond the end of a
    row's lesson are marked as padding, like those beyond the end of its episode.

    Args:
        data: the version.
        meta: as `policy_metadata` returns it.
        episodes: the episodes to be drawn from.
        lessons: the rows that are learned from; others may be looked at all the same.
        delta_indices: for every key of which more than one step is wanted, the steps from the row.
        transform: applied to pictures, uint8 (..., 3, height, width).
    """

    absolute_to_relative_idx = None

    def __init__(
        self,
        data: TrainingData,
        meta: LeRobotDatasetMetadata,
        episodes: tuple[int, ...],
        lessons: Lessons,
        delta_indices: dict[str, list[int]],
        transform: Callable[[torch.Tensor], torch.Tensor] | None = None,
    ) -> None:
        self.data = data
        self.meta = meta
        self.episodes = list(episodes)
        self.num_episodes = len(episodes)
        self.num_frames = len(lessons.rows)
        self.lessons = lessons
        self._transform = transform
        self._deltas = {key: np.asarray(deltas) for key, deltas in delta_indices.items()}

    def __len__(self) -> int:
        return len(self.data.episode)

    def __getitem__(self, row: int) -> dict[str, torch.Tensor | str]:
        data = self.data
        episode = int(data.episode[row])
        first, end = int(data.starts[episode]), int(data.starts[episode + 1])
        item: dict[str, torch.Tensor | str] = {}

        def steps(key: str) -> np.ndarray | int:
            deltas = self._deltas.get(key)
            if deltas is None:
                return row
            wanted = row + deltas
            last = self.lessons.end_of(row, end) if key == ACTION else end
            item[f"{key}_is_pad"] = torch.from_numpy((wanted < first) | (wanted >= last))
            return np.clip(wanted, first, last - 1)

        item[STATE] = torch.from_numpy(np.array(data.state[steps(STATE)]))
        item[ACTION] = torch.from_numpy(np.array(data.action[steps(ACTION)]))
        for camera, frames in data.frames.items():
            key = f"{IMAGES}{camera}"
            pictures = torch.from_numpy(frames.rows(steps(key)))
            item[key] = pictures if self._transform is None else self._transform(pictures)
        task = int(data.task_index[row])
        return item | {
            "timestamp": torch.tensor((row - first) / data.fps, dtype=torch.float32),
            "frame_index": torch.tensor(row - first),
            "episode_index": torch.tensor(episode),
            "index": torch.tensor(row),
            "task_index": torch.tensor(task),
            "task": data.tasks[task],
        }


def make_dataset(
    cfg: TrainPipelineConfig,
    data: TrainingData,
    episodes: tuple[int, ...],
    augment: bool,
    people_only: bool = False,
) -> PolicyDataset:
    """Return the dataset that a training config asks for."""
    lessons = find_lessons(data, episodes, people_only)
    meta = policy_metadata(data, cfg.dataset.repo_id, lessons)
    deltas = resolve_delta_timestamps(cfg.trainable_config, meta)
    return PolicyDataset(
        data,
        meta,
        episodes,
        lessons,
        get_delta_indices(deltas, meta.fps) if deltas else {},
        ImageTransforms(cfg.dataset.image_transforms) if augment else None,
    )
