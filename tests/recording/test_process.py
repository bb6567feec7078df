import contextlib
import os
import time

import numpy as np
import pytest

from backend.core.clock import now_ns
from backend.recording.manifest import load_manifest
from backend.recording.quality import load_quality
from backend.recording.reader import EpisodeReader
from backend.recording.sample_writer import STATE, TICK, WORLD, camera_topic
from tests.recording.streams import SPEC, read_number
from tests.recording.studio import Studio

SECOND_NS = 10**9


def assert_pictures_match_their_rows(folder):
    """Studio paints the sequence number into every picture."""
    reader = EpisodeReader(folder)
    assert reader.manifest.cameras
    for camera in reader.manifest.cameras:
        shown = [read_number(picture) for picture in reader.pictures(camera.name)]
        assert shown == reader.frames(camera.name).seq.tolist()
        assert len(shown) == camera.frames


def no_losses(manifest):
    """The world's topic promises only its newest message, so a busy machine may lose one."""
    return {topic for topic, dropped in manifest.dropped.items() if dropped} <= {WORLD}


def test_a_take_over_the_real_bus(studio):
    studio.start_recorder()
    folder = studio.take()
    studio.wait_for(lambda: studio.status().elapsed_s > 2.5)
    status = studio.status()
    assert (status.phase, status.episode, status.take) == ("recording", folder.name, 1)
    assert {stream.name for stream in status.streams if stream.count} == {
        TICK,
        STATE,
        WORLD,
        *(camera_topic(camera.name) for camera in SPEC.cameras),
    }
    studio.finish()
    manifest = load_manifest(folder)
    assert manifest.state == "saved"
    assert no_losses(manifest)
    assert manifest.counts[STATE] > 2.4 * 250
    assert manifest.counts[TICK] > 2.4 * 100
    assert_pictures_match_their_rows(folder)
    states = EpisodeReader(folder).tables.states
    ramp_s = states.q_rad[:, SPEC.index(SPEC.arm_joints[0])]
    assert np.abs(ramp_s - (states.t_ns - studio.epoch_ns) / 1e9).max() < 1e-6
    # The encoder gives keyframes on request only, so every video began at the one that was asked for.
    assert all(frames.keyframe[0] for frames in EpisodeReader(folder).tables.frames.values())
    studio.wait_for(lambda: load_quality(folder) is not None)


def test_a_killed_recorder_loses_at_most_the_last_second(studio):
    studio.start_recorder()
    folder = studio.take()
    studio.wait_for(lambda: studio.status().elapsed_s > 3.2)
    studio.recorder.kill()
    killed_ns = now_ns()
    studio.recorder.wait()
    assert load_manifest(folder).state == "recording"
    studio.start_recorder()
    manifest = load_manifest(folder)
    assert (manifest.state, manifest.recovered) == ("interrupted", True)
    reader = EpisodeReader(folder)
    assert killed_ns - reader.tables.ticks.t_ns[-1] < SECOND_NS
    assert killed_ns - reader.tables.states.t_ns[-1] < SECOND_NS
    for camera in SPEC.cameras:
        assert killed_ns - reader.frames(camera.name).t_ns[-1] < SECOND_NS
    assert_pictures_match_their_rows(folder)
    assert studio.take().exists()


def test_a_camera_that_stops_is_reported_and_recording_goes_on(studio):
    studio.start_recorder()
    folder = studio.take()
    studio.wait_for(lambda: studio.status().elapsed_s > 1.0)
    stopped_ns = now_ns()
    studio.silent.add("left_wrist")
    studio.wait_for(lambda: "left wrist camera" in studio.status().warning)
    studio.wait_for(lambda: studio.status().elapsed_s > 3.0)
    studio.silent.clear()
    studio.wait_for(lambda: not studio.status().warning)
    studio.finish()
    manifest = load_manifest(folder)
    lost, back = [event for event in manifest.events if "left wrist" in event.text]
    assert (lost.kind, back.kind) == ("stream_lost", "stream_back")
    assert lost.t_ns - stopped_ns < SECOND_NS
    frames = {camera.name: camera for camera in manifest.cameras}
    assert frames["left_wrist"].dropped > 0
    assert frames["head"].dropped == 0
    assert_pictures_match_their_rows(folder)


