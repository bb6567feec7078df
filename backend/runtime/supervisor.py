"""Starts every process, restarts what crashes, and leaves nothing behind."""

import asyncio
import signal
import sys

from backend.core import clock
from backend.runtime.child import Child
from backend.runtime.processes import MIGRATION, ProcessSpec, processes_of
from backend.settings import Settings

FIRST_DELAY_S = 0.1
MAX_DELAY_S = 5.0
HEALTHY_NS = 10_000_000_000
"""A process that lived this long gets the short delay again."""
GRACE_S = 4.0
"""From SIGTERM to SIGKILL."""


class Supervisor:
    """Owns the life of every process of the app."""

    def __init__(self, settings: Settings, processes: tuple[ProcessSpec, ...] | None = None) -> None:
        processes = processes or processes_of(settings.robot)
        self._settings = settings
        self._processes = processes
        self._children: dict[str, Child] = {}
        self._stopping = asyncio.Event()
        self._host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
        self._url = f"http://{self._host}:{settings.port}"
        self._width = max(len(spec.name) for spec in processes)

    async def run(self) -> int:
        """Run the app until SIGINT, SIGTERM or SIGHUP; return the exit code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)
        tasks = self._begin("at once")
        migrated = await self._migrate()
        if migrated:
            tasks += self._begin("migrated")
            if await self._page_answers():
                tasks += self._begin("page answers")
                print(f"Bunraku is ready: {self._url}", flush=True)
            await self._stopping.wait()
        self._stopping.set()
        await self._stop()
        await asyncio.gather(*tasks)
        return 0 if migrated else 1

    def _begin(self, moment: str) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self._keep(spec)) for spec in self._processes if spec.starts == moment]

    def _on_signal(self) -> None:
        if self._stopping.is_set():
            self._signal(signal.SIGKILL)  # Asked twice: the person does not want to wait.
        self._stopping.set()

    def _signal(self, number: signal.Signals) -> None:
        for child in tuple(self._children.values()):
            child.signal(number)

    async def _stop(self) -> None:
        self._signal(signal.SIGTERM)
        for _ in range(int(GRACE_S / 0.05)):
            if not self._children:
                return
            await asyncio.sleep(0.05)
        self._say("supervisor", f"killing {', '.join(self._children)}: no end within {GRACE_S:g} s")
        self._signal(signal.SIGKILL)

    async def _run_once(self, spec: ProcessSpec) -> tuple[int, str]:
        child = await Child.start(spec)
        self._children[spec.name] = child
        if self._stopping.is_set():
            child.signal(signal.SIGTERM)  # The stop came while it was being started.
        try:
            return await child.run(lambda line: self._say(spec.name, line)), child.last_line
        finally:
            del self._children[spec.name]

    async def _keep(self, spec: ProcessSpec) -> None:
        """Run `spec` again and again until the app stops."""
        delay_s = FIRST_DELAY_S
        while not self._stopping.is_set():
            started_ns = clock.now_ns()
            code, _ = await self._run_once(spec)
            if self._stopping.is_set():
                return
            if clock.now_ns() - started_ns > HEALTHY_NS:
                delay_s = FIRST_DELAY_S
            why = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            self._say("supervisor", f"{spec.name} ended ({why}); starting it again in {delay_s:g} s")
            await self._pause(delay_s)
            delay_s = min(2 * delay_s, MAX_DELAY_S)

    async def _pause(self, delay_s: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), delay_s)
        except TimeoutError:
            return

    async def _migrate(self) -> bool:
        code, last_line = await self._run_once(MIGRATION)
        if code and not self._stopping.is_set():
            self._say("supervisor", f"the database could not be brought up to date: {last_line}")
            self._say("supervisor", "check DATABASE_URL and that the database is running, then start again")
        return code == 0

    async def _page_answers(self) -> bool:
        """Wait until the api answers; False when the app is stopped before."""
        while not self._stopping.is_set():
            if await _answers(self._host, self._settings.port):
                return True
            await self._pause(0.1)
        return False

    def _say(self, name: str, line: str) -> None:
        print(f"{name:>{self._width}} | {line}", file=sys.stderr, flush=True)


async def _answers(host: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(f"GET /healthz HTTP/1.0\r\nHost: {host}:{port}\r\n\r\n".encode())
            return b" 200 " in await asyncio.wait_for(reader.readline(), 5.0)
        finally:
            writer.close()
    except (OSError, TimeoutError):
        return False
