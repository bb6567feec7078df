"""The files of a run directory, as `backend.core.contracts.job` describes them."""

import json
import os
import time
from pathlib import Path

import msgspec

from backend.core.contracts.job import (
    EVENTS,
    LOG,
    SPEC,
    STATUS,
    STOP,
    Artifact,
    JobSpec,
    JobStatus,
    LogPart,
    StopRequest,
)
from backend.files import write_atomically

CHECKPOINTS = Path("train") / "checkpoints"
"""Where lerobot-train puts its checkpoints below the run directory."""
PRETRAINED = "pretrained_model"
OPEN_LOOP = "open_loop"
COMPLETE = "complete"
"""Empty file that the job puts into a checkpoint once all of it is on disk."""
MAX_EVENTS_BYTES = 8 << 20


def write(path: Path, value: msgspec.Struct) -> None:
    """Replace `path` by the JSON of `value`, so that a crash leaves the old or the new content."""
    write_atomically(path, msgspec.json.format(msgspec.json.encode(value), indent=1))


def _read[T: msgspec.Struct](path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error


class RunDir:
    """One run directory.

    Args:
        path: absolute folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def spec(self) -> JobSpec:
        """Return what the job was told; FileNotFoundError when this is no run directory."""
        spec = _read(self.path / SPEC, JobSpec)
        if spec is None:
            raise FileNotFoundError(f"{self.path} holds no {SPEC}")
        return spec

    def status(self) -> JobStatus | None:
        """Return what the job's supervisor wrote last; None before it wrote anything."""
        return _read(self.path / STATUS, JobStatus)

    def stop_request(self) -> StopRequest | None:
        """Return the request to stop, if there is one."""
        return _read(self.path / STOP, StopRequest)

    def request_stop(self, grace_s: float) -> None:
        """Ask the job to stop; an earlier request keeps its deadline."""
        if self.stop_request() is None:
            write(self.path / STOP, StopRequest(t_s=time.time(), grace_s=grace_s))

    def forget_last_run(self) -> None:
        """Make room for another start in the same directory; checkpoints, log and events stay."""
        for name in (STATUS, STOP):
            (self.path / name).unlink(missing_ok=True)

    def say(self, kind: str, **fields: object) -> None:
        """Append one event; a single write, so that lines of several processes never mix."""
        line = json.dumps({"t": time.time(), "kind": kind, **fields}) + "\n"
        target = os.open(self.path / EVENTS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(target, line.encode())
        finally:
            os.close(target)

    def log_tail(self, limit: int) -> str:
        """Return the last `limit` bytes of the log."""
        return self.log_part(-limit, limit).data.decode(errors="replace")

    def log_part(self, offset: int, limit: int) -> LogPart:
        """Return up to `limit` bytes of the log from `offset`; a negative offset counts from the end."""
        return _part(self.path / LOG, offset, limit)

    def event_lines(self, offset: int) -> LogPart:
        """Return the complete lines of the events from `offset`; a line that is being written waits."""
        part = _part(self.path / EVENTS, offset, MAX_EVENTS_BYTES)
        return msgspec.structs.replace(part, data=part.data[: part.data.rfind(b"\n") + 1])

    def artifacts(self) -> tuple[Artifact, ...]:
        """Return finished checkpoints and open-loop results, oldest first."""
        return (*self._checkpoints(), *self._results())

    def last_checkpoint(self) -> Path | None:
        """Return the folder of the newest complete checkpoint."""
        found = self._checkpoints()
        return Path(found[-1].path) if found else None

    def _checkpoints(self) -> list[Artifact]:
        root = self.path / CHECKPOINTS
        found = []
        for folder in sorted(root.glob("[0-9]*")) if root.is_dir() else []:
            # LeRobot writes the training state last, and its step first of all: half a checkpoint may
            # lie there after a SIGKILL. The job marks a complete one.
            marker = folder / COMPLETE
            if marker.is_file():
                size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
                found.append(
                    Artifact(
                        kind="checkpoint",
                        name=folder.name,
                        path=str(folder),
                        size_bytes=size,
                        t_s=marker.stat().st_mtime,
                    )
                )
        return found

    def _results(self) -> list[Artifact]:
        root = self.path / OPEN_LOOP
        return [
            Artifact(
                kind="open_loop",
                name=path.stem,
                path=str(path),
                size_bytes=path.stat().st_size,
                t_s=path.stat().st_mtime,
            )
            for path in (sorted(root.glob("[0-9]*.json")) if root.is_dir() else [])
        ]


def _part(path: Path, offset: int, limit: int) -> LogPart:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            start = max(0, size + offset) if offset < 0 else min(offset, size)
            file.seek(start)
            return LogPart(offset=start, data=file.read(limit), size=size)
    except FileNotFoundError:
        return LogPart(offset=0, data=b"", size=0)
