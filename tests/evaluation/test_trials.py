"""Real trials of the baselines in real physics, with no or small pictures."""

from pathlib import Path

import av
import msgspec
import numpy as np
import pytest

from backend import catalog
from backend.core.contracts.rollout import CameraInput, Observation, Timings
from backend.evaluation.folder import start_path
from backend.evaluation.plan import Contestant, Plan, turns
from backend.evaluation.trial import Score, TrialResult
from backend.recording.manifest import load_manifest
from backend.recording.reader import EpisodeReader
from backend.settings import Settings
from devices.scenes.tasks.pick_place import PickPlace
from trainer.evaluation.ledger import Ledger
from trainer.evaluation.trial import Order, run_trial
from trainer.policies.hold import Hold
from trainer.policies.served import PolicyRefused

HOLD, REPLAY = Contestant(name="hold", kind="hold"), Contestant(name="replay", kind="replay")


def run(config: Settings, folder: Path, episodes: Path, plan: Plan, policy: int = 0) -> TrialResult:
    Ledger(folder, plan)
    turn = next(turn for turn in turns(len(plan.policies), plan.trials, plan.seed) if turn.policy == policy)
    return run_trial(config, Order(plan, turn, folder, episodes))


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch):
    """The task's time is over soon."""
    monkeypatch.setattr(PickPlace, "time_limit_s", 1.5)


def test_a_replayed_demonstration_of_the_same_start_succeeds(
    config: Settings, tmp_path: Path, demonstrations: Path
):
    plan = Plan(task="pick_place", policies=(REPLAY,), trials=1, seed=1, videos=False)
    result = run(config, tmp_path, demonstrations, plan)
    assert result.scores == (Score.SUCCESS,) * 4
    assert result.success
    assert (result.fell, result.underruns, result.interventions, result.ended) == (False, 0, 0, "done")
    folder = tmp_path / "episodes" / result.episode
    manifest = load_manifest(folder)
    assert manifest.outcome.success
    assert manifest.outcome.seed == 1
    assert manifest.operator == "policy:replay"
    drivers = set(EpisodeReader(folder).tables.ticks.driver.tolist())
    assert "policy:replay" in drivers
    assert "scripted" not in drivers


@pytest.mark.usefixtures("brief")
def test_a_trial_is_repeatable_and_late_answers_stall(config: Settings, tmp_path: Path, demonstrations: Path):
    plan = Plan(task="pick_place", policies=(REPLAY,), trials=1, seed=7, videos=False, latency_ms=200.0)
    first = run(config, tmp_path / "a", demonstrations, plan)
    again = run(config, tmp_path / "b", demonstrations, plan)
    own = {"episode": "", "inference_ms": None, "wall_s": None}
    assert msgspec.structs.replace(first, **own) == msgspec.structs.replace(again, **own)
    assert first.ended == "1.5 s are over"
    assert first.scores[0] is Score.FAIL
    assert first.underruns == 0
    late = msgspec.structs.replace(plan, latency_ms=900.0)
    assert run(config, tmp_path / "c", demonstrations, late).underruns > 0


class Watcher(Hold):
    """Holds, and looks through the head camera twice at a time."""

    seen: tuple[Observation, ...] = ()

    def __init__(self, source: Path, spec: object) -> None:
        super().__init__(source, spec)
        camera = CameraInput(name="head", height=24, width=32)
        self.hello = msgspec.structs.replace(self.hello, cameras=(camera,), n_obs_steps=2)

    def predict(self, observation: Observation) -> tuple[np.ndarray, Timings]:
        Watcher.seen = (*Watcher.seen, observation)
        return super().predict(observation)


@pytest.mark.usefixtures("brief")
def test_a_policy_sees_fresh_pictures_and_the_trial_is_filmed(
    config: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(catalog.POLICIES, "watcher", "tests.evaluation.test_trials:Watcher")
    monkeypatch.setattr(Watcher, "seen", ())
    plan = Plan(task="pick_place", policies=(Contestant(name="watcher", kind="watcher"),), trials=1)
    result = run(config, tmp_path, tmp_path, plan)
    assert len(Watcher.seen) > 3
    for observation in Watcher.seen:
        assert [[picture.camera for picture in sight.pictures] for sight in observation.sights] == [
            ["head"]
        ] * 2
        for sight in observation.sights:
            assert 0 <= sight.t_ns - sight.pictures[0].t_ns <= 50_000_000
    old, new = Watcher.seen[-1].sights
    assert 25_000_000 < new.t_ns - old.t_ns < 42_000_000, "one step of the policy"
    with av.open(str(tmp_path / result.video)) as film:
        frames = [frame.time for frame in film.decode(video=0)]
    assert 10 <= len(frames) <= 14
    assert frames[-1] == pytest.approx((len(frames) - 1) / 8)
    assert start_path(tmp_path, 0).stat().st_size > 500


class Failing(Hold):
    """Answers twice, and then no more."""

    asked = 0

    def predict(self, observation: Observation) -> tuple[np.ndarray, Timings]:
        Failing.asked += 1
        if Failing.asked > 2:
            raise PolicyRefused("the actions are not finite numbers")
        return super().predict(observation)


@pytest.mark.usefixtures("brief")
def test_a_policy_that_fails_has_failed_its_trial(
    config: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(catalog.POLICIES, "failing", "tests.evaluation.test_trials:Failing")
    monkeypatch.setattr(Failing, "asked", 0)
    failing = Contestant(name="act small v1", kind="failing")
    result = run(
        config, tmp_path, tmp_path, Plan(task="pick_place", policies=(failing,), trials=1, videos=False)
    )
    assert result.ended == "the policy failed: the actions are not finite numbers"
    assert result.scores[0] is Score.FAIL
    assert 0.2 < result.time_s < 1.5
    assert load_manifest(tmp_path / "episodes" / result.episode).operator == "policy:act-small-v1"


def test_what_does_not_fit_is_refused(config: Settings, tmp_path: Path):
    plan = Plan(task="pick_place", policies=(REPLAY,), trials=1, videos=False)
    with pytest.raises(PolicyRefused, match="no successful demonstration of pick_place"):
        run(config, tmp_path, tmp_path / "empty", plan)
    with pytest.raises(ValueError, match="pick_place"):
        run(config, tmp_path / "other", tmp_path, Plan(task="juggle", policies=(HOLD,), trials=1))


@pytest.mark.usefixtures("brief")
def test_a_checkpoint_that_draws_noise_is_repeatable(config: Settings, tmp_path: Path):
    from tests.policy.checkpoints import checkpoint

    spec = catalog.load(catalog.ROBOTS, config.robot).spec
    folder = checkpoint(tmp_path / "diffusion", spec, "diffusion")
    learned = Contestant(name="untrained", kind="lerobot", source=str(folder))
    plan = Plan(task="pick_place", policies=(learned,), trials=1, videos=False)
    first = run(config, tmp_path / "a", tmp_path, plan)
    again = run(config, tmp_path / "b", tmp_path, plan)
    own = {"episode": "", "inference_ms": None, "wall_s": None}
    assert msgspec.structs.replace(first, **own) == msgspec.structs.replace(again, **own)
    assert not first.success
    sent = [EpisodeReader(tmp_path / each.parent / "episodes" / result.episode).tables.ticks.sent
            for each, result in ((Path("a/x"), first), (Path("b/x"), again))]  # fmt: skip
    np.testing.assert_array_equal(*sent)
