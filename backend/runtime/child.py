"""One supervised process: started in a group of its own, its output prefixed, its remains removed."""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable

from backend.runtime.processes import ProcessSpec
from backend.runtime.realtime import THREAD_CAPS
from backend.settings import ROOT

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def _die_with(parent_pid: int) -> Callable[[], None]:
    """Return what makes a forked child get SIGTERM when its supervisor dies, even by SIGKILL.

    It runs between fork and exec, which is safe because the supervisor has no other threads.
    """

    def set_up() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent_pid:
            os._exit(1)

    return set_up


class Child:
    """A running process of the app."""

    def __init__(self, spec: ProcessSpec, process: asyncio.subprocess.Process) -> None:
        self.spec = spec
        self.pid = process.pid
        self._process = process
        self.last_line = ""
        """Last line it printed: what it died of, when it died."""

    @classmethod
    async def start(cls, spec: ProcessSpec) -> "Child":
        """Start `spec` with this interpreter."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            spec.module,
            cwd=ROOT,
            env={**os.environ, **THREAD_CAPS, "PYTHONUNBUFFERED": "1", **spec.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            process_group=0,
            preexec_fn=_die_with(os.getpid()),
        )
        return cls(spec, process)

    async def run(self, echo: Callable[[str], None]) -> int:
        """Pass its output on, line by line, until it ends; return its exit code."""
        assert self._process.stdout is not None
        while line := await self._read_line(self._process.stdout):
            self.last_line = line.decode(errors="replace").rstrip() or self.last_line
            echo(line.decode(errors="replace").rstrip())
        code = await self._process.wait()
        self.signal(signal.SIGKILL)  # What it started itself must not outlive it.
        return code

    @staticmethod
    async def _read_line(stream: asyncio.StreamReader) -> bytes:
        try:
            return await stream.readline()
        except ValueError:  # A line longer than the stream's buffer, which is cleared.
            return b"(a very long line)\n"

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to the process and to everything it started."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return
