"""The whole app on a free port and in a directory of its own, for tests and benchmarks."""

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from backend.runtime.bus import Bus
from backend.runtime.processes import PROCESSES
from backend.runtime.realtime import THREAD_CAPS

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(tempfile.gettempdir()) / f"bunraku-test-cache-{os.getuid()}"
"""Compiled scenes and simplified meshes, shared by all runs; entries are named by their content."""
MODULES = {spec.module: spec.name for spec in PROCESSES}


def free_port() -> int:
    """Return a TCP port of the loopback interface that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def temporary_data_dir() -> Iterator[Path]:
    """Give a data directory with a short path (local sockets need one) and the shared cache."""
    folder = Path(tempfile.mkdtemp(prefix="bunraku-"))
    CACHE.mkdir(exist_ok=True)
    (folder / "cache").symlink_to(CACHE)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class App:
    """A running app."""

    process: subprocess.Popen[str]
    port: int
    data_dir: Path

    @property
    def url(self) -> str:
        """Address of the page."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def bus(self) -> Bus:
        """The app's bus."""
        return Bus(self.data_dir / "run")

    @property
    def log(self) -> str:
        """Everything the app has written to stderr."""
        return (self.data_dir / "app.log").read_text()

    def pids(self) -> dict[str, int]:
        """Return the process id of every running process by its name."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                name = MODULES.get(child.cmdline()[-1]) if child.cmdline() else None
                if name:
                    found[name] = child.pid
        return found

    def wait_ready(self, timeout_s: float) -> None:
        """Wait for the line with the URL; raises RuntimeError with the log when it does not come."""
        assert self.process.stdout is not None
        deadline_s = time.monotonic() + timeout_s
        while (left_s := deadline_s - time.monotonic()) > 0:
            if select.select([self.process.stdout], [], [], left_s)[0]:
                line = self.process.stdout.readline()
                if self.url in line:
                    return
                if not line:
                    break
        raise RuntimeError(f"the app is not ready after {timeout_s:g} s:\n{self.log}")


@contextlib.contextmanager
def module_process(
    module: str, data_dir: Path, *arguments: str, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one process of the app by itself; `settings` are environment variables."""
    environment = {**os.environ, **THREAD_CAPS, "BUNRAKU_DATA_DIR": str(data_dir), **settings}
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def started_app(data_dir: Path, **settings: str) -> Iterator[App]:
    """Start the app without waiting for it; `settings` are environment variables."""
    port = free_port()
    environment = {**os.environ, "BUNRAKU_DATA_DIR": str(data_dir), "BUNRAKU_PORT": str(port), **settings}
    with open(data_dir / "app.log", "a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "backend"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    try:
        yield App(process, port, data_dir)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        process.stdout.close()


@contextlib.contextmanager
def running_app(data_dir: Path | None = None, timeout_s: float = 300.0, **settings: str) -> Iterator[App]:
    """Run the whole app and give it when its page answers.

    Args:
        data_dir: Where it keeps its files; a temporary directory when not given.
        timeout_s: How long the start may take; the first one on a machine simplifies meshes.
        **settings: Environment variables, such as `BUNRAKU_HEAD_CAMERA="320x240@15"`.
    """
    with contextlib.ExitStack() as stack:
        folder = data_dir or stack.enter_context(temporary_data_dir())
        app = stack.enter_context(started_app(folder, **settings))
        app.wait_ready(timeout_s)
        yield app
