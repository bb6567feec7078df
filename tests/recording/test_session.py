import uuid

import pytest

from backend.core.contracts.recording import RecorderRequest
from backend.recording.disk import DiskLimits
from backend.recording.episode_files import EpisodeFiles
from backend.recording.episode_writer import EpisodeWriter
from backend.recording.manifest import load_manifest
from backend.recording.session import Session
from tests.recording.conftest import START_NS, manifest
from tests.recording.streams import SPEC, robot_state

LIMITS = DiskLimits(start_bytes=1 << 20, stop_bytes=1 << 20, ballast_bytes=1 << 16)
SECOND = 10**9


@pytest.fixture
def session(tmp_path):
    def open_take(request, folder, now_ns):
        files = EpisodeFiles(folder, manifest(request.episode, started_t_ns=now_ns), SPEC, LIMITS)
        return EpisodeWriter(files, LIMITS.stop_bytes)

    session = Session(tmp_path, LIMITS, open_take)
    yield session
    session.end(START_NS)


def ask(session, kind, now_ns=START_NS, **fields):
    return session.answer(RecorderRequest(kind=kind, **fields), now_ns)


def decide(session, kind):
    assert session.writer.wait(30)
    return ask(session, kind)


def test_a_take_from_countdown_to_saved(session, tmp_path):
    episode = str(uuid.uuid4())
    assert ask(session, "start", task="t", episode=episode, countdown_s=3).detail["episode"] == episode
    assert (session.phase, session.countdown_s(START_NS + SECOND)) == ("countdown", 2.0)
    session.record(robot_state(0, START_NS, 0.0))
    session.tick(START_NS + 3 * SECOND)
    assert session.phase == "recording"
    session.record(robot_state(1, START_NS + 3 * SECOND, 0.0))
    assert session.elapsed_s(START_NS + 5 * SECOND) == 2.0
    assert ask(session, "stop", START_NS + 6 * SECOND).ok
    assert (session.phase, session.elapsed_s(0)) == ("review", 3.0)
    assert decide(session, "save").ok
    found = load_manifest(tmp_path / episode)
    assert (found.state, found.counts) == ("saved", {"/robot/state": 1})
    assert session.phase == "idle"


def test_a_redo_is_the_next_take(session):
    for take in (1, 2, 3):
        assert ask(session, "start", task="t").detail["take"] == str(take)
        ask(session, "stop")
        assert decide(session, "discard").ok
    assert ask(session, "start", task="another").detail["take"] == "1"


def test_only_the_newest_discarded_take_stays(session, tmp_path):
    folders = []
    for _ in range(2):
        folders.append(tmp_path / ask(session, "start").detail["episode"])
        ask(session, "stop")
        decide(session, "discard")
    assert [folder.exists() for folder in folders] == [False, True]
    assert load_manifest(folders[1]).state == "discarded"


def test_a_countdown_can_be_cancelled(session, tmp_path):
    ask(session, "start", countdown_s=3)
    assert ask(session, "discard").ok
    session.tick(START_NS + 10 * SECOND)
    assert session.phase == "idle"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("before", "kind", "fields", "says"),
    [
        ([], "stop", {}, "start one first"),
        ([], "save", {}, "record one first"),
        ([], "pause", {}, "use start, stop, save, discard"),
        ([], "start", {"episode": "../../etc"}, "must be a UUID"),
        (["start"], "start", {}, "stop it first"),
        (["start", "stop"], "start", {}, "save or discard the last take first"),
        (["start", "stop"], "save", {"episode": str(uuid.UUID(int=1))}, "the take to decide on is"),
    ],
)
def test_a_refusal_says_what_is_possible(session, before, kind, fields, says):
    for step in before:
        assert ask(session, step).ok
    phase = session.phase
    reply = ask(session, kind, **fields)
    assert not reply.ok
    assert says in reply.error
    assert session.phase == phase


def test_no_take_starts_without_room(tmp_path):
    session = Session(tmp_path, DiskLimits(start_bytes=1 << 60), lambda *_: pytest.fail("opened"))
    reply = ask(session, "start")
    assert "make room" in reply.error
    assert session.phase == "idle"


def test_an_episode_is_never_overwritten(session):
    episode = ask(session, "start").detail["episode"]
    ask(session, "stop")
    decide(session, "save")
    assert "exists already" in ask(session, "start", episode=episode).error


def test_an_error_of_the_recorder_ends_only_this_take(session, tmp_path):
    episode = ask(session, "start").detail["episode"]
    session.record(robot_state(0, START_NS, 0.0))
    session.record("this is no record")
    assert session.writer.wait(30)
    session.tick(START_NS + SECOND)
    assert session.phase == "review"
    assert "error of the recorder" in session.writer.warning
    assert ask(session, "save").ok
    assert load_manifest(tmp_path / episode).counts == {"/robot/state": 1}
    assert ask(session, "start").ok
