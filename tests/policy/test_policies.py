"""Policies that are not learned, and what every policy is shown."""

import numpy as np
import pytest

from backend.core.contracts.rollout import Observation, Sight
from backend.core.policy.observation import state_vector, torso_base, torso_command
from backend.recording.export.rows import resample
from backend.recording.reader import EpisodeReader
from tests.recording.conftest import record
from tests.recording.streams import SPEC, robot_state
from trainer.policies.hold import Hold
from trainer.policies.replay import Replay
from trainer.policies.served import PolicyRefused


@pytest.fixture(scope="module")
def episode(tmp_path_factory):
    folder = tmp_path_factory.mktemp("replay") / "0b5c3f4e-0000-4000-8000-000000000001"
    record(folder, 3.0)
    return folder


def observation(start_step: int = 0, left_over: np.ndarray | None = None) -> Observation:
    sight = Sight(
        t_ns=0,
        state=np.linspace(-0.1, 0.2, 32),
        torso_base=np.zeros(17),
        torso_command=np.array([0.0, 0.1, 0.2, 0.7]),
    )
    known = np.zeros((0, 36)) if left_over is None else left_over
    return Observation(seq=1, start_step=start_step, task="", delay=0, left_over=known, sights=(sight,))


def test_live_observations_are_those_of_the_export(episode):
    """A policy must see live what it was trained on: the same columns from the same robot state."""
    rows = resample(EpisodeReader(episode), 30, 0.5)
    k = 20
    state = robot_state(0, int(rows.t_ns[k]), float(rows.base[k, 4]))
    assert state_vector(SPEC, state) == pytest.approx(rows.state[k], abs=1e-6)
    assert torso_base(state) == pytest.approx(rows.base[k], abs=1e-6)
    assert torso_command(SPEC, rows.sent[k - 1]) == pytest.approx(rows.torso_command[k], abs=1e-9)


def test_a_replay_gives_the_recorded_actions_by_step_and_stops_walking_at_the_end(episode):
    policy = Replay(episode, SPEC)
    rows = resample(EpisodeReader(episode), 30, 0.5)
    actions, _ = policy.predict(observation(start_step=12))
    assert actions == pytest.approx(rows.action[12:42])
    late, _ = policy.predict(observation(start_step=policy.steps - 3))
    assert late[:3] == pytest.approx(rows.action[-3:])
    assert np.all(late[3:, SPEC.layout.velocity] == 0)
    assert late[3:, SPEC.layout.joints] == pytest.approx(
        np.tile(rows.action[-1, SPEC.layout.joints], (27, 1))
    )


def test_what_cannot_be_replayed_is_refused_in_words(tmp_path):
    with pytest.raises(PolicyRefused, match="give a closed episode"):
        Replay(tmp_path, SPEC)


def test_holding_keeps_what_was_decided_last_or_else_what_is_measured(tmp_path):
    policy, layout = Hold(tmp_path, SPEC), SPEC.layout
    actions, _ = policy.predict(observation())
    assert actions.shape == (30, 36)
    assert actions[0, layout.joints] == pytest.approx(np.linspace(-0.1, 0.2, 32)[layout.joints])
    assert actions[0, layout.torso.start : layout.height.stop] == pytest.approx([0.0, 0.1, 0.2, 0.7])
    assert np.all(actions[:, layout.velocity] == 0)
    decided = np.full((4, 36), 0.25)
    actions, _ = policy.predict(observation(left_over=decided))
    assert actions[:, layout.joints] == pytest.approx(0.25)
    assert np.all(actions[:, layout.velocity] == 0)
