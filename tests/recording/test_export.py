import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.core.contracts.robot import RobotState
from backend.core.contracts.tick import Rollout, TickRecord
from backend.core.contracts.video import EncodedFrame
from backend.recording.export import __main__ as command
from backend.recording.export.export import export
from backend.recording.export.refused import ExportRefused
from backend.recording.export.rows import resample
from backend.recording.export.sidecar import content_hash
from backend.recording.export.verify import VerificationFailed, verify
from backend.recording.reader import EpisodeReader
from tests.recording.conftest import START_NS, copy, record
from tests.recording.streams import SPEC, read_number, tick

# Importing lerobot takes 13 s of processor time, which a busy machine stretches.
pytestmark = pytest.mark.timeout(600)

ARM = SPEC.layout.arms.start
FIRST, SECOND = 148, 58
"""Rows of the two episodes: up to the last wrist picture, at 15 Hz, of five and of two seconds."""
POLICY = "policy:act"
SECOND_ID = "0b5c3f4e-0000-4000-8000-000000000002"


@pytest.fixture(scope="module")
def takeover(tmp_path_factory) -> Path:
    """A person drives to the start, a policy does the task, and after a second the person takes over."""
    folder = tmp_path_factory.mktemp("takeover") / SECOND_ID

    def drop(item):
        lost_picture = isinstance(item, EncodedFrame) and item.camera == "head" and item.seq in (40, 41)
        return isinstance(item, TickRecord) or lost_picture

    files = record(folder, 2.0, close=False, drop=drop, identity=SECOND_ID)
    for seq in range(200):
        changes = {"driver": POLICY if 30 <= seq < 100 else "ann"}
        if seq >= 30:
            phase = "driving" if seq < 100 else "taken_over"
            changes["rollout"] = Rollout(policy=POLICY, phase=phase, hand_back=True)
        if seq >= 150:
            changes["target"] = None
        files.write(tick(seq, START_NS + seq * 10_000_000, seq / 100, None, **changes))
    files.close(START_NS + 2 * 10**9)
    return folder


@pytest.fixture(scope="module")
def dataset(finished, takeover, tmp_path_factory):
    """The two episodes as a dataset version, made by the command itself: folder, messages, dataset."""
    out = tmp_path_factory.mktemp("datasets") / "lift-v1"
    arguments = ["export", "--out", str(out), "--name", "lift", "--fps", "30", str(finished), str(takeover)]
    lines = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.nice", lambda increment: increment)
        patch.setattr(os, "environ", os.environ.copy())
        patch.setattr(sys, "argv", arguments)
        patch.setattr(command, "_say", lambda **fields: lines.append(fields))
        assert command.main() == 0
    from lerobot.datasets import LeRobotDataset

    return out, lines, LeRobotDataset("lift", root=out)


def test_it_appears_complete_and_says_how_it_went(dataset):
    out, lines, _ = dataset
    assert [path.name for path in out.parent.iterdir()] == ["lift-v1"]
    assert len(lines) > 4
    assert all(0 <= line["progress"] <= 1 for line in lines)
    assert lines[-1] == {
        "progress": 1,
        "message": "done",
        "rows": FIRST + SECOND,
        "content_hash": content_hash(out),
        "path": str(out),
    }


def test_features_follow_the_data_contract(dataset):
    features = dataset[2].meta.features
    layout = SPEC.layout
    assert features["observation.state"]["names"] == list(layout.state_names)
    assert features["action"]["names"] == features["action.sent"]["names"] == list(layout.action_names)
    assert (features["observation.state"]["shape"], features["action"]["shape"]) == ((32,), (36,))
    assert features["observation.torso_base"]["shape"] == (17,)
    assert features["observation.timestamp_ns"]["dtype"] == "int64"
    assert {key for key, value in features.items() if value["dtype"] == "video"} == {
        f"observation.images.{camera.name}" for camera in SPEC.cameras
    }
    assert dataset[2].meta.robot_type == "g1"


def test_every_picture_belongs_to_its_row(dataset, finished):
    """Pictures show their capture time in milliseconds; rows state it in nanoseconds."""
    data = dataset[2]
    for i in range(0, FIRST, 7):
        row = data[i]
        for index, camera in enumerate(SPEC.cameras):
            rgb = (row[f"observation.images.{camera.name}"].numpy().transpose(1, 2, 0) * 255).round()
            stated_ns = int(row["observation.camera_t_ns"][index])
            assert read_number(rgb) == round((stated_ns - START_NS) / 1e6)
            age_s = (int(row["observation.timestamp_ns"]) - stated_ns) / 1e9
            assert 0 <= age_s < 1 / camera.fps + 0.001
            assert float(row["observation.camera_age_s"][index]) == pytest.approx(age_s, abs=1e-6)


def test_samples_belong_to_their_row(dataset):
    """Ramps rise by one per second: the robot's is interpolated, the operator's is the last tick's."""
    rows = dataset[2].hf_dataset.with_format("numpy")[:FIRST]
    t_s = (rows["observation.timestamp_ns"].ravel() - START_NS) / 1e9
    assert np.diff(t_s) == pytest.approx(1 / 30, abs=1e-8)
    assert rows["observation.state"][:, ARM] == pytest.approx(t_s, abs=1e-5)
    assert rows["observation.torso_base"][:, 4] == pytest.approx(t_s, abs=1e-5)
    behind_s = t_s - rows["action"][:, ARM]
    assert (behind_s > -1e-5).all()
    assert (behind_s < 0.01001).all()
    assert rows["observation.sync_error_s"][:, 1] == pytest.approx(behind_s, abs=1e-5)
    assert rows["observation.sync_error_s"][:, 0].max() <= 0.00201
    assert rows["action.sent"][:, ARM] == pytest.approx(0.9 * rows["action"][:, ARM], abs=1e-6)
    assert rows["observation.torso_command"][1:] == pytest.approx(rows["action.sent"][:-1, 28:32])


