"""Derived files that are built once, by whichever process needs them first, and shared by all."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path


def content_key(parts: Iterable[str | bytes | Path]) -> str:
    """Return a short hash of texts, bytes and the contents of files, in the order given."""
    digest = blake2b(digest_size=10)
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes()
        elif isinstance(part, str):
            part = part.encode()
        digest.update(len(part).to_bytes(8, "little"))
        digest.update(part)
    return digest.hexdigest()


def build_once(path: Path, build: Callable[[Path], None]) -> Path:
    """Return `path`, calling `build(temporary)` first when it does not exist.

    `build` writes a file or folder at the temporary path it is given. Processes that start together wait
    for the one that builds; a build that dies leaves nothing behind under `path`.
    """
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path.parent / f".{path.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            return path
        scratch = Path(tempfile.mkdtemp(dir=path.parent, prefix=".building-"))
        try:
            build(scratch / path.name)
            os.replace(scratch / path.name, path)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return path
