"""A small dataset version, made by the project's own export from synthetic raw episodes."""

from pathlib import Path

from backend.recording.export.export import Exported, export
from tests.recording.conftest import record

EPISODES = 3
LENGTH_S = 1.5


def make_version(folder: Path) -> Exported:
    """Record `EPISODES` episodes of `LENGTH_S` and export them as version `lift-v1` in `folder`."""
    raw = []
    for i in range(EPISODES):
        raw.append(folder / "raw" / f"0b5c3f4e-0000-4000-8000-00000000000{i}")
        record(raw[-1], LENGTH_S, identity=raw[-1].name)
    return export(folder / "lift-v1", "lift", 30, raw, lambda share, text: None)
