"""The judgement of a policy: exact on predictors whose errors are known."""

import numpy as np
import pytest

from tests.recording.streams import SPEC
from trainer.training.open_loop import differences, evaluate, groups, sample_rows

NAMES = list(SPEC.layout.action_names)
STARTS = np.array([0, 60, 130, 200])
ACTION = np.cumsum(np.random.default_rng(0).normal(scale=0.02, size=(200, 36)), axis=0).astype(np.float32)
CHUNK = 10


def judged(predict):
    return evaluate(predict, ACTION, STARTS, (0, 2), (1,), NAMES, CHUNK)


def ahead(rows: np.ndarray) -> np.ndarray:
    return ACTION[np.minimum(rows[:, None] + np.arange(CHUNK), 199)]


def test_every_entry_is_in_one_group_with_its_unit():
    found = {group.name: group for group in groups(NAMES)}
    entries = sorted(entry for group in found.values() for entry in group.entries)
    assert entries == list(range(36))
    assert (len(found["hands"].entries), len(found["arms"].entries)) == (14, 14)
    assert [NAMES[i] for i in found["torso"].entries] == ["torso_roll", "torso_pitch", "torso_yaw"]
    assert (found["base_vx"].unit, found["height"].unit, found["target_yaw"].unit) == ("m/s", "m", "rad")


def test_a_perfect_policy_has_no_error():
    result = judged(ahead)
    assert result["score"] == pytest.approx(0, abs=1e-6)
    assert all(group["policy"] == pytest.approx(0, abs=1e-6) for group in result["groups"])
    trace = result["traces"][0]
    assert trace["episode"] == 1
    assert np.array(trace["actual"]).shape == (36, CHUNK)


def test_the_baselines_are_what_they_are_called():
    repeated = judged(lambda rows: np.repeat(ACTION[np.maximum(rows - 1, 60)][:, None], CHUNK, axis=1))
    mean = np.concatenate([ACTION[:60], ACTION[130:]]).mean(axis=0)
    constant = judged(lambda rows: np.broadcast_to(mean, (len(rows), CHUNK, 36)).copy())
    for group in repeated["groups"]:
        assert group["policy"] == pytest.approx(group["repeat_last"], rel=1e-5)
        # Repeating gets worse the further one looks ahead.
        assert group["by_horizon"][-1] > group["by_horizon"][0]
    for group in constant["groups"]:
        assert group["policy"] == pytest.approx(group["mean_action"], rel=1e-4)
    assert constant["score"] > 1


def test_only_held_out_rows_are_asked_for():
    asked = []

    def predict(rows):
        asked.extend(rows.tolist())
        return ahead(rows)

    judged(predict)
    assert asked
    assert min(asked) >= 60
    assert max(asked) + CHUNK <= 130


def test_rows_are_spread_over_the_episodes_and_limited():
    rows = sample_rows(STARTS, (0, 1, 2), CHUNK, limit=9)
    assert len(rows) == 9
    assert {int(np.searchsorted(STARTS, row, side="right")) - 1 for row in rows} == {0, 1, 2}
    assert sample_rows(np.array([0, 4]), (0,), CHUNK).tolist() == [0]


def test_a_heading_is_compared_the_short_way_round():
    predicted, actual = np.zeros((1, 1, 36)), np.zeros((1, 1, 36))
    predicted[..., -1], actual[..., -1] = np.pi - 0.1, -np.pi + 0.1
    assert differences(predicted, actual, NAMES)[0, 0, -1] == pytest.approx(0.2)