def test_lost_packets_are_counted_and_a_keyframe_is_asked_for(studio):
    studio.start_recorder()
    folder = studio.take()
    studio.wait_for(lambda: studio.status().elapsed_s > 0.7)
    studio.skip_seq["head"] = missing = studio.next_seq("head") + 5
    studio.wait_for(lambda: studio.next_seq("head") > missing + 30)
    studio.finish()
    frames = EpisodeReader(folder).frames("head")
    assert load_manifest(folder).dropped[camera_topic("head")] == 1
    assert missing not in frames.seq
    assert frames.keyframe[frames.seq > missing].any()


def test_sigterm_closes_the_take(studio):
    studio.start_recorder()
    folder = studio.take()
    studio.wait_for(lambda: studio.status().elapsed_s > 1.0)
    studio.recorder.terminate()
    assert studio.recorder.wait(60) == 0
    assert load_manifest(folder).state == "closed"
    assert_pictures_match_their_rows(folder)


@pytest.fixture
def crowded(small_disk):
    """A studio on a disk that a test can fill; the guard is off, so writes really fail."""
    studio = Studio(small_disk, stop_bytes=0, ballast_bytes=2 << 20)
    yield studio
    studio.close()


def fill(folder, leave_bytes):
    with (folder / "filler").open("wb") as file, contextlib.suppress(OSError):
        while True:
            free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
            if free <= leave_bytes:
                return
            file.write(b"x" * min(free - leave_bytes, 1 << 20))
            file.flush()


def test_a_full_disk_ends_the_take_and_keeps_all_of_it(crowded):
    crowded.start_recorder()
    folder = crowded.take()
    crowded.wait_for(lambda: crowded.status().elapsed_s > 2.0)
    fill(crowded.root, leave_bytes=0)
    filled_ns = now_ns()
    crowded.wait_for(lambda: crowded.status().phase == "review")
    assert "disk is full" in crowded.status().warning
    assert crowded.request("save").ok
    assert load_manifest(folder).state == "saved"
    takes = len(list((crowded.root / "episodes").iterdir()))
    assert "make room" in crowded.request("start").error
    assert len(list((crowded.root / "episodes").iterdir())) == takes
    reader = EpisodeReader(folder)
    assert reader.tables.ticks.t_ns[-1] > filled_ns
    assert no_losses(reader.manifest)
    assert_pictures_match_their_rows(folder)


def test_the_guard_ends_a_take_before_the_disk_is_full(small_disk):
    studio = Studio(small_disk, stop_bytes=8 << 20)
    try:
        studio.start_recorder()
        folder = studio.take()
        studio.wait_for(lambda: studio.status().elapsed_s > 1.0)
        fill(small_disk, leave_bytes=6 << 20)
        studio.wait_for(lambda: studio.status().phase == "review")
        assert "disk is full" in studio.status().warning
        assert studio.request("save").ok
        assert_pictures_match_their_rows(folder)
    finally:
        studio.close()


def test_a_disk_that_refuses_leaves_a_take_that_is_repaired(tmp_path):
    """A limit on the size of files stands for errors that no ballast helps against."""
    studio = Studio(tmp_path, ballast_bytes=1 << 16)
    try:
        studio.start_recorder(FILE_SIZE_LIMIT="80000")
        folder = studio.take()
        studio.wait_for(lambda: studio.status().phase == "review")
        assert "repaired at the next start" in studio.status().warning
        reply = studio.request("save")
        assert not reply.ok
        assert "repaired at the next start" in reply.error
        studio.recorder.terminate()
        studio.recorder.wait(60)
        studio.start_recorder()
        assert load_manifest(folder).state == "interrupted"
        assert len(EpisodeReader(folder).tables.ticks.t_ns) > 50
        assert_pictures_match_their_rows(folder)
    finally:
        studio.close()


def test_status_ages_grow_when_everything_stops(studio):
    studio.start_recorder()
    studio.silent.update({"state", "tick", "world", *(camera.name for camera in SPEC.cameras)})
    time.sleep(0.6)
    studio.wait_for(lambda: min(stream.age_ms for stream in studio.status().streams) > 500)
    assert studio.status().warning == ""
    assert studio.take().exists()
    studio.wait_for(lambda: "control" in studio.status().warning and "robot" in studio.status().warning)