def test_wrist_pictures_at_half_rate_are_fresh_every_other_row(dataset):
    rows = dataset[2].hf_dataset.with_format("numpy")[:FIRST]
    assert rows["is_fresh.head"].all()
    fresh = rows["is_fresh.left_wrist"].ravel()
    assert fresh[:10].tolist() == [True, False] * 5


def test_a_takeover_is_labelled(dataset):
    out, _, data = dataset
    names = json.loads((out / "meta/bunraku.json").read_text())
    rows = data.hf_dataset.with_format("numpy")[FIRST:]
    drivers = [names["drivers"][code] for code in rows["driver"].ravel()]
    assert names["drivers"] == ["", "ann", POLICY]
    since_s = (rows["observation.timestamp_ns"].ravel() - START_NS) / 1e9
    assert drivers == [POLICY if 0.3 <= t < 1.0 else "ann" for t in since_s.tolist()]
    # Driving to the start is no intervention: the policy was not yet allowed to drive.
    assert rows["intervention"].ravel().tolist() == (since_s >= 1.0).tolist()
    assert {names["modes"][code] for code in rows["mode"].ravel()} == {"ACTIVE"}
    assert not data.hf_dataset.with_format("numpy")[:FIRST]["intervention"].any()
    # Nobody asked for anything in the last half second: what was sent stands in for it.
    assert rows["action"][50:] == pytest.approx(rows["action.sent"][50:])


def test_the_sidecar_leads_back_to_the_raw_episodes(dataset, finished, takeover):
    lines = (dataset[0] / "meta/bunraku_episodes.jsonl").read_text().splitlines()
    episodes = [json.loads(line) for line in lines]
    assert [episode["id"] for episode in episodes] == [finished.name, takeover.name]
    assert [episode["rows"] for episode in episodes] == [FIRST, SECOND]
    assert episodes[0]["instruction"] == "lift the box"
    assert episodes[1]["dropped"]["/camera/head/frame"] == 2


def test_verification_notices_what_is_wrong(dataset, finished, takeover):
    out = dataset[0]
    readers = [EpisodeReader(finished), EpisodeReader(takeover)]
    first, second = (resample(reader, 30, 0.25) for reader in readers)

    def check(*episodes):
        verify(out, "lift", 30, readers, list(episodes), {"": 0, "ann": 1, POLICY: 2})

    check(first, second)
    with pytest.raises(VerificationFailed, match="action of episode 1 differs from the raw episode"):
        check(first, replace(second, action=second.action + 1e-3))
    with pytest.raises(VerificationFailed, match=r"picture \d+ of camera head.* grey levels"):
        check(replace(first, pictures=first.pictures | {"head": first.pictures["head"] + 1}), second)
    with pytest.raises(VerificationFailed, match="head has 206 pictures for 205 rows"):
        check(first, replace(second, t_ns=second.t_ns[:-1]))


def refuse(tmp_path, *folders, **options):
    """Return why an export is refused; nothing may be left of it."""
    with pytest.raises(ExportRefused) as refusal:
        export(tmp_path / "out" / "v1", "lift", 30, list(folders), lambda share, text: None, **options)
    assert not (tmp_path / "out").exists()
    return str(refusal.value)


def test_an_encoder_that_is_slow_loses_no_picture(finished, tmp_path, monkeypatch):
    from lerobot.datasets import video_utils

    class Late(video_utils._CameraEncoderThread):
        def run(self) -> None:
            time.sleep(1.0)
            super().run()

    monkeypatch.setattr(video_utils, "_CameraEncoderThread", Late)
    exported = export(tmp_path / "slow", "slow", 30, [finished], lambda share, text: None)
    assert exported.rows == FIRST


def test_a_camera_with_a_hole_is_refused(tmp_path):
    def hole(item):
        return isinstance(item, EncodedFrame) and item.camera == "head" and 20 <= item.seq < 40

    record(tmp_path / "hole", 2.0, drop=hole)
    why = refuse(tmp_path, tmp_path / "hole")
    assert "hole: the head camera is silent for 0.6" in why
    assert "at 1.3 s" in why


def test_streams_that_are_missing_are_refused(tmp_path):
    record(tmp_path / "blind", 1.0, drop=lambda item: isinstance(item, EncodedFrame))
    record(tmp_path / "dead", 1.0, drop=lambda item: isinstance(item, RobotState))
    why = refuse(tmp_path, tmp_path / "blind", tmp_path / "dead", tmp_path / "nowhere")
    assert "blind: the head camera has no samples" in why
    assert "dead: the robot's state has no samples" in why
    assert "nowhere: " in why


def test_episodes_of_different_cameras_are_refused(finished, tmp_path):
    other = copy(finished, tmp_path)
    text = (other / "manifest.json").read_text()
    (other / "manifest.json").write_text(text.replace('"width": 160', '"width": 320'))
    assert "another robot or other cameras" in refuse(tmp_path, finished, other)


def test_a_dataset_version_is_never_overwritten(finished, tmp_path):
    (tmp_path / "v1").mkdir()
    with pytest.raises(ExportRefused, match="exists already"):
        export(tmp_path / "v1", "lift", 30, [finished], lambda share, text: None)


def test_the_command_says_why_it_refuses(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("os.nice", lambda increment: increment)
    monkeypatch.setattr("sys.argv", ["export", "--out", str(tmp_path / "v1"), "--name", "n", str(tmp_path)])
    assert command.main() == 1
    assert "no such file" in json.loads(capsys.readouterr().out)["error"].lower()
