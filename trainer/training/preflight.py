"""What is looked at before a training starts; nothing here imports torch."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec

from backend.core.contracts.job import Finding, JobSpec
from backend.recording.export.sidecar import content_hash
from trainer.training.params import TrainParams


def check(spec: JobSpec) -> list[Finding]:
    """Return every finding about a training job, the most basic first."""
    assert spec.dataset is not None
    params = msgspec.convert(spec.params, TrainParams)
    root = Path(spec.dataset.folder)
    findings = [_dataset(root, spec.dataset.content_hash)]
    if findings[0].severity == "fail":
        return findings
    info = json.loads((root / "meta" / "info.json").read_text())
    findings += [*_cameras(info, params)]
    findings += [_disk(root, spec)]
    return findings


def _dataset(root: Path, wanted: str) -> Finding:
    if not (root / "meta" / "info.json").is_file():
        return _fail("dataset", f"{root} is not there any more; build the version again")
    if content_hash(root) != wanted:
        return _fail(
            "dataset", f"{root} is not what was verified: its files were changed since; build a new version"
        )
    return Finding(check="dataset", severity="ok", text="the version on disk is the one that was verified")


def _cameras(info: dict[str, Any], params: TrainParams) -> list[Finding]:
    there = [
        key.removeprefix("observation.images.")
        for key, value in info["features"].items()
        if value["dtype"] == "video"
    ]
    missing = [name for name in params.cameras if name not in there]
    if missing:
        return [
            _fail("cameras", f"the dataset has no camera {', '.join(missing)}; it has {', '.join(there)}")
        ]
    return [Finding(check="cameras", severity="ok", text=f"sees {', '.join(params.cameras or there)}")]


def _disk(root: Path, spec: JobSpec) -> Finding:
    free = shutil.disk_usage(root).free
    return Finding(check="disk", severity="ok", text=f"{free / 1e9:.1f} GB free")


def _fail(check: str, text: str) -> Finding:
    return Finding(check=check, severity="fail", text=text)
