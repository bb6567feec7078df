"""The emulator of MANUS gloves as a process of its own, and an adapter that listens to it."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from backend.core.contracts.rig import GloveState
from devices.inputs.manus.gloves import ManusGloves
from devices.inputs.manus.sample import GloveSample
from devices.inputs.manus.table import of_side

ROOT = Path(__file__).resolve().parents[2]
WAIT_S = 120.0


class Emulator:
    """Runs `python -m devices.emulators.manus`, tells it what to do and hears what it says."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "devices.emulators.manus", "--port", "0", "--rate-hz", "50", *arguments],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[dict] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.address = f"tcp://127.0.0.1:{self.hear('port')['port']}"
        except queue.Empty:
            self.stop(subprocess.Popen.kill)
            raise

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(json.loads(line))

    def tell(self, line: str) -> None:
        """Give a command and wait until it was obeyed."""
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        assert not self.hear("did")["error"]

    def hear(self, key: str, timeout_s: float = WAIT_S) -> dict:
        """Return the next line that has a key."""
        ends = time.monotonic() + timeout_s
        while True:
            line = self._lines.get(timeout=max(ends - time.monotonic(), 0.01))
            if key in line:
                return line

    def stop(self, by: Callable[[subprocess.Popen], None] = subprocess.Popen.terminate) -> None:
        by(self._process)
        self._process.wait(WAIT_S)
        for pipe in (self._process.stdin, self._process.stdout):
            pipe.close()


def until(gloves: ManusGloves, side: str, wanted: Callable[[GloveSample], bool]) -> GloveSample:
    """Poll until a side's glove is as wanted; what it was at last is in the failure."""
    ends = time.monotonic() + WAIT_S
    sample, trouble = None, ""
    while time.monotonic() < ends:
        sample, trouble = of_side(gloves.poll(), side)
        if sample is not None and wanted(sample):
            return sample
        time.sleep(0.01)
    raise AssertionError(f"after {WAIT_S:g} s the {side} glove is {sample} ({trouble})")


def until_state(gloves: ManusGloves, side: str, state: GloveState) -> GloveSample:
    return until(gloves, side, lambda sample: sample.state is state)
