"""The light copies of the robot's meshes, made once."""

import threading
from functools import cached_property
from pathlib import Path

from backend.core.contracts.robot import RobotSpec
from backend.runtime.meshes import decimated_mesh_dir


class MeshStore:
    """Finds a mesh by its file name. The first call may take seconds; later ones are a look-up."""

    def __init__(self, spec: RobotSpec, cache_dir: Path) -> None:
        self._spec = spec
        self._cache_dir = cache_dir
        self._lock = threading.Lock()

    @cached_property
    def _files(self) -> dict[str, Path]:
        return {path.name: path for path in decimated_mesh_dir(self._spec, self._cache_dir).iterdir()}

    def path(self, name: str) -> Path | None:
        """Return the file, or None when the robot has no mesh of this name."""
        with self._lock:
            return self._files.get(name)
