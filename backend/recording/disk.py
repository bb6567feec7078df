"""What the recorder asks of the disk, and how it still closes cleanly when the disk is full."""

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class DiskLimits:
    """Free space below which a take is refused or ended [bytes]; about 2 MB are written per second."""

    start_bytes: int = 1 << 30
    """A take does not start below this: about 8 minutes."""
    stop_bytes: int = 256 << 20
    """A running take is closed below this."""
    ballast_bytes: int = 8 << 20
    """Kept beside an open take and given up when the disk is full, to write indices and footers."""


def free_bytes(folder: Path) -> int:
    """Return what an unprivileged process may still write where `folder` is [bytes]."""
    return shutil.disk_usage(folder).free


class Ballast:
    """Space that an open episode holds in reserve for its own closing."""

    def __init__(self, path: Path, size_bytes: int) -> None:
        self._path = path
        self.released = False
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size_bytes)

    def release(self) -> bool:
        """Give the space back; False when that was done before."""
        first = not self.released
        self.released = True
        self._path.unlink(missing_ok=True)
        return first


class DurableFile:
    """A file whose writes are whole: on a full disk it takes the ballast and goes on.

    Whoever owns the ballast looks at `released` and closes the episode; nothing in the file is torn.
    """

    def __init__(self, path: Path, ballast: Ballast) -> None:
        self._file = path.open("wb", buffering=0)
        self._ballast = ballast
        self.bytes_written = 0

    def write(self, data: bytes) -> int:
        """Write all of `data`; raises OSError when even the ballast does not help."""
        view = memoryview(data)
        while view:
            try:
                written = self._file.write(view)
            except OSError as error:
                if error.errno in FULL and self._ballast.release():
                    continue
                raise
            self.bytes_written += written
            view = view[written:]
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the write position, as muxers do to fill in sizes."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the write position [bytes]."""
        return self._file.tell()

    def flush(self) -> None:
        """Nothing is buffered; muxers call this."""

    def sync(self) -> None:
        """Wait until the disk has it."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        self._file.close()
