"""`python -m trainer.demos`: what it leaves behind, what it reports, and that it goes on where it was."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from backend.recording.manifest import load_manifest
from backend.settings import Settings
from trainer.demos.__main__ import parser


def command(config: Settings, out: Path, *more: str) -> subprocess.Popen:
    arguments = [sys.executable, "-m", "trainer.demos", "--task", "pick_place", "--out", str(out), *more]
    environment = {**os.environ, "BUNRAKU_DATA_DIR": str(config.data_dir)}
    return subprocess.Popen(
        arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_run_is_recorded_reported_and_not_repeated(config: Settings, tmp_path: Path):
    out, events = tmp_path / "episodes", tmp_path / "events.jsonl"
    more = ("--episodes", "1", "--seed", "1", "--no-cameras", "--events", str(events))
    run = command(config, out, *more)
    printed, errors = run.communicate(timeout=150)
    assert run.returncode == 0, errors
    (folder,) = out.iterdir()
    assert load_manifest(folder).outcome.seed == 1
    summary = json.loads(printed.splitlines()[-1])
    assert (summary["takes"], summary["successes"]) == (1, 1)
    assert summary["demos_per_hour"] > 0
    lines = [json.loads(line) for line in events.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["progress", "metric", "done"]
    assert lines[0]["progress"] == 1.0
    assert {path.name for path in tmp_path.iterdir()} <= {"episodes", "events.jsonl", ".episodes.demos"}
    assert not list((tmp_path / ".episodes.demos").iterdir())

    again = command(config, out, *more)
    printed, errors = again.communicate(timeout=150)
    assert again.returncode == 0, errors
    assert json.loads(printed.splitlines()[-1])["takes"] == 0
    assert [path.name for path in out.iterdir()] == [folder.name]


def test_a_stopped_run_finishes_its_take_and_says_so(config: Settings, tmp_path: Path):
    out = tmp_path / "episodes"
    run = command(config, out, "--episodes", "500", "--seed", "1", "--no-cameras")
    working = tmp_path / ".episodes.demos" / str(run.pid)
    while run.poll() is None and not (working.exists() and list(working.iterdir())):
        time.sleep(0.05)
    run.send_signal(signal.SIGTERM)
    _, errors = run.communicate(timeout=150)
    assert run.returncode == 3, errors
    assert 1 <= len(list(out.iterdir())) <= 3
    assert {load_manifest(folder).state for folder in out.iterdir()} == {"saved"}


@pytest.mark.parametrize("bad", [("--level", "9"), ("--episodes", "0"), ("--workers", "-1"), ("--task", "x")])
def test_bad_arguments_are_refused(capsys: pytest.CaptureFixture, bad: tuple[str, str]):
    with pytest.raises(SystemExit) as refused:
        parser().parse_args(["--task", "pick_place", "--out", "somewhere", *bad])
    assert refused.value.code == 2
    errors = capsys.readouterr().err
    assert "allowed" in errors or "choose from" in errors
