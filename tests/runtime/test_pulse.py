"""The health check of the containers."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from tests.support.app import ROOT


def ask(data_dir: Path, name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "backend.runtime.pulse", name],
        cwd=ROOT,
        env={**os.environ, "BUNRAKU_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_process_that_beats_is_alive_and_another_is_not(data_dir: Path, bus: Bus):
    heart, stop = Heart(bus, "video"), threading.Event()

    def beat() -> None:
        while not stop.is_set():
            heart.beat(state="camera head: no picture")
            time.sleep(0.05)

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        alive, silent = ask(data_dir, "video"), ask(data_dir, "world")
    finally:
        stop.set()
        thread.join()
        heart.close()
    assert alive.returncode == 0, alive.stderr
    assert "camera head" in alive.stdout
    assert silent.returncode == 1
    assert "world: no heartbeat" in silent.stderr
