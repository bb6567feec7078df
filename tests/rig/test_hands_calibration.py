"""Did the person really do it, and what follows from what they did."""

import numpy as np
import pytest

from backend.core.hands.calibration import HandCalibration, usual_hand
from backend.core.hands.calibrator import HOLD_NS, HandCalibrator
from backend.core.hands.human import ANGLES, angle, usual_deg
from backend.runtime.hand_calibrations import HandCalibrations
from devices.emulators.manus.hand_model import joints
from devices.emulators.manus.motions import poses

PERIOD_NS = 8_000_000
GOOD = {"open": "open", "fist": "fist", "pinch": "pinch_index"}


class Person:
    """Shows poses to a calibrator."""

    def __init__(self, noise_deg: float = 0.2) -> None:
        self.guide = HandCalibrator("left")
        self.now_ns = 0
        self._rng = np.random.default_rng(0)
        self._noise_deg = noise_deg

    def show(self, angles_deg: np.ndarray, sway_deg: float = 0.0, nodes=None, for_ns: int = HOLD_NS) -> str:
        """Hold a pose for a little longer than asked for; returns what the guide says about it."""
        for k in range(int(1.1 * for_ns / PERIOD_NS)):
            self.now_ns += PERIOD_NS
            sway = sway_deg * np.sin(k / 10) * (np.array(ANGLES) == "index_mcp_stretch")
            noise_deg = self._rng.normal(0, self._noise_deg, 20)
            self.guide.add(self.now_ns, angles_deg + sway + noise_deg, nodes)
        return self.guide.finish_step()

    def do(self, step: str) -> None:
        assert self.guide.step == step
        assert self.show(poses()[GOOD[step]]) == ""


def bent(pose: str, **changes: float) -> np.ndarray:
    angles_deg = poses()[pose].copy()
    for name, value in changes.items():
        angles_deg[angle(name)] = value
    return angles_deg


def test_three_poses_make_a_calibration_that_reads_them_back():
    person = Person()
    for step in GOOD:
        assert person.guide.result(0) is None
        person.do(step)
    assert person.guide.step == ""
    assert person.guide.finish_step() == "All steps are done."
    made = person.guide.result(wall_ns=42)
    assert (made.side, made.wall_ns, made.touch_m) == ("left", 42, None)
    assert made.fist_deg == pytest.approx(poses()["fist"], abs=0.3)
    gain, offset = made.scale
    bends = np.abs(poses()["fist"] - poses()["open"]) > 10
    assert (gain * made.open_deg + offset)[bends] == pytest.approx(np.zeros(bends.sum()), abs=1e-9)
    assert (gain * made.fist_deg + offset)[bends] == pytest.approx(np.ones(bends.sum()))
    assert not gain[angle("index_mcp_spread")]


def test_a_pose_must_be_held_long_enough_and_still():
    person = Person()
    assert person.guide.finish_step() == "Hold it for 1 s."
    assert person.show(poses()["open"], for_ns=HOLD_NS // 2) == "Hold it for 1 s."
    assert "Hold still: the index moved by" in person.show(poses()["open"], sway_deg=12.0)
    person.do("open")


@pytest.mark.parametrize(
    ("done", "shown", "says"),
    [
        ((), poses()["fist"], "Straighten the index finger: it is bent by 2"),
        ((), bent("open", middle_mcp_stretch=50, middle_pip_stretch=40), "Straighten the middle finger"),
        (("open",), poses()["open"], "Close the index finger"),
        (("open",), poses()["relaxed"], "Close the index finger: it bent by 57 degrees; needed: 100."),
        (
            ("open",),
            bent("fist", thumb_mcp_spread=8, thumb_mcp_stretch=-8, thumb_pip_stretch=0, thumb_dip_stretch=0),
            "Bend the thumb over the fingers",
        ),
        (("open", "fist"), poses()["open"], "Bend the index finger to the thumb"),
        (("open", "fist"), poses()["fist"], "That is a fist"),
        (("open", "fist"), poses()["pinch_middle"], "Pinch with the index finger"),
        (
            ("open", "fist"),
            bent("pinch_index", **{name: float(poses()["open"][angle(name)]) for name in ANGLES[:4]}),
            "Bring the thumb to the index finger",
        ),
    ],
)  # fmt: skip
def test_a_wrong_pose_is_refused_in_words_and_the_right_one_taken_after_it(done, shown, says):
    person = Person()
    for step in done:
        person.do(step)
    step = person.guide.step
    assert says in person.show(shown)
    assert person.guide.step == step
    person.do(step)


def test_finger_tips_that_do_not_meet_are_no_pinch():
    person = Person()
    for step in ("open", "fist"):
        person.do(step)
    apart = joints(poses()["relaxed"], "left")
    assert "Let the tips touch: they are " in person.show(poses()["pinch_index"], nodes=apart)
    assert person.show(poses()["pinch_index"], nodes=joints(poses()["pinch_index"], "left")) == ""
    assert person.guide.result(1).touch_m == pytest.approx(0.014, abs=1e-3)


def test_starting_again_forgets_everything():
    person = Person()
    person.do("open")
    person.guide.again()
    assert person.guide.step == "open"
    assert person.guide.progress == 0.0


class TestStore:
    def test_hands_are_kept_per_operator_and_side(self, tmp_path):
        store = HandCalibrations(tmp_path / "hands")
        assert store.load("Ada") == {}
        store.save("Ada", usual_hand("left"))
        other = HandCalibration(
            side="right",
            open_deg=np.zeros(20),
            fist_deg=np.full(20, 9.0),
            pinch_deg=np.ones(20),
            touch_m=0.02,
        )
        store.save("Ada", other)
        store.save("../../Bob\0/ü", usual_hand("right"))
        hands = store.load("Ada")
        assert set(hands) == {"left", "right"}
        assert hands["left"].fist_deg.tolist() == usual_deg("fist").tolist()
        assert (hands["right"].touch_m, hands["right"].fist_deg[3]) == (0.02, 9.0)
        assert set(store.load("../../Bob\0/ü")) == {"right"}
        assert {path.parent for path in tmp_path.rglob("*.json")} == {tmp_path / "hands"}

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b'{"operator": "Ada", "hands": [{"side": "left"}]}',
            b'{"operator": "", "hands": [{"side": "left", "open_deg": [], "fist_deg": [], "pinch_deg": []}]}',
        ],
    )
    def test_a_broken_file_is_no_calibration_and_says_so(self, tmp_path, content):
        store = HandCalibrations(tmp_path)
        store.path("Ada").write_bytes(content)
        assert store.load("Ada") == {}
        assert "calibrate again" in store.note
        store.save("Ada", usual_hand("left"))
        assert set(store.load("Ada")) == {"left"}
        assert store.note == ""
