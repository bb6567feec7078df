"""Finding out who wears what, the neutral pose and the sign checks, in words."""

import pytest

from backend.core.contracts.rig import Role, TrackState
from tests.rig.bench import Bench

RATE_HZ = 36.0
"""Half of what a headset has: minutes pass here."""


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path, rate_hz=RATE_HZ)


def do(bench: Bench, kind: str, *lines: str, seconds: float = 4.3, **fields) -> str:
    """Ask for a task, do `lines`, and return how it went."""
    reply = bench.ask(kind, **fields)
    assert reply.ok, reply.error
    assert reply.detail["text"] == bench.task.text
    bench.run(0.6)
    bench.tell(*lines)
    bench.run(seconds - 0.6)
    assert bench.task.phase in ("done", "failed")
    return f"{bench.task.phase}: {bench.task.text}"


def test_the_one_that_moves_gets_the_role(bench):
    bench.run(0.1)
    for role in (Role.LEFT_WRIST, Role.RIGHT_FOOT):
        serial = bench.serials[role]
        assert (
            do(bench, "roles.find", f"shake {role}", role=role)
            == f"done: {serial} is worn at the {role.words}."
        )
        bench.tell("shake")
    roles = bench.store.roles("pico").serials
    assert roles == {role: bench.serials[role] for role in (Role.LEFT_WRIST, Role.RIGHT_FOOT)}
    # A tracker is worn at one place.
    assert bench.ask("roles.assign", role=Role.WAIST, serial=bench.serials[Role.LEFT_WRIST]).ok
    assert Role.LEFT_WRIST not in bench.store.roles("pico").serials


def test_why_it_cannot_say_who_moved(bench):
    bench.tell(*(f"lose {role}" for role in Role))
    assert "No tracker is seen" in do(bench, "roles.find", role=Role.WAIST)
    bench.tell("heal")
    assert "Nothing moved by more than" in do(bench, "roles.find", role=Role.WAIST)
    assert "Keep all others still" in do(bench, "roles.find", "walk 0.3 0 0", role=Role.WAIST)
    bench.tell("stand")
    bench.run(1.5)
    text = do(bench, "roles.find", "shake waist", "lose left_foot", role=Role.WAIST)
    assert f"{bench.serials[Role.LEFT_FOOT]} was lost while watching" in text
    assert bench.store.roles("pico").serials == {}


def test_requests_that_make_no_sense_say_what_is_allowed(bench):
    bench.run(0.1)
    assert "allowed: left_wrist" in bench.ask("roles.find", role="tail").error
    assert "has been seen" in bench.ask("roles.assign", role="waist", serial="nobody").error
    assert "Take the neutral pose first" in bench.ask("calibrate.step_forward").error
    assert "name" in bench.ask("calibrate.neutral").error
    assert "allowed: 1.2 to 2.3" in bench.ask("calibrate.neutral", name="Ada", value=18.0).error
    assert bench.ask("calibrate.neutral", name="Ada").ok
    assert "under way" in bench.ask("roles.clear", role="waist").error
    bench.tell("silence")
    bench.run(3.5)
    assert "silent" in bench.task.text


def test_a_neutral_pose_measures_the_operator_and_is_kept(tmp_path):
    bench = Bench(tmp_path, origin="head", rate_hz=RATE_HZ)
    bench.assign()
    bench.calibrate()
    operator = bench.store.operator("Ada")
    assert operator.head_m == pytest.approx(1.62, abs=0.01)
    assert operator.waist_m == pytest.approx(1.0, abs=0.01)
    assert operator.arm_m == pytest.approx(0.62, abs=0.03)
    # The next day: measures and roles are there, the pose itself is not.
    again = Bench(tmp_path, origin="head", rate_hz=RATE_HZ)
    again.run(0.2)
    assert "the neutral pose of the operator is missing" in again.status.state
    again.tell("squat 0.1")
    again.run(1.5)
    assert again.ask("calibrate.neutral", name="Ada").ok
    again.run(3.0)
    assert "10 cm lower than last time" in again.task.text


@pytest.mark.parametrize(
    ("pose", "words"),
    [
        ("circle 0.1", "moved by"),
        ("ready", "Let your arms hang"),
        ("look 0 1.2", "Look straight ahead"),
        ("swap left_wrist right_wrist", "The left wrist's tracker is on the right of the other"),
        ("lose waist", "was lost meanwhile"),
    ],
)
def test_what_is_wrong_with_a_neutral_pose(bench, pose, words):
    bench.assign()
    if not pose.startswith("lose"):
        bench.tell(pose)
        bench.run(1.2)
    assert bench.ask("calibrate.neutral", name="Ada").ok
    bench.run(1.0)
    if pose.startswith("lose"):
        bench.tell(pose)
    bench.run(1.8)
    assert bench.task.phase == "failed"
    assert words in bench.task.text
    assert "missing" in bench.status.state


def test_known_motions_that_are_seen_as_they_are(bench):
    bench.assign()
    bench.calibrate()
    assert do(bench, "calibrate.right_hand", "raise_right").startswith("done: Your right hand went up by")
    bench.tell("rest")
    text = do(bench, "calibrate.step_forward", "walk 0.4 0 0", seconds=2.0 + 2.4)
    assert text.startswith("done: You stepped forward")
    assert set(bench.store.operator("Ada").checks) == {"right_hand", "step_forward"}
    assert "checked: right hand, step forward" in bench.status.calibration


def test_known_motions_that_are_seen_wrongly(tmp_path):
    bench = Bench(tmp_path, mirrored=True, rate_hz=RATE_HZ)
    bench.assign()
    bench.calibrate()
    text = do(bench, "calibrate.step_forward", "walk 0.4 0 0")
    assert "went backward" in text
    assert "Switch `mirrored`" in text
    bench.tell("stand")
    bench.run(1.5)
    assert bench.ask("mirrored", value=1.0).ok
    bench.calibrate()
    assert do(bench, "calibrate.step_forward", "walk 0.4 0 0").startswith("done")
    bench.tell("stand")
    bench.run(1.5)
    assert "The left wrist's tracker moved instead" in do(bench, "calibrate.right_hand", "raise_left")
    bench.tell("rest")
    bench.run(1.0)
    assert "Raise your hand" in do(bench, "calibrate.right_hand")
    assert "did not move" in do(bench, "calibrate.step_forward")
    assert all(track.state is TrackState.LIVE for track in bench.status.tracks)
