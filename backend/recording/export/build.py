"""Writes the resampled episodes with lerobot's own writer."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from backend.recording.ahead import ahead
from backend.recording.export.features import columns, features, image_key
from backend.recording.export.refused import ExportRefused
from backend.recording.export.rows import Rows
from backend.recording.reader import EpisodeReader

CRF = 20
GOP = 2
"""Every second picture is a keyframe: training reads pictures in random order."""
QUEUE = 30
"""Pictures of a camera that may wait for their encoder."""
FULL_WAIT_S = 0.002
DECODED_AHEAD = 8
"""Pictures of a camera that are decoded before they are needed."""


def check_alike(readers: list[EpisodeReader]) -> None:
    """Raise ExportRefused when the episodes do not fit into one dataset."""
    first = readers[0]

    def shape(reader: EpisodeReader) -> tuple[Any, ...]:
        cameras = [(c.name, c.width, c.height) for c in reader.manifest.cameras]
        return (reader.spec.name, reader.spec.layout.action_names, sorted(cameras))

    for reader in readers[1:]:
        if shape(reader) != shape(first):
            raise ExportRefused(
                f"episode {reader.manifest.id} has another robot or other cameras than {first.manifest.id}"
            )


def driver_codes(episodes: list[Rows]) -> dict[str, int]:
    """Return a number for the name of every driver; nobody is 0."""
    names = sorted({name for rows in episodes for name in rows.drivers} - {""})
    return {name: code for code, name in enumerate(["", *names])}


def build(
    root: Path,
    name: str,
    fps: int,
    readers: list[EpisodeReader],
    episodes: list[Rows],
    progress: Callable[[int], None],
) -> None:
    """Write the dataset into `root`, which must not exist.

    Args:
        root: folder of the dataset.
        name: lerobot's `repo_id`.
        fps: rows per second.
        readers: the raw episodes.
        episodes: their rows, in the same order.
        progress: told the number of rows written so far.
    """
    from lerobot.configs import RGBEncoderConfig
    from lerobot.datasets import LeRobotDataset

    spec = readers[0].spec
    codes = driver_codes(episodes)
    dataset = LeRobotDataset.create(
        name,
        fps,
        features(spec, readers[0].manifest.cameras),
        root=root,
        robot_type=spec.name,
        rgb_encoder=RGBEncoderConfig(vcodec="h264", pix_fmt="yuv420p", g=GOP, crf=CRF, preset="superfast"),
        streaming_encoding=True,
        encoder_queue_maxsize=QUEUE,
        encoder_threads=1,
    )
    be_patient(dataset.writer._streaming_encoder)
    written = 0
    for reader, rows in zip(readers, episodes, strict=True):
        task = reader.manifest.instruction or reader.manifest.task_name or "unnamed task"
        table = columns(rows, codes)
        videos = {
            camera: ahead(reader.pictures(camera, index.tolist()), DECODED_AHEAD)
            for camera, index in rows.pictures.items()
        }
        for i in range(len(rows.t_ns)):
            pictures = {image_key(camera): next(video) for camera, video in videos.items()}
            dataset.add_frame({key: column[i] for key, column in table.items()} | pictures | {"task": task})
            written += 1
            progress(written)
        dataset.save_episode(parallel_encoding=False)
    dataset.finalize()


def be_patient(encoder: Any) -> None:
    """Make lerobot's streaming encoder wait for room in its queues.

    It is made for live cameras and drops a picture that waits in vain for 0.1 s; an export has time.
    """
    feed = encoder.feed_frame

    def feed_when_there_is_room(camera: str, picture: np.ndarray) -> None:
        while encoder._frame_queues[camera].full() and encoder._threads[camera].is_alive():
            time.sleep(FULL_WAIT_S)
        feed(camera, picture)

    encoder.feed_frame = feed_when_there_is_room
