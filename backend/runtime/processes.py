"""The processes of the app, in the order in which they are started."""

from dataclasses import dataclass, field, replace
from typing import Literal

from backend.catalog import ROBOT_SIDES


@dataclass(frozen=True)
class ProcessSpec:
    """One process: what it is called everywhere, its entry module and its extra environment."""

    name: str
    module: str
    starts: Literal["at once", "migrated", "page answers"] = "at once"
    """What it waits for when the app starts. Pictures take much of the machine, so they let the page come
    first."""
    environment: dict[str, str] = field(default_factory=dict)


WORLD = "world"

PROCESSES = (
    ProcessSpec(WORLD, "backend.runtime.world"),
    ProcessSpec("control", "backend.runtime.control"),
    ProcessSpec("recorder", "backend.recording.process"),
    ProcessSpec("rollout", "backend.runtime.rollout", "page answers"),
    ProcessSpec("api", "backend.api.process", "migrated"),
    # Viewers that come and go fragment glibc's arenas; two keep the memory bounded.
    ProcessSpec("video", "backend.video.process", "page answers", {"MALLOC_ARENA_MAX": "2"}),
    ProcessSpec("cameras", "backend.runtime.cameras", "page answers"),
)


def processes_of(robot: str) -> tuple[ProcessSpec, ...]:
    """Return the processes for a robot of the catalogue: `world` is whatever runs its side."""
    return tuple(
        replace(spec, module=ROBOT_SIDES[robot]) if spec.name == WORLD else spec for spec in PROCESSES
    )


MIGRATION = ProcessSpec("migrate", "backend.db.migrate")
"""Runs to its end once, when the app starts."""
