"""What must hold before any process starts; each failure says what to do about it."""

import fcntl
import os
import socket
from pathlib import Path
from typing import IO

from backend.settings import Settings

MAX_RUN_DIR_BYTES = 75
"""A local socket's path holds 107 bytes, and the longest name under the run directory takes about 30."""


class PreflightError(Exception):
    """The app cannot start here; the text says why and what to do."""


def check_data_dir(settings: Settings) -> None:
    """Create the data directory; raises PreflightError unless files can be written there."""
    folder = settings.data_dir.absolute()
    try:
        settings.run_dir.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-test-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PreflightError(
            f"cannot write to the data directory {folder}: {error.strerror}. "
            "Make it writable or choose another one with BUNRAKU_DATA_DIR."
        ) from error
    if len(os.fsencode(settings.run_dir.absolute())) > MAX_RUN_DIR_BYTES:
        raise PreflightError(
            f"the path of the data directory is too long for local sockets: {folder}. "
            f"Choose one of at most {MAX_RUN_DIR_BYTES - 4} bytes with BUNRAKU_DATA_DIR."
        )


def lock_data_dir(settings: Settings) -> IO[str]:
    """Claim the data directory for as long as the returned file stays open.

    Raises:
        PreflightError: another instance has claimed it.
    """
    path: Path = settings.data_dir / "bunraku.lock"
    lock = open(path, "a+")  # noqa: SIM115 (its life is the claim)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        raise PreflightError(
            f"Bunraku is already running on {settings.data_dir.absolute()} (process {owner}). "
            "Stop it, or choose another data directory with BUNRAKU_DATA_DIR."
        ) from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def check_port(settings: Settings) -> None:
    """Raise PreflightError unless the api can listen on its address."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise PreflightError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
            f"Choose another port: BUNRAKU_PORT={settings.port % 65000 + 10} make run"
        ) from error
