"""Who drove: counted from ticks, kept in the manifest, and counted again from what a kill has left."""

import msgspec
import pytest

from backend.core.contracts.recording import Driving
from backend.core.contracts.tick import Rollout
from backend.recording.driving import DrivingMeter
from backend.recording.manifest import NAME, load_manifest
from backend.recording.recovery import recover_all
from tests.recording.conftest import START_NS, copy, open_files, record
from tests.recording.streams import tick

ACT = "policy:act-3"
TICK_NS = 10_000_000


def count(*drivers: str, allowed: str = ACT) -> Driving:
    meter = DrivingMeter()
    for at, driver in enumerate(drivers):
        meter.observe(START_NS + at * TICK_NS, driver, allowed)
    return meter.total()


def test_a_person_alone_never_intervenes():
    assert count("ann", "ann", "", "ann", allowed="") == Driving(person_s=pytest.approx(0.02))


def test_every_press_of_the_deadman_is_a_takeover_of_its_own():
    handed_back = count(ACT, "ann", "ann", ACT, "ann", ACT)
    assert (handed_back.policies, handed_back.interventions) == (("act-3",), 2)
    assert (handed_back.person_s, handed_back.policy_s) == pytest.approx((0.03, 0.02))
    paused = count(ACT, "ann", "", "ann")
    assert paused.interventions == 2


def test_two_people_in_a_row_are_one_takeover():
    assert count(ACT, "ann", "bob").interventions == 1


def test_nobody_knows_who_drove_while_ticks_were_missing():
    meter = DrivingMeter()
    for at_s in (0.0, 0.5, 1.1, 1.0, 1.2):
        meter.observe(START_NS + int(at_s * 1e9), "ann", "")
    assert meter.total().person_s == pytest.approx(0.7)


def drive(files, ticks: int) -> None:
    """Let the policy drive for the first half and a person for the second."""
    for seq in range(ticks):
        driver = ACT if seq < ticks // 2 else "ann"
        phase = "driving" if driver == ACT else "taken_over"
        rollout = Rollout(policy=ACT, phase=phase, hand_back=True)
        t_ns = START_NS + seq * TICK_NS
        files.write(tick(seq, t_ns, 0.0, None, driver=driver, rollout=rollout))


def test_a_closed_take_says_who_drove(tmp_path):
    files = open_files(tmp_path / "e")
    drive(files, 100)
    files.close(START_NS + 10**9)
    driving = load_manifest(tmp_path / "e").driving
    assert (driving.policies, driving.interventions) == (("act-3",), 1)
    assert (driving.policy_s, driving.person_s) == pytest.approx((0.5, 0.49))


def test_an_ordinary_take_was_driven_by_a_person(tmp_path):
    driving = record(tmp_path / "e", 1.0).manifest.current.driving
    assert driving == Driving(person_s=pytest.approx(0.99))


def test_a_take_that_was_killed_is_counted_again_from_its_samples(tmp_path):
    files = open_files(tmp_path / "open" / "e")
    drive(files, 60)
    files.sync()
    files.write(tick(60, START_NS + 60 * TICK_NS, 0.0, None, driver="ann"))
    files.flush()
    (tmp_path / "killed").mkdir()
    folder = copy(tmp_path / "open" / "e", tmp_path / "killed")
    files.close(START_NS)
    assert load_manifest(folder).driving.person_s == pytest.approx(0.29)
    assert recover_all(tmp_path / "killed") == [folder]
    driving = load_manifest(folder).driving
    assert (driving.policies, driving.interventions) == (("act-3",), 1)
    assert (driving.policy_s, driving.person_s) == pytest.approx((0.3, 0.3))


def test_a_manifest_from_before_is_read(finished, tmp_path):
    folder = copy(finished, tmp_path)
    old = msgspec.json.decode((folder / NAME).read_bytes())
    del old["driving"]
    (folder / NAME).write_bytes(msgspec.json.encode(old))
    assert load_manifest(folder).driving is None
