"""The policy server that the app runs for a policy of its own registry."""

import asyncio
import contextlib
import secrets
import sys
from pathlib import Path

import structlog

from backend.services.errors import DomainError
from backend.settings import ROOT

log = structlog.get_logger()

LOADING_S = 300.0
"""Importing torch and loading a large policy takes minutes on a slow disk."""
GRACE_S = 5.0
SERVING = "serving "


class LocalPolicyServer:
    """At most one child process, loaded with one policy; it stays loaded until another is asked for."""

    def __init__(self, run_dir: Path) -> None:
        self._token_file = run_dir / "policy.token"
        self._process: asyncio.subprocess.Process | None = None
        self._drain: asyncio.Task[None] | None = None
        self._folder = Path()
        self._url = ""
        self._token = ""

    async def serve(self, folder: Path) -> tuple[str, str]:
        """Return address and token of a server that has loaded `folder`, starting it when needed.

        Raises:
            DomainError: 409, the policy was refused or the server died; says what it said.
        """
        if self._process is not None and self._process.returncode is None and self._folder == folder:
            return self._url, self._token
        await self.stop()
        self._token = secrets.token_urlsafe(32)
        self._token_file.parent.mkdir(parents=True, exist_ok=True)
        self._token_file.unlink(missing_ok=True)
        self._token_file.touch(mode=0o600)
        self._token_file.write_text(self._token)
        # In our process group, so that the supervisor ends it with us, whatever we die of.
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "trainer.policy_server",
            "--checkpoint", str(folder), "--port", "0", "--token-file", str(self._token_file),
            cwd=ROOT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            async with asyncio.timeout(LOADING_S):
                self._url = await self._loaded(process)
        except TimeoutError as error:
            await self.stop()
            raise DomainError(409, "policy_slow", f"the policy was not loaded in {LOADING_S:g} s") from error
        except BaseException:
            await self.stop()
            raise
        self._folder = folder
        self._drain = asyncio.create_task(self._echo(process))
        return self._url, self._token

    async def stop(self) -> None:
        """End the server, if there is one."""
        process, self._process = self._process, None
        if self._drain is not None:
            self._drain.cancel()
            self._drain = None
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), GRACE_S)
            except TimeoutError:
                process.kill()

    async def _loaded(self, process: asyncio.subprocess.Process) -> str:
        """Read its output until it says where it serves."""
        last = ""
        async for line in process.stdout:
            text = line.decode(errors="replace").strip()
            if text.startswith(SERVING):
                return text.rpartition(" ")[2]
            last = text or last
        raise DomainError(409, "policy_refused", last or "the policy server ended without a word")

    async def _echo(self, process: asyncio.subprocess.Process) -> None:
        """Pass on what it says, or its pipe would fill up."""
        async for line in process.stdout:
            log.info("policy server", line=line.decode(errors="replace").rstrip())
