"""What a job has produced so far, read from its run directory through its runner."""

import json
from pathlib import Path
from typing import Any

from backend.core.contracts.job import Artifact, Runner
from backend.services.errors import DomainError
from backend.services.job_events import curves


def metrics(runner: Runner, folder: Path, points: int) -> dict[str, dict[str, list[float]]]:
    """Return the curves of a job, thinned to about `points` points each."""
    lines = b""
    while part := runner.events(folder, len(lines)).data:
        lines += part
    return curves(lines, points)


def checkpoints(runner: Runner, folder: Path) -> list[Artifact]:
    """Return the complete checkpoints, oldest first."""
    return [item for item in runner.artifacts(folder) if item.kind == "checkpoint"]


def open_loop(runner: Runner, folder: Path) -> list[dict[str, Any]]:
    """Return the results on held-out episodes, oldest first."""
    return [
        json.loads(Path(item.path).read_bytes())
        for item in runner.artifacts(folder)
        if item.kind == "open_loop"
    ]


def checkpoint_at(runner: Runner, folder: Path, step: int) -> Path:
    """Return the folder of one checkpoint; DomainError 404 that lists the steps there are."""
    found = {int(item.name): Path(item.path) for item in checkpoints(runner, folder)}
    if step not in found:
        there = ", ".join(map(str, sorted(found))) or "none yet"
        raise DomainError(404, "no_checkpoint", f"there is no checkpoint of step {step}; there are: {there}")
    return found[step]


def open_loop_at(runner: Runner, folder: Path, step: int) -> dict[str, Any] | None:
    """Return the result of one checkpoint on held-out episodes, without its traces."""
    for result in open_loop(runner, folder):
        if result["step"] == step:
            return {name: value for name, value in result.items() if name != "traces"}
    return None
