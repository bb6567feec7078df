"""One take of a headless run, written as the recorder writes a live one."""

import shutil
import uuid
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from backend.core import clock
from backend.core.contracts.record import to_json
from backend.core.contracts.recording import EpisodeManifest, EpisodeOutcome
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.task import Task
from backend.core.contracts.video import EncodedFrame
from backend.recording import quality
from backend.recording.disk import DiskLimits
from backend.recording.episode_files import EpisodeFiles
from backend.recording.manifest import FORMAT, write_atomically
from backend.recording.reader import EpisodeReader

BALLAST_BYTES = 1 << 20


class Take:
    """Writes at once, without a queue: simulated time waits for the disk, so nothing can be lost.

    The folder is made beside its place and moved there when it is complete, so that neither the library
    nor a recorder that starts meanwhile takes it for a torn one.
    """

    def __init__(
        self,
        working_dir: Path,
        task: Task,
        spec: RobotSpec,
        controller: str,
        operator: str,
        started_t_ns: int,
        instruction: str = "",
    ) -> None:
        """Open a take; `instruction` is the task's first one unless given. Raises OSError."""
        self.id = str(uuid.uuid4())
        manifest = EpisodeManifest(
            format=FORMAT,
            id=self.id,
            state="recording",
            task=task.name,
            task_name=task.title,
            instruction=instruction or task.instructions[0],
            operator=operator,
            robot=spec.name,
            controller=controller,
            started_wall_ns=clock.wall_ns(),
            started_t_ns=started_t_ns,
            versions={name: version(name) for name in ("mcap", "av", "mujoco")},
        )
        limits = DiskLimits(ballast_bytes=BALLAST_BYTES)
        self._files = EpisodeFiles(working_dir / self.id, manifest, spec, limits)

    def write(self, record: Any, payload: bytes = b"") -> None:
        """Append a record and, for an `EncodedFrame`, its bitstream; raises OSError."""
        lost = self._files.write(record, payload)
        if lost and isinstance(record, EncodedFrame):
            raise OSError(f"camera {record.camera}: picture {record.seq} could not be recorded")

    def save(self, episodes_dir: Path, ended_t_ns: int, outcome: EpisodeOutcome) -> Path:
        """Complete the take, check its quality and move it to `episodes_dir`; return its folder."""
        files = self._files
        files.close(ended_t_ns)
        files.manifest.update(state="saved", outcome=outcome)
        report = quality.check(EpisodeReader(files.folder))
        write_atomically(files.folder / quality.NAME, msgspec.json.format(to_json(report), indent=1))
        return files.folder.rename(episodes_dir / self.id)

    def abandon(self) -> None:
        """Close the files and delete them."""
        try:
            self._files.close(0)
        finally:
            shutil.rmtree(self._files.folder, ignore_errors=True)
