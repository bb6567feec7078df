"""What LeRobot's format has no place for: where each episode comes from, and a hash over everything."""

import hashlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from backend.files import write_atomically
from backend.recording.export.rows import MODES, Rows
from backend.recording.quality import load_quality
from backend.recording.reader import EpisodeReader

EPISODES = "meta/bunraku_episodes.jsonl"
DATASET = "meta/bunraku.json"


def write_sidecar(
    root: Path, fps: int, readers: list[EpisodeReader], episodes: list[Rows], codes: dict[str, int]
) -> str:
    """Write both files and return the content hash of the dataset, which covers every other file."""
    lines = [
        _episode(i, reader, rows) for i, (reader, rows) in enumerate(zip(readers, episodes, strict=True))
    ]
    write_atomically(root / EPISODES, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    digest = content_hash(root)
    dataset = {
        "content_hash": digest,
        "fps": fps,
        "modes": list(MODES),
        "drivers": sorted(codes, key=codes.__getitem__),
        "controllers": sorted({reader.manifest.controller for reader in readers}),
        "versions": {name: version(name) for name in ("lerobot", "av", "mcap")},
    }
    write_atomically(root / DATASET, msgspec.json.format(msgspec.json.encode(dataset), indent=1))
    return digest


def _episode(index: int, reader: EpisodeReader, rows: Rows) -> dict[str, Any]:
    manifest = reader.manifest
    quality = load_quality(reader.folder)
    return {
        "episode_index": index,
        "id": manifest.id,
        "task": manifest.task,
        "task_name": manifest.task_name,
        "instruction": manifest.instruction,
        "operator": manifest.operator,
        "controller": manifest.controller,
        "recovered": manifest.recovered,
        "started_wall_ns": manifest.started_wall_ns,
        "started_t_ns": manifest.started_t_ns,
        "first_row_t_ns": int(rows.t_ns[0]),
        "rows": len(rows.t_ns),
        "dropped": manifest.dropped,
        "events": [msgspec.to_builtins(event) for event in manifest.events],
        "quality": None if quality is None else quality.score,
        "recorded_with": manifest.versions,
    }


def content_hash(root: Path) -> str:
    """Return the SHA-256 over names and contents of all files but the one that stores it."""
    total = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        if name == DATASET:
            continue
        with path.open("rb") as file:
            total.update(f"{name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()
