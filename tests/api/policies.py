"""Policies in the registry: a real folder with a tiny checkpoint in it, and a row."""

import json
import uuid
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from backend.db.dataset import DatasetEpisodeRow, DatasetRow, DatasetState
from backend.db.policy import PolicyRow
from backend.services.policies import add_policy
from backend.services.policy_files import take_checkpoint
from tests.api.house import House

MANIFEST = {
    "format": 1, "robot": "g1", "fps": 30, "state_names": ["a"], "action_names": ["b"], "cameras": [],
    "controllers": [], "dataset": {"id": "", "name": "lift", "content_hash": ""}, "episodes": {},
    "versions": {},
}  # fmt: skip


def make_checkpoint(folder: Path) -> Path:
    """Write what the registry wants to see of a checkpoint into `folder`, which is named after its step."""
    inside = folder / "pretrained_model"
    inside.mkdir(parents=True)
    (inside / "config.json").write_text(json.dumps({"type": "act"}))
    (inside / "bunraku.json").write_text(json.dumps(MANIFEST))
    save_file({"w": np.zeros(3, np.float32)}, inside / "model.safetensors")
    return folder


async def put_policy(
    house: House, tmp_path: Path, name: str = "act", dataset_id: str | None = None, **columns: object
) -> PolicyRow:
    """Register a policy by the registry's own functions."""
    checkpoint = make_checkpoint(tmp_path / "checkpoints" / uuid.uuid4().hex / "000040")
    files = take_checkpoint(checkpoint, house.parts.settings.policies_dir)
    values = {"notes": "", "job_id": None, "open_loop": None, **columns}
    async with house.parts.database.transaction() as session:
        return await add_policy(
            session, files, name=name, dataset_id=dataset_id and uuid.UUID(dataset_id), **values
        )


async def put_dataset(house: House, name: str, *episodes: uuid.UUID, fps: int = 15) -> str:
    """Add a ready version, as if it had been built; its folder is empty."""
    folder = f"{name}-v1"
    (house.parts.settings.datasets_dir / folder).mkdir(parents=True)
    async with house.parts.database.transaction() as session:
        row = DatasetRow(
            name=name, number=1, fps=fps, state=DatasetState.READY, folder=folder,
            members=[DatasetEpisodeRow(episode_id=id_, position=at) for at, id_ in enumerate(episodes)],
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return str(row.id)
