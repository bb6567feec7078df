import random

import numpy as np
import pytest
from mcap.reader import make_reader

from backend.recording.manifest import load_manifest
from backend.recording.reader import EpisodeReader
from backend.recording.recovery import recover_all, unchecked
from tests.recording.conftest import START_NS, copy, manifest, open_files
from tests.recording.streams import SPEC, read_number, robot_state


def assert_whole(folder):
    """The folder reads like any other: index, true counts, and pictures that match their rows."""
    found = load_manifest(folder)
    assert (found.state, found.recovered) == ("interrupted", True)
    assert found.events[-1].kind == "interrupted"
    if (folder / "samples.mcap").exists():
        with (folder / "samples.mcap").open("rb") as file:
            messages = sum(1 for _ in make_reader(file).iter_messages())
        assert messages == sum(found.counts.values()) + len(found.events) - 1
    reader = EpisodeReader(folder)
    for camera in found.cameras:
        frames = reader.frames(camera.name)
        shown_ms = [read_number(picture) for picture in reader.pictures(camera.name)]
        assert len(shown_ms) == len(frames.t_ns) == camera.frames
        assert shown_ms == np.round((frames.t_ns - START_NS) / 1e6).astype(int).tolist()
        assert (camera.first_t_ns, camera.last_t_ns) == (frames.t_ns[0], frames.t_ns[-1])
    return found


def test_an_unclosed_episode_loses_less_than_a_second(torn, tmp_path):
    folder = copy(torn, tmp_path)
    assert recover_all(tmp_path) == [folder]
    found = assert_whole(folder)
    assert {c.name for c in found.cameras} == {c.name for c in SPEC.cameras}
    for camera in found.cameras:
        assert camera.last_t_ns > START_NS + 3_000_000_000
    assert EpisodeReader(folder).tables.ticks.t_ns[-1] > START_NS + 3_900_000_000
    assert not list(folder.glob(".*"))
    assert recover_all(tmp_path) == []
    assert unchecked(tmp_path) == [folder]


@pytest.mark.parametrize("seed", range(12))
def test_files_cut_anywhere_are_recovered(torn, tmp_path, seed):
    folder = copy(torn, tmp_path)
    cuts = random.Random(seed)
    for path in (folder / "samples.mcap", *folder.glob("*.mkv")):
        data = path.read_bytes()
        # Every other seed cuts near the end, as a crash does.
        low = 0 if seed % 2 else len(data) * 2 // 3
        path.write_bytes(data[: cuts.randint(low, len(data))])
    recover_all(tmp_path)
    assert_whole(folder)


def test_a_tail_of_zeros_is_cut_off(torn, tmp_path):
    folder = copy(torn, tmp_path)
    for path in (folder / "samples.mcap", *folder.glob("*.mkv")):
        with path.open("r+b") as file:
            size = file.seek(0, 2)
            file.truncate(size * 3 // 4)
            file.truncate(size)
    recover_all(tmp_path)
    assert assert_whole(folder).counts


def test_a_crash_while_closing_loses_nothing(finished, tmp_path):
    """Samples and one video are complete already; only the manifest still says `recording`."""
    folder = copy(finished, tmp_path)
    text = (folder / "manifest.json").read_text()
    before = load_manifest(folder)
    (folder / "manifest.json").write_text(text.replace('"state": "closed"', '"state": "recording"'))
    video = (folder / "head.mp4").read_bytes()
    (folder / "head.mkv").write_bytes(b"the file that the mp4 was made of, not deleted yet")
    recover_all(tmp_path)
    assert (folder / "head.mp4").read_bytes() == video
    assert not list(folder.glob("*.mkv"))
    assert assert_whole(folder).counts == before.counts


def test_an_episode_without_pictures_is_recovered(tmp_path):
    files = open_files(tmp_path / manifest().id)
    for seq in range(100):
        files.write(robot_state(seq, START_NS + seq * 4_000_000, 0.0))
    files.flush()
    recover_all(tmp_path)
    assert assert_whole(files.folder).cameras == ()


def test_saved_episodes_are_left_alone_and_discarded_ones_deleted(finished, tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "gone").mkdir()
    saved, discarded = copy(finished, tmp_path / "kept"), copy(finished, tmp_path / "gone")
    for folder, state in ((saved, "saved"), (discarded, "discarded")):
        path = folder / "manifest.json"
        path.write_text(path.read_text().replace('"closed"', f'"{state}"'))
    before = (saved / "manifest.json").read_bytes()
    assert recover_all(tmp_path / "kept") == recover_all(tmp_path / "gone") == []
    assert (saved / "manifest.json").read_bytes() == before
    assert not discarded.exists()


def test_a_malformed_manifest_does_not_stop_the_others(torn, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "manifest.json").write_text("{")
    folder = copy(torn, tmp_path)
    assert recover_all(tmp_path) == [folder]
