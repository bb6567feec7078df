import numpy as np
import pytest

from backend.core.contracts.command import JointTarget
from backend.core.contracts.intent import Intent
from backend.core.contracts.world import WorldState
from backend.recording.ahead import ahead
from backend.recording.reader import EpisodeReader
from backend.recording.resample import interpolate, last_before, nearest, steps
from tests.recording.conftest import START_NS, open_files
from tests.recording.streams import SPEC, robot_state, tick

JOINT = SPEC.arm_joints[0]


def test_series_share_one_clock(finished):
    reader = EpisodeReader(finished)
    names = [f"action.{JOINT}", f"sent.{JOINT}", f"state.{JOINT}"]
    series = reader.series(names, 40)
    asked, sent, measured = (np.array(values) for values in series["values"])
    t_s = np.array(series["t_s"])
    assert len(t_s) == 40
    assert (t_s[0], t_s[-1]) == (0.0, pytest.approx(4.996))
    assert np.abs(measured - t_s).max() < 1e-9
    assert np.abs(asked - t_s).max() <= 0.0061
    assert sent == pytest.approx(0.9 * asked)


def test_all_columns_can_be_plotted(finished):
    reader = EpisodeReader(finished)
    names = list(reader.columns())
    assert {"base.height", "torso.pitch", "clips", f"torque.{JOINT}", "force.left_thumb"} <= set(names)
    series = reader.series(names, 5)
    assert {len(values) for values in series["values"]} == {5}
    assert series["values"][names.index("torso.pitch")] == [0.1] * 5


def test_an_unknown_column_or_camera_lists_what_there_is(finished):
    reader = EpisodeReader(finished)
    with pytest.raises(KeyError, match=rf"no column nonsense; there are action.*state.{JOINT}"):
        reader.series(["nonsense"], 10)
    with pytest.raises(KeyError, match="it has head, left_wrist, right_wrist"):
        reader.frames("nose")


def test_wanted_pictures_come_in_order_and_as_often_as_wanted(finished):
    reader = EpisodeReader(finished)
    every = list(reader.pictures("head"))
    for got, place in zip(reader.pictures("head", [0, 3, 3, 7]), [0, 3, 3, 7], strict=True):
        np.testing.assert_array_equal(got, every[place])
    with pytest.raises(ValueError, match=f"has {len(every)} pictures; picture {len(every)} was wanted"):
        list(reader.pictures("head", [len(every)]))


def test_what_is_made_ahead_comes_in_order_with_its_errors_in_their_turn():
    def items():
        yield from range(5)
        raise OSError("the disk is gone")

    coming = ahead(items(), 3)
    assert [next(coming) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(OSError, match="gone"):
        next(coming)
    assert list(ahead(iter(()), 3)) == []


def test_poses_follow_the_robot_and_its_objects(finished):
    poses = EpisodeReader(finished).poses(10.0)
    assert poses["t_s"] == pytest.approx(np.arange(50) / 10)
    assert np.array(poses["q_rad"])[:, SPEC.index(JOINT)] == pytest.approx(poses["t_s"], abs=0.003)
    assert np.array(poses["T_world_object"]).shape == (50, 1, 7)
    assert poses["objects"] == ["box"]
    assert set(poses["mode"]) == {"ACTIVE"}
    assert poses["T_footprint_wrists"] == [None] * 50


def test_wanted_wrists_are_in_the_poses(tmp_path):
    wrist = np.array([0.3, 0.2, 0.9, 0, 0, 0, 1])
    intent = Intent(
        driver="ann",
        t_ns=START_NS,
        deadman=True,
        T_footprint_left=wrist,
        T_footprint_right=-wrist,
        hands_rad=np.zeros(14),
        torso_rpy_rad=np.zeros(3),
        base_height_m=0.74,
        base_velocity=np.zeros(3),
    )
    files = open_files(tmp_path / "e")
    for seq in range(10):
        t_ns = START_NS + seq * 10_000_000
        files.write(robot_state(seq, t_ns, 0.0))
        files.write(tick(seq, t_ns, 0.0, None, intent=intent if seq >= 5 else None))
    files.close(START_NS + 10**8)
    wrists = EpisodeReader(tmp_path / "e").poses(100.0)["T_footprint_wrists"]
    assert wrists == [None] * 5 + [[wrist.tolist(), (-wrist).tolist()]] * 5


def test_what_is_not_a_number_is_none_in_a_plot(tmp_path):
    files = open_files(tmp_path / "e")
    action = np.full(36, np.nan)
    files.write(tick(0, START_NS, 0.0, None, target=JointTarget(t_ns=START_NS, action=action)))
    files.write(tick(1, START_NS + 10_000_000, 0.5, None))
    files.close(START_NS + 10**8)
    series = EpisodeReader(tmp_path / "e").series([f"action.{JOINT}"], 10)
    assert series["values"] == [[None, 0.5]]


def test_an_empty_episode_can_be_read(tmp_path):
    open_files(tmp_path / "e").close(START_NS)
    reader = EpisodeReader(tmp_path / "e")
    assert reader.columns() == {}
    assert reader.poses(30.0)["t_s"] == []


def test_a_scene_that_was_swapped_keeps_its_first_objects(tmp_path):
    files = open_files(tmp_path / "e")
    for seq, objects in enumerate([("box",), ("box",), ("box", "cup")]):
        poses = np.zeros(7 * len(objects))
        state = WorldState(
            t_ns=START_NS + seq, seq=seq, objects=objects, object_poses=poses, qpos=np.zeros(50)
        )
        files.write(state)
    files.close(START_NS + 10)
    worlds = EpisodeReader(tmp_path / "e").tables.worlds
    assert (worlds.objects, worlds.T_world_object.shape) == (("box",), (2, 1, 7))


def test_lookups_in_time():
    t_ns = np.array([10, 20, 40])
    at_ns = np.array([5, 10, 19, 31, 100])
    assert last_before(t_ns, at_ns).tolist() == [-1, 0, 0, 1, 2]
    assert nearest(t_ns, at_ns).tolist() == [0, 0, 1, 2, 2]
    values = np.array([[1.0], [2.0], [4.0]])
    assert interpolate(t_ns, values, at_ns).ravel().tolist() == [1.0, 1.0, 1.9, 3.1, 4.0]
    assert steps(np.array([0, 10**9]), 4.0).tolist() == [0, 250_000_000, 500_000_000, 750_000_000, 10**9]
