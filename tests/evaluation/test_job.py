"""The job kind: what it runs, and what it refuses to begin."""

from pathlib import Path

import msgspec
import pytest

from backend.core.contracts.job import JobSpec
from trainer.evaluation.__main__ import _parser, _plan
from trainer.jobs.evaluate import EvaluateJob

POLICY = "0b3bdb9e-5a2c-4a78-9d4e-0a6e0e1a3b11"


def spec(tmp_path: Path, **params: object) -> JobSpec:
    full = msgspec.to_builtins(msgspec.convert({"task": "pick_place", **params}, EvaluateJob.Params))
    return JobSpec(
        id="1",
        kind="evaluate",
        name="x",
        params=full,
        episodes_dir=str(tmp_path / "episodes"),
        policies_dir=str(tmp_path / "policies"),
    )


def failures(tmp_path: Path, **params: object) -> list[str]:
    found = EvaluateJob().check(spec(tmp_path, **params))
    return [finding.text for finding in found if finding.severity == "fail"]


def test_its_command_is_understood_by_the_program(tmp_path: Path):
    folder = tmp_path / "policies" / POLICY
    folder.mkdir(parents=True)
    wish = {"policies": [POLICY], "names": ["act v1"], "baselines": ["hold"], "latency_ms": None, "level": 2}
    command = EvaluateJob().command(spec(tmp_path, **wish, trials=7, seed=5), tmp_path / "run")
    plan = _plan(_parser().parse_args(command[3:]))
    assert [(each.name, each.kind, each.source) for each in plan.policies] == [
        ("act v1", "lerobot", str(folder)),
        ("hold", "hold", ""),
    ]
    assert (plan.trials, plan.seed, plan.level, plan.latency_ms) == (7, 5, 2, None)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"task": "juggle", "baselines": ["hold"]}, "available: carry_box"),
        ({"baselines": ["magic"]}, "available: hold, replay"),
        ({"baselines": ["replay"]}, "no successful demonstration of pick_place"),
        ({"policies": [POLICY]}, "no files of"),
        ({}, "nothing to compare"),
    ],
)
def test_what_cannot_run_is_said_before(tmp_path: Path, params: dict, words: str):
    assert any(words in text for text in failures(tmp_path, **params))


def test_nothing_speaks_against_what_can_run(tmp_path: Path):
    assert failures(tmp_path, baselines=["hold"]) == []


@pytest.mark.parametrize(
    "bad", [{"policies": ["../../etc"]}, {"names": ["a=b"]}, {"trials": 0}, {"level": 3}]
)
def test_parameters_are_checked(tmp_path: Path, bad: dict):
    with pytest.raises(msgspec.ValidationError):
        spec(tmp_path, **bad)
