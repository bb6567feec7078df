"""`python -m trainer.evaluation`: it goes on where it was, and claims nothing that is not there."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from backend.evaluation.folder import read_trials
from backend.evaluation.plan import Contestant, Plan
from backend.evaluation.trial import Score, TrialResult
from backend.settings import Settings
from trainer.evaluation import __main__ as program
from trainer.evaluation.ledger import Ledger, OtherPlan

PLAN = Plan(task="pick_place", policies=(Contestant(name="hold", kind="hold"),), trials=3, videos=False)


def command(config: Settings, out: Path, *more: str) -> subprocess.Popen:
    arguments = [sys.executable, "-m", "tests.evaluation.brief", "--task", "pick_place", "--no-videos"]
    return subprocess.Popen(
        [*arguments, "--baseline", "hold", "--out", str(out), *more],
        env={**os.environ, "BUNRAKU_DATA_DIR": str(config.data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result(number: int, **more: object) -> TrialResult:
    return TrialResult(number=number, condition=number, label="A", scores=(Score.FAIL,) * 4, **more)


def test_killed_in_the_middle_it_goes_on_and_repeats_nothing(config: Settings, tmp_path: Path):
    out = tmp_path / "out"
    run = command(config, out, "--trials", "3")
    while run.poll() is None and not read_trials(out)[0]:
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=60)
    before, _ = read_trials(out)
    assert before, "killed after its first trial"
    assert len(before) < 3, "killed before its last"
    with (out / "trials.jsonl").open("ab") as file:
        file.write(b'{"number": 2, "condi')

    again = command(config, out, "--trials", "3", "--events", str(tmp_path / "events.jsonl"))
    printed, errors = again.communicate(timeout=120)
    assert again.returncode == 0, errors
    after, _ = read_trials(out)
    assert [trial.number for trial in after] == [0, 1, 2]
    assert after[: len(before)] == before, "what was done is not done again"
    episodes = {path.name for path in (out / "episodes").iterdir()}
    assert episodes == {trial.episode for trial in after}
    assert not list((out / "working").iterdir())
    assert "| hold | 0/3 | 0/3 | 0/3 | 0/3 | **0/3** |" in printed
    assert (out / "report.md").read_text() in printed
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert [event["progress"] for event in events if event["kind"] == "progress"][-1] == 1.0


def test_the_ledger_forgets_what_was_never_finished(tmp_path: Path):
    ledger = Ledger(tmp_path, PLAN)
    (tmp_path / "episodes" / "counted").mkdir()
    (tmp_path / "episodes" / "orphan").mkdir()
    ledger.add(result(0, episode="counted"))
    with (tmp_path / "trials.jsonl").open("ab") as file:
        file.write(msgspec.json.encode(result(1))[:-3])
    opened = Ledger(tmp_path, PLAN)
    assert opened.results == [result(0, episode="counted")]
    assert [path.name for path in (tmp_path / "episodes").iterdir()] == ["counted"]
    opened.add(result(1))
    assert [trial.number for trial in Ledger(tmp_path, PLAN).results] == [0, 1]


def test_a_folder_holds_one_evaluation(tmp_path: Path):
    Ledger(tmp_path, PLAN)
    with pytest.raises(OtherPlan, match="level 0"):
        Ledger(tmp_path, msgspec.structs.replace(PLAN, level=2))
    with pytest.raises(OtherPlan, match="allowed: as many, or more"):
        Ledger(tmp_path, msgspec.structs.replace(PLAN, trials=2))
    assert not Ledger(tmp_path, msgspec.structs.replace(PLAN, trials=5)).results


@pytest.mark.parametrize(
    "bad",
    [
        ("--level", "9"),
        ("--trials", "0"),
        ("--latency-ms", "-1"),
        ("--policy", "/nowhere"),
        ("--seed", "x"),
        (),
    ],
)
def test_bad_arguments_are_refused(
    bad: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(sys, "argv", ["evaluation", "--task", "pick_place", "--out", str(tmp_path), *bad])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert any(words in said for words in ("allowed", "choose from", "give that of", "invalid int value"))
