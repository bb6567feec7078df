"""`bunraku.json` in a checkpoint: what LeRobot's own files do not say, and deployment must know."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from backend.core.contracts.job import JobSpec
from backend.files import write_atomically
from trainer.training.data import ACTION, STATE, TrainingData
from trainer.training.split import Split

NAME = "bunraku.json"
FORMAT = 1


def manifest(spec: JobSpec, data: TrainingData, split: Split) -> dict[str, Any]:
    """Return what stands in every checkpoint of a run."""
    assert spec.dataset is not None
    info = data.version
    return {
        "format": FORMAT,
        "robot": info.info["robot_type"],
        "fps": data.fps,
        "state_names": info.names(STATE),
        "action_names": info.names(ACTION),
        "cameras": [
            {"name": camera, "height_px": frames.shape[1], "width_px": frames.shape[2]}
            for camera, frames in data.frames.items()
        ],
        "controllers": info.ours["controllers"],
        "dataset": {
            "id": spec.dataset.id,
            "name": spec.dataset.name,
            "content_hash": spec.dataset.content_hash,
        },
        "episodes": {"train": list(split.train), "held_out": list(split.held_out)},
        "versions": {"lerobot": version("lerobot"), "torch": version("torch"), **spec.versions},
    }


def write_manifest(folder: Path, content: dict[str, Any]) -> None:
    """Put the manifest beside LeRobot's files."""
    write_atomically(folder / NAME, json.dumps(content, indent=1).encode())
