"""The supervisor: starts everything, refuses what cannot work, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from backend.runtime.processes import PROCESSES
from tests.support.app import ROOT, App, running_app, started_app, temporary_data_dir

# Starting everything takes long on a machine that is busy with other tests.
pytestmark = pytest.mark.timeout(600)

SMALL = {"BUNRAKU_HEAD_CAMERA": "160x120@5", "BUNRAKU_WRIST_CAMERAS": "160x120@5"}


def everything_of(data_dir: Path) -> list[psutil.Process]:
    """Return every process on this machine that works in `data_dir`."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("BUNRAKU_DATA_DIR") == str(data_dir) and process.pid != os.getpid():
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def wait_for_nothing(data_dir: Path, timeout_s: float) -> list[psutil.Process]:
    deadline_s = time.monotonic() + timeout_s
    while (left := everything_of(data_dir)) and time.monotonic() < deadline_s:
        time.sleep(0.1)
    return left


def start_another(app: App, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "BUNRAKU_DATA_DIR": str(app.data_dir),
        "BUNRAKU_PORT": str(app.port),
        **settings,
    }
    return subprocess.run(
        [sys.executable, "-m", "backend"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_start_stop_and_what_is_refused_meanwhile(data_dir: Path):
    with running_app(data_dir, **SMALL) as app:
        names = {spec.name for spec in PROCESSES}
        deadline_s = time.monotonic() + 60.0
        while set(app.pids()) != names and time.monotonic() < deadline_s:
            time.sleep(0.1)
        assert set(app.pids()) == names

        second = start_another(app)
        assert second.returncode == 1
        assert f"already running on {data_dir} (process {app.process.pid})" in second.stderr

        with temporary_data_dir() as another:
            elsewhere = start_another(app, BUNRAKU_DATA_DIR=str(another))
        assert elsewhere.returncode == 1
        assert f"port {app.port}" in elsewhere.stderr
        assert "BUNRAKU_PORT=" in elsewhere.stderr

        app.process.send_signal(signal.SIGINT)
        assert app.process.wait(15) == 0
    assert everything_of(data_dir) == []
    assert "Traceback" not in app.log, app.log

    # The same data directory can be used again at once; and a supervisor that is killed takes all along.
    with running_app(data_dir, **SMALL) as app:
        os.kill(app.process.pid, signal.SIGKILL)
        app.process.wait()
        assert wait_for_nothing(data_dir, 15.0) == []


def test_a_database_that_is_down_is_named(data_dir: Path):
    url = "postgresql://nobody:secret@127.0.0.1:1/none"
    with started_app(data_dir, DATABASE_URL=url, **SMALL) as app:
        assert app.process.wait(120) == 1
        assert "DATABASE_URL" in app.log
        assert "secret" not in app.log
    assert everything_of(data_dir) == []


@pytest.mark.parametrize(("name", "value"), [("BUNRAKU_PORT", "99999"), ("BUNRAKU_CONTROL_HZ", "fast")])
def test_a_setting_that_makes_no_sense_is_named(data_dir: Path, name: str, value: str):
    with started_app(data_dir, **{name: value}) as app:
        assert app.process.wait(60) == 1
    assert "cannot start" in app.log
    assert name.removeprefix("BUNRAKU_").lower() in app.log
