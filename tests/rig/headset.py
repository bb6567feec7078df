"""The emulator of a headset with five trackers as a process of its own."""

import os
import subprocess
import sys

from backend.core.contracts.rig import Role
from backend.runtime.realtime import THREAD_CAPS
from tests.support.app import ROOT

OFFSET_S = -3.5
"""Of the headset's clock."""


class HeadsetEmulator:
    """A headset in a process of its own."""

    def __init__(self, port: int, serial: str = "PA9") -> None:
        command = [sys.executable, "-m", "devices.emulators.pico", "--port", str(port), "--serial", serial]
        self.process = subprocess.Popen(
            [*command, f"--clock-offset={OFFSET_S}", "--jitter", "0.002", "--rate", "40"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **THREAD_CAPS},
        )
        self.serials = {role: f"{serial}T{number}" for number, role in enumerate(Role, 1)}

    def tell(self, *lines: str) -> None:
        for line in lines:
            self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.process.stdin.close()
