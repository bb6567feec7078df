"""The files of a policy: taken from a checkpoint, hashed, and never changed afterwards."""

import hashlib
import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.core.contracts.layout import layout_hash
from backend.services.errors import DomainError
from backend.services.policy_card import NAME as CARD

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
MANIFEST = "bunraku.json"
"""Written beside LeRobot's files when the checkpoint was made."""


@dataclass(frozen=True)
class PolicyFiles:
    """A folder of the registry: LeRobot's `pretrained_model` files and our manifest."""

    folder: Path
    type: str
    step: int
    size_bytes: int
    weights_sha256: str
    layout_hash: str
    stats_hash: str
    manifest: dict[str, Any]

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of the policy's row that its files determine."""
        return {**vars(self), "folder": self.folder.name}


def _digest(paths: list[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(paths):
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def take_checkpoint(checkpoint: Path, policies_dir: Path) -> PolicyFiles:
    """Copy a checkpoint into the registry, without what only training needs.

    Args:
        checkpoint: folder of one step, with `pretrained_model` in it.
        policies_dir: the registry's folder.

    Raises:
        DomainError: 409 when it is no checkpoint of a policy of ours; says what is missing.
    """
    source = checkpoint / "pretrained_model"
    missing = [name for name in (WEIGHTS, CONFIG, MANIFEST) if not (source / name).is_file()]
    if missing:
        raise DomainError(409, "not_a_policy", f"{source} lacks {', '.join(missing)}")
    policy_id = str(uuid.uuid4())
    working = policies_dir / f".{policy_id}.copying"
    policies_dir.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copytree(source, working)
        files = read_policy(working, int(checkpoint.name))
        working.rename(policies_dir / policy_id)
    except OSError as error:
        raise DomainError(409, "cannot_copy", f"the checkpoint cannot be copied: {error}") from error
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return PolicyFiles(**{**vars(files), "folder": policies_dir / policy_id})


def read_policy(folder: Path, step: int) -> PolicyFiles:
    """Return what the files of a policy say."""
    manifest = json.loads((folder / MANIFEST).read_text())
    with (folder / WEIGHTS).open("rb") as file:
        weights = hashlib.file_digest(file, "sha256").hexdigest()
    return PolicyFiles(
        folder=folder,
        type=json.loads((folder / CONFIG).read_text())["type"],
        step=step,
        size_bytes=sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and p.name != CARD),
        weights_sha256=weights,
        layout_hash=layout_hash(manifest["state_names"], manifest["action_names"]),
        stats_hash=_digest(list(folder.glob("policy_*processor_step_*normalizer_processor.safetensors"))),
        manifest=manifest,
    )
