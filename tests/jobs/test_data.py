"""Our loader gives what stock LeRobot gives, without the columns that are not for a policy."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.jobs.version import EPISODES
from tests.recording.streams import SPEC
from trainer.training.data import load_data, not_by_people
from trainer.training.frame_cache import cached_frames
from trainer.training.lessons import find_lessons
from trainer.training.pictures import to_policy_size
from trainer.training.refused import DatasetRefused
from trainer.training.split import split_episodes
from trainer.training.statistics import SMALLEST_SPREAD, vector_statistics

SIZE = (120, 160)
"""That of the head camera: its pictures are compared without scaling."""
DELTAS = {"action": list(range(8)), "observation.state": [-1, 0], "observation.images.head": [-1, 0]}


@pytest.fixture(scope="module")
def data(version, tmp_path_factory):
    return load_data(version.root, tmp_path_factory.mktemp("cache"), [], SIZE)


@pytest.fixture(scope="module")
def ours(data):
    from trainer.training.dataset import PolicyDataset, policy_metadata

    lessons = find_lessons(data, (0, 2), people_only=False)
    return PolicyDataset(data, policy_metadata(data, "lift", lessons), (0, 2), lessons, DELTAS)


def test_rows_are_those_of_stock_lerobot(version, ours):
    from lerobot.datasets import LeRobotDataset

    deltas = {key: [step / 30 for step in steps] for key, steps in DELTAS.items()}
    stock = LeRobotDataset("lift", root=version.root, delta_timestamps=deltas, return_uint8=True)
    assert len(ours) == len(stock)
    ends = [int(end) - 1 for end in ours.data.starts[1:]]
    for row in {0, 1, 17, *ends, ends[0] - 3, ends[0] + 1}:
        mine, theirs = ours[row], stock[row]
        for key in ("action", "action_is_pad", "observation.state", "observation.state_is_pad"):
            assert torch.equal(mine[key], theirs[key]), (row, key)
        for key in ("timestamp", "frame_index", "episode_index", "index", "task_index", "task"):
            assert mine[key] == theirs[key], (row, key)
        difference = mine["observation.images.head"].float() - theirs["observation.images.head"].float()
        assert mine["observation.images.head"].shape == (2, 3, *SIZE)
        # Two decoders, two conversions of colour.
        assert difference.abs().mean() < 2


def test_a_slow_camera_repeats_its_picture_without_storing_it_twice(version, data):
    from lerobot.datasets import LeRobotDataset

    frames = data.frames["left_wrist"]
    assert frames.rows(np.arange(4)).shape == (4, 3, *SIZE)
    stored = frames._pictures.shape[0]
    assert stored < 0.6 * len(data.episode)
    stock = LeRobotDataset("lift", root=version.root, return_uint8=True)
    for row in (0, 1, 2, 45, 60, len(stock) - 1):
        picture = stock[row]["observation.images.left_wrist"].numpy().transpose(1, 2, 0)
        wanted = to_policy_size(picture, *SIZE).transpose(2, 0, 1).astype(float)
        assert np.abs(frames.rows(row) - wanted).mean() < 6, row


def test_a_policy_sees_only_what_is_meant_for_it(ours):
    from lerobot.utils.feature_utils import dataset_to_policy_features

    features = dataset_to_policy_features(ours.meta.features)
    cameras = {f"observation.images.{camera.name}" for camera in SPEC.cameras}
    assert set(features) == {"observation.state", "action"} | cameras
    assert features["action"].shape == (36,)
    assert features["observation.images.head"].shape == (3, *SIZE)
    assert set(ours.meta.stats) == set(features)
    assert not set(ours[0]) & {"action.sent", "observation.torso_base", "driver", "observation.timestamp_ns"}


def test_statistics_are_over_training_rows_and_never_divide_by_nothing(data, ours):
    rows = np.flatnonzero(data.episode != 1)
    stats = ours.meta.stats["action"]
    moving = int(data.action[rows].std(axis=0).argmax())
    assert stats["mean"][moving] == pytest.approx(data.action[rows, moving].mean(), abs=1e-5)
    assert stats["count"] == len(rows)
    assert (stats["std"] >= np.float32(SMALLEST_SPREAD)).all()
    still = vector_statistics(np.full((50, 2), 0.3, np.float32))
    for low, high in (("min", "max"), ("q01", "q99")):
        assert still[high] - still[low] == pytest.approx(SMALLEST_SPREAD, abs=1e-6)
        assert (still[high] + still[low]) / 2 == pytest.approx(0.3, abs=1e-6)
    wide = np.random.default_rng(0).normal(size=(1000, 3)).astype(np.float32)
    assert vector_statistics(wide)["std"] == pytest.approx(wide.std(axis=0), rel=1e-5)


def test_the_cache_is_built_once_and_again_when_it_is_torn(version, data, tmp_path):
    videos = data.version.videos("head")
    fresh = np.ones(len(data.episode), bool)
    cached_frames(tmp_path, videos, fresh, "head", (24, 32))
    stamp = (tmp_path / "head-24x32.u8").stat().st_mtime_ns
    cached_frames(tmp_path, videos, fresh, "head", (24, 32))
    assert (tmp_path / "head-24x32.u8").stat().st_mtime_ns == stamp
    (tmp_path / "head-24x32.json").unlink()
    again = cached_frames(tmp_path, videos, fresh, "head", (24, 32))
    assert (tmp_path / "head-24x32.u8").stat().st_mtime_ns > stamp
    assert again.rows(3).any()
    assert not list(tmp_path.glob(".*building"))


def test_pictures_and_rows_that_do_not_match_are_refused(data, tmp_path):
    fresh = np.ones(len(data.episode) + 1, bool)
    with pytest.raises(DatasetRefused, match=r"pictures for \d+ rows"):
        cached_frames(tmp_path, data.version.videos("head"), fresh, "head", (24, 32))
    assert not list(tmp_path.glob("*.json"))


def test_an_unknown_camera_is_refused_with_those_there_are(version, tmp_path):
    with pytest.raises(DatasetRefused, match=r"no camera chest; it has .*head"):
        load_data(version.root, tmp_path, ["chest"], SIZE)


def test_pictures_get_smaller_by_averaging(tmp_path: Path):
    picture = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)
    small = to_policy_size(picture, 60, 80)
    mean = picture.reshape(60, 2, 80, 2, 3).mean(axis=(1, 3))
    assert np.abs(small - mean).max() <= 1
    assert to_policy_size(picture, 120, 160) is picture
    assert np.array_equal(to_policy_size(picture, 240, 320), cv2.resize(picture, (320, 240)))


IDS = [f"episode-{number}" for number in range(200)]


@pytest.mark.parametrize("held_out", [0.0, 0.1, 0.5])
def test_episodes_are_divided_whole_and_reproducibly(held_out: float):
    split = split_episodes(IDS, held_out, 0, seed=4)
    assert len(split.held_out) == pytest.approx(200 * held_out, abs=20)
    assert sorted({*split.train, *split.held_out}) == list(range(200))
    assert split == split_episodes(IDS, held_out, 0, seed=4)
    half = split_episodes(IDS, held_out, 8, seed=4)
    assert half.held_out == split.held_out
    assert len(half.train) == 8
    assert set(half.train) <= set(split.train)


def test_small_versions_keep_something_to_learn_from():
    assert split_episodes(IDS[:1], 0.5, 0, 0).train == (0,)
    assert split_episodes(IDS[:3], 1.0, 0, 0).train != ()
    assert len(split_episodes(IDS[:EPISODES], 0.01, 0, 0).held_out) == 1


@given(st.integers(2, 200), st.integers(0, 199), st.floats(0.01, 0.5), st.integers(0, 9))
def test_what_was_learned_from_is_not_held_out_of_a_larger_version(few, more, held_out, seed):
    larger = [*IDS[few : few + more], *IDS[:few]]
    learned = {IDS[index] for index in split_episodes(IDS[:few], held_out, 0, seed).train}
    assume(len(learned) > 1)  # Of a version that was drawn as a whole, one is learned from all the same.
    judged = {larger[index] for index in split_episodes(larger, held_out, 0, seed).held_out}
    assert not learned & judged


class TestLessons:
    """A person teaches, a policy does not."""

    def test_a_wait_between_policy_and_person_is_no_lesson(self):
        driver = np.array([0, 1, 1, 0, 2, 1, 0])
        episode = np.array([0, 0, 0, 1, 1, 1, 1])
        drivers = ["", "ada", "policy:act"]
        assert not_by_people(driver, drivers, episode).tolist() == [
            False,
            False,
            False,
            True,
            True,
            False,
            True,
        ]

    def test_without_policies_whole_episodes_are_lessons(self, data):
        lessons = find_lessons(data, (0, 2), people_only=True)
        assert lessons.starts.tolist() == [data.starts[0], data.starts[2]]
        assert lessons.ends.tolist() == [data.starts[1], data.starts[3]]

    def test_what_a_policy_did_is_neither_drawn_nor_predicted(self, data):
        from trainer.training.dataset import PolicyDataset, policy_metadata

        by_policy = np.zeros(len(data.episode), bool)
        by_policy[4:9] = True
        mixed = dataclasses.replace(data, by_policy=by_policy)
        lessons = find_lessons(mixed, (0,), people_only=True)
        assert lessons.rows.tolist() == [*range(4), *range(9, data.starts[1])]
        assert lessons.starts.tolist() == [0, 9]
        dataset = PolicyDataset(mixed, policy_metadata(mixed, "lift", lessons), (0,), lessons, DELTAS)
        before, after = dataset[2], dataset[9]
        assert before["action_is_pad"].tolist() == [False] * 2 + [True] * 6
        np.testing.assert_array_equal(before["action"][2:], np.repeat(data.action[3:4], 6, axis=0))
        assert not after["action_is_pad"].any()
        assert not after["observation.state_is_pad"].any(), "what came before may be seen"

    def test_policies_alone_teach_nothing_unless_allowed(self, data):
        alone = dataclasses.replace(data, by_policy=np.ones(len(data.episode), bool))
        with pytest.raises(DatasetRefused, match="no person drives"):
            find_lessons(alone, (0, 1, 2), people_only=True)
        assert len(find_lessons(alone, (0, 1, 2), people_only=False).rows) == len(data.episode)
