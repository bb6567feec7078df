import msgspec
import numpy as np
import pytest
from mcap.reader import make_reader

from backend.core.contracts.record import json_decoder
from backend.core.contracts.robot import RobotState
from backend.core.contracts.tick import Mode, TickRecord
from backend.core.contracts.video import EncodedFrame
from backend.recording.manifest import load_manifest
from backend.recording.reader import EpisodeReader
from backend.recording.remux import RemuxError, remux_to_mp4
from backend.recording.sample_writer import STATE, TICK, WORLD, camera_topic
from tests.recording.conftest import START_NS, open_files, record
from tests.recording.streams import SPEC, Encoder, paint, read_number, robot_state, tick


def test_every_message_arrives_once_and_whole(finished):
    manifest = load_manifest(finished)
    assert manifest.state == "closed"
    assert manifest.counts == {
        TICK: 500,
        STATE: 1250,
        WORLD: 300,
        camera_topic("head"): 150,
        camera_topic("left_wrist"): 75,
        camera_topic("right_wrist"): 75,
    }
    assert set(manifest.dropped.values()) == {0}
    with (finished / "samples.mcap").open("rb") as file:
        messages = list(make_reader(file).iter_messages())
    assert len(messages) == sum(manifest.counts.values())
    ticks = [json_decoder(TickRecord).decode(m.data) for _, c, m in messages if c.topic == TICK]
    states = [json_decoder(RobotState).decode(m.data) for _, c, m in messages if c.topic == STATE]
    assert [t.seq for t in ticks] == list(range(500))
    expected = tick(250, START_NS + 2_500_000_000, 2.5, states[625])
    assert msgspec.json.encode(ticks[250], enc_hook=np.ndarray.tolist) == msgspec.json.encode(
        expected, enc_hook=np.ndarray.tolist
    )


def test_samples_carry_their_schema(finished):
    with (finished / "samples.mcap").open("rb") as file:
        summary = make_reader(file).get_summary()
    by_topic = {c.topic: summary.schemas[c.schema_id] for c in summary.channels.values()}
    assert {c.message_encoding for c in summary.channels.values()} == {"json"}
    schema = msgspec.json.decode(by_topic[TICK].data)
    assert by_topic[TICK].encoding == "jsonschema"
    assert schema["type"] == "object"
    assert {"$ref": "#/$defs/RobotState"} in schema["properties"]["state"]["anyOf"]
    assert "RobotState" in schema["$defs"]


def test_a_picture_shows_the_instant_its_row_states(finished):
    reader = EpisodeReader(finished)
    for camera in SPEC.cameras:
        shown_ms = [read_number(picture) for picture in reader.pictures(camera.name)]
        stated_ms = np.round((reader.frames(camera.name).t_ns - START_NS) / 1e6).astype(int)
        assert shown_ms == stated_ms.tolist()


def test_the_video_keeps_capture_times(finished):
    reader = EpisodeReader(finished)
    frames = reader.frames("head")
    assert np.abs(frames.pts_ms - (frames.t_ns - frames.t_ns[0]) / 1e6).max() <= 0.5
    assert reader.video_path("head").suffix == ".mp4"


def test_lost_messages_are_counted(tmp_path):
    def lost(item):
        if isinstance(item, EncodedFrame):
            return item.camera == "head" and item.seq in (20, 21)
        return isinstance(item, TickRecord) and item.seq % 50 == 7

    manifest = record(tmp_path / "e", 2.0, drop=lost).manifest.current
    assert manifest.dropped[TICK] == 4
    assert manifest.dropped[camera_topic("head")] == 2
    assert {c.name: (c.frames, c.dropped) for c in manifest.cameras} == {
        "head": (58, 2),
        "left_wrist": (30, 0),
        "right_wrist": (30, 0),
    }
    assert manifest.dropped[STATE] == 0


def test_a_restarted_publisher_is_no_loss(tmp_path):
    files = open_files(tmp_path / "e")
    for seq in (5, 6, 0, 1):
        files.write(robot_state(seq, START_NS + 4_000_000 * seq, 0.0))
    meter = files.meters()[STATE]
    assert (meter.count, meter.dropped, meter.restarts) == (4, 0, 1)


def test_video_begins_at_a_keyframe(tmp_path):
    files = open_files(tmp_path / "e")
    encoder = Encoder("head", 160, 120, 30.0)
    packets = [encoder.encode(paint(i, 160, 120), i, START_NS + i * 33_000_000) for i in range(10)]
    wants = [files.write(*packet) for packet in packets[1:4]]
    assert wants == [True, True, True]
    assert not any(files.write(*packet) for packet in packets[0:1])
    manifest = files.close(START_NS + 10**9)
    assert [c.frames for c in manifest.cameras] == [1]


def test_a_changed_picture_size_is_marked_and_not_written(tmp_path):
    files = open_files(tmp_path / "e")
    small, large = Encoder("head", 160, 120, 30.0), Encoder("head", 320, 240, 30.0)
    files.write(*small.encode(paint(0, 160, 120), 0, START_NS))
    files.write(*large.encode(paint(1, 320, 240), 1, START_NS + 33_000_000))
    files.write(*small.encode(paint(2, 160, 120), 2, START_NS + 66_000_000))
    manifest = files.close(START_NS + 10**8)
    assert (manifest.cameras[0].frames, manifest.cameras[0].dropped) == (2, 1)
    assert [event.kind for event in manifest.events] == ["stream"]
    assert "320x240" in manifest.events[0].text


def test_events_are_found_in_the_ticks(tmp_path):
    files = open_files(tmp_path / "e")
    fallen = msgspec.structs.replace(robot_state(4, START_NS, 0.0), locomotion="fallen")
    plan = [
        {},
        {"mode": Mode.HOLD, "reason": "input is 300 ms old"},
        {"mode": Mode.ACTIVE},
        {"driver": ""},
        {"driver": "bob"},
        {"driver": "bob", "state": fallen, "mode": Mode.FAULT, "reason": "the robot fell"},
    ]
    for seq, changes in enumerate(plan):
        arguments = {"state": None, **changes}
        files.write(tick(seq, START_NS + seq * 10_000_000, 0.0, **arguments))
    manifest = files.close(START_NS + 10**8)
    assert [(event.kind, event.text) for event in manifest.events] == [
        ("hold", "input is 300 ms old"),
        ("driver", "ann -> bob"),
        ("fault", "the robot fell"),
        ("fall", "the robot has fallen"),
    ]


def test_an_mp4_that_lacks_pictures_is_not_taken(torn, tmp_path):
    source = tmp_path / "head.mkv"
    source.write_bytes((torn / "head.mkv").read_bytes())
    with pytest.raises(RemuxError, match=r"of 10000 pictures arrived in head.mp4; head.mkv is kept"):
        remux_to_mp4(source, expected=10_000)
    assert [path.name for path in tmp_path.iterdir()] == ["head.mkv"]
