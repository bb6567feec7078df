import shutil

import msgspec
import numpy as np
import pytest

from backend.core.contracts.command import Clip, Verdict
from backend.core.contracts.recording import EpisodeEvent
from backend.core.contracts.robot import RobotState
from backend.core.contracts.tick import TickRecord
from backend.core.contracts.video import EncodedFrame
from backend.recording.quality import Quality, check, main
from backend.recording.reader import EpisodeReader
from tests.recording.conftest import START_NS, copy, open_files, record
from tests.recording.streams import SPEC, Encoder, paint, timeline

MOVING = np.zeros(len(SPEC.joints))
MOVING[[SPEC.index("waist_yaw_joint"), SPEC.index(SPEC.arm_joints[0])]] = 0.5


def found(folder):
    quality = check(EpisodeReader(folder))
    return quality.score, {finding.check: (finding.severity, finding.text) for finding in quality.findings}


def write(folder, seconds, change):
    """Write an episode of a moving robot; `change` may replace or remove each (record, payload)."""
    files = open_files(folder)
    for _, item, payload in timeline(seconds, START_NS):
        if isinstance(item, RobotState):
            item = msgspec.structs.replace(item, dq_rad_s=MOVING)
        changed = change(item, payload)
        if changed is not None:
            files.write(*changed)
    files.close(START_NS + int(seconds * 1e9))
    return folder


def test_a_good_episode_has_nothing_to_say(tmp_path):
    assert found(write(tmp_path / "e", 3.0, lambda *message: message)) == (1.0, {})


def test_a_short_episode_of_a_resting_robot(tmp_path):
    record(tmp_path / "e", 1.0)
    score, findings = found(tmp_path / "e")
    assert score == pytest.approx(0.4)
    assert findings == {
        "length": ("fail", "only 1.0 s long"),
        "motion": ("warn", "arms and hands rest for 100% of the time"),
    }


def test_gaps_and_losses(tmp_path):
    def change(item, payload):
        second = (item.t_ns - START_NS) / 1e9
        return None if isinstance(item, TickRecord) and 1.0 <= second < 1.2 else (item, payload)

    score, findings = found(write(tmp_path / "e", 4.0, change))
    assert findings["gap"] == ("warn", "control is silent for 0.21 s")
    assert findings["dropped"] == ("fail", "control lost 20 samples")
    assert set(findings) <= {"gap", "dropped", "rate"}
    assert score < 0.5


def test_a_camera_that_stands_still_while_the_robot_moves(tmp_path):
    still = Encoder("head", 160, 120, 30.0)

    def change(item, payload):
        if isinstance(item, EncodedFrame) and item.camera == "head":
            second = (item.t_ns - START_NS) / 1e9
            number = 7 if 1.0 < second < 3.0 else item.seq
            return still.encode(paint(number, 160, 120), item.seq, item.t_ns)
        return item, payload

    _, findings = found(write(tmp_path / "e", 4.0, change))
    severity, text = findings["frozen"]
    assert severity == "fail"
    assert text.startswith("head camera stands still for 1.9 s")
    assert set(findings) == {"frozen"}


def test_black_pictures_and_clipped_commands(tmp_path):
    dark = Encoder("left_wrist", 96, 64, 15.0)
    clip = Clip(name=SPEC.arm_joints[0], kind="velocity", asked=1.0, sent=0.9)

    def change(item, payload):
        if isinstance(item, EncodedFrame) and item.camera == "left_wrist":
            return dark.encode(np.full((64, 96, 3), item.seq % 4, np.uint8), item.seq, item.t_ns)
        if isinstance(item, TickRecord) and item.seq % 4 == 0:
            item = msgspec.structs.replace(item, verdict=Verdict(clips=(clip,)))
        return item, payload

    _, findings = found(write(tmp_path / "e", 3.0, change))
    assert findings["black"] == ("fail", "left wrist camera is black in 45 pictures")
    assert findings["clips"] == ("warn", "safety changed 25% of the commands")


def test_a_camera_without_pictures_and_a_fall(tmp_path):
    def change(item, payload):
        return None if isinstance(item, EncodedFrame) and item.camera == "right_wrist" else (item, payload)

    write(tmp_path / "e", 3.0, change)
    reader = EpisodeReader(tmp_path / "e")
    fall = EpisodeEvent(t_ns=START_NS + 1_500_000_000, kind="fall", text="the robot has fallen")
    reader.manifest = msgspec.structs.replace(reader.manifest, events=(fall,))
    findings = {finding.text for finding in check(reader).findings}
    assert findings == {"right wrist camera has no picture", "fall at 1.5 s: the robot has fallen"}


def test_a_video_that_does_not_match_its_rows(finished, tmp_path):
    folder = copy(finished, tmp_path)
    (folder / "head.mp4").write_bytes((folder / "left_wrist.mp4").read_bytes())
    _, findings = found(folder)
    assert findings["video"] == ("fail", "head camera has 75 pictures but 150 capture times")


def test_the_command_stores_what_it_found(finished, tmp_path, monkeypatch):
    folder = copy(finished, tmp_path)
    monkeypatch.setattr("os.nice", lambda increment: increment)
    monkeypatch.setattr("sys.argv", ["quality", str(folder)])
    main()
    stored = msgspec.json.decode((folder / "quality.json").read_bytes())
    assert stored["score"] == 0.9
    assert [finding["check"] for finding in stored["findings"]] == ["motion"]


def test_an_episode_that_was_discarded_meanwhile_is_no_error(finished, tmp_path, monkeypatch):
    folder = copy(finished, tmp_path)
    monkeypatch.setattr("os.nice", lambda increment: increment)
    monkeypatch.setattr("sys.argv", ["quality", str(folder)])

    def discarded(_reader: EpisodeReader) -> Quality:
        shutil.rmtree(folder)
        return Quality(score=1.0, findings=())

    monkeypatch.setattr("backend.recording.quality.check", discarded)
    main()
    assert not folder.exists()
