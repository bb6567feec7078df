"""The processes of the app, in the order in which they are started."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ProcessSpec:
    """One process: what it is called everywhere, its entry module and its extra environment."""

    name: str
    module: str
    environment: dict[str, str] = field(default_factory=dict)


PROCESSES = (
    ProcessSpec("world", "backend.runtime.world"),
    ProcessSpec("control", "backend.runtime.control"),
    ProcessSpec("cameras", "backend.runtime.cameras"),
    # Viewers that come and go fragment glibc's arenas; two keep the memory bounded.
    ProcessSpec("video", "backend.video.process", {"MALLOC_ARENA_MAX": "2"}),
    ProcessSpec("recorder", "backend.recording.process"),
    ProcessSpec("api", "backend.api.process"),
)

MIGRATION = ProcessSpec("migrate", "backend.db.migrate")
"""Runs to its end before the api starts."""
