"""The processes of the app, in the order in which they are started."""

from dataclasses import dataclass, field, replace
from typing import Literal

from backend.catalog import ROBOT_SIDES
from backend.settings import Settings


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

RIG = ProcessSpec("rig", "backend.runtime.rig", "page answers")
"""Runs besides the others when the settings name worn devices."""

MIGRATION = ProcessSpec("migrate", "backend.db.migrate")
"""Runs to its end once, when the app starts."""


def processes_of(settings: Settings) -> tuple[ProcessSpec, ...]:
    """Return the processes that these settings ask for: `world` is whatever runs the robot's side."""
    side = ROBOT_SIDES[settings.robot]
    processes = tuple(replace(spec, module=side) if spec.name == WORLD else spec for spec in PROCESSES)
    return (*processes, RIG) if settings.rig_devices else processes
