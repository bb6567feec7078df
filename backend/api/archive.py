"""A folder as a zip file, streamed: nothing is written to disk, memory stays flat."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

CHUNK = 1 << 20


class _Tail:
    """A write-only file that hands over what was written since the last call."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered."""

    def take(self) -> bytes:
        data = b"".join(self._written)
        self._written.clear()
        return data


def zip_stream(folder: Path) -> Iterator[bytes]:
    """Yield the bytes of a zip of `folder`, stored without compression: video and parquet are packed."""
    tail = _Tail()
    with zipfile.ZipFile(tail, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo.from_file(path, str(Path(folder.name) / path.relative_to(folder)))
            with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as target:
                while data := source.read(CHUNK):
                    target.write(data)
                    yield tail.take()
    yield tail.take()
