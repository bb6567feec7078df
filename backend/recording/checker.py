"""Runs the quality checks of closed episodes, one after the other, out of the recorder's way."""

import queue
import subprocess
import sys
import threading
from pathlib import Path


class Checker:
    """Starts `python -m backend.recording.quality` on each folder, as a process that yields to all others."""

    def __init__(self) -> None:
        self._folders: queue.SimpleQueue[Path] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="checker", daemon=True).start()

    def check(self, folder: Path) -> None:
        """Queue a closed episode."""
        self._folders.put(folder)

    def _run(self) -> None:
        while True:
            folder = self._folders.get()
            subprocess.run([sys.executable, "-m", "backend.recording.quality", str(folder)], check=False)
