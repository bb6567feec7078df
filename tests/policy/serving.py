"""A real policy server that needs no checkpoint."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from backend.runtime.realtime import THREAD_CAPS
from tests.support.app import ROOT

TOKEN = "correct-horse-battery"


@contextlib.contextmanager
def policy_server(folder: Path) -> Iterator[tuple[subprocess.Popen, str]]:
    """Run a real policy server that holds the pose, and give its process and address."""
    (folder / "token").write_text(TOKEN)
    command = [sys.executable, "-m", "trainer.policy_server", "--policy", "hold", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--token-file", str(folder / "token")],
        cwd=ROOT,
        env={**os.environ, **THREAD_CAPS},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = next(line for line in process.stdout if line.startswith("serving "))
        yield process, line.split()[-1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
