"""From a person's hand to the Dex3-1, by joint name, on both sides."""

import numpy as np
import pinocchio as pin
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.hands.by_angles import AngleRetargeting
from backend.core.hands.by_tips import TipRetargeting
from backend.core.hands.calibration import HandCalibration
from backend.core.hands.dex3 import hand_pose
from backend.core.hands.dex3_limits import THUMB_1_BEND_RAD, hand_joints, hand_limits
from backend.core.hands.dex3_model import LINK_M, TIP_LINKS, TIP_RADIUS_M, Dex3Model
from devices.emulators.manus.hand_model import joints
from devices.emulators.manus.motions import poses
from devices.robots.g1_spec import g1_spec

SPEC = g1_spec()
SIDES = ("left", "right")
MODELS = {side: Dex3Model(SPEC, side) for side in SIDES}


def person(side: str) -> HandCalibration:
    angles = {f"{step}_deg": poses()[pose] for step, pose in STEPS.items()}
    return HandCalibration(side=side, touch_m=0.014, **angles)


STEPS = {"open": "open", "fist": "fist", "pinch": "pinch_index"}
BY_ANGLES = {side: AngleRetargeting(SPEC, person(side)) for side in SIDES}
BY_TIPS = {side: TipRetargeting(SPEC, person(side)) for side in SIDES}


def by_tips(side: str, angles_deg: np.ndarray, nodes: np.ndarray | None = None) -> np.ndarray:
    nodes = joints(angles_deg, side) if nodes is None else nodes
    return [BY_TIPS[side].retarget(nodes) for _ in range(25)][-1]


WAYS = {"angles": lambda side, angles_deg: BY_ANGLES[side].retarget(angles_deg), "tips": by_tips}


def gaps_m(side: str, hand_rad: np.ndarray) -> dict[str, float]:
    """Free way between the thumb's tip and the others."""
    thumb, index, middle = MODELS[side].tips_m(hand_rad)
    return {
        name: float(np.linalg.norm(tip - thumb)) - 2 * TIP_RADIUS_M
        for name, tip in (("index", index), ("middle", middle))
    }


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("side", SIDES)
def test_thumb_opposes_the_finger_that_the_person_pinches_with(way, side):
    for finger, other in (("index", "middle"), ("middle", "index")):
        gaps = gaps_m(side, WAYS[way](side, poses()[f"pinch_{finger}"]))
        assert abs(gaps[finger]) < 0.010
        assert gaps[other] > 0.045
    assert min(gaps_m(side, WAYS[way](side, poses()["open"])).values()) > 0.15


@pytest.mark.parametrize("way", WAYS)
def test_the_right_hand_is_the_mirror_image_of_the_left(way):
    for pose in poses().values():
        left, right = (WAYS[way](side, pose) for side in SIDES)
        mirrored = MODELS["left"].tips_m(left) * np.array([1, -1, 1])
        assert MODELS["right"].tips_m(right) == pytest.approx(mirrored, abs=2e-3)


@pytest.mark.parametrize("side", SIDES)
def test_every_joint_moves_its_own_finger_by_name(side):
    """Bending one human finger moves that finger of the robot and leaves the others where they are."""
    for finger in ("thumb", "index", "middle"):
        angles_deg = poses()["open"].copy()
        places = [i for i in range(20) if i // 4 == ("thumb", "index", "middle").index(finger)]
        angles_deg[places] = poses()["fist"][places]
        hand = dict(zip(hand_joints(SPEC, side), BY_ANGLES[side].retarget(angles_deg), strict=True))
        moved = {name for name, value in hand.items() if abs(value) > 0.05}
        wanted = {
            "thumb": ("thumb_1", "thumb_2"),
            "index": ("index_0", "index_1"),
            "middle": ("middle_0", "middle_1"),
        }
        assert moved == {f"{side}_hand_{joint}_joint" for joint in wanted[finger]}
        fist = dict(zip(hand, hand_pose(tuple(hand), 1.0, 0.0), strict=True))
        assert all(np.sign(hand[name]) == np.sign(fist[name]) for name in moved)


def test_the_order_of_joints_is_that_of_the_robot_not_of_the_mapping():
    """A robot that lists its hand's joints as the right hand's motors do gets the same angles by name."""
    motors = ("thumb_0", "thumb_1", "thumb_2", "index_0", "index_1", "middle_0", "middle_1")
    left, right = SPEC.hand_joints[:7], tuple(f"right_hand_{name}_joint" for name in motors)
    import msgspec

    other = msgspec.structs.replace(SPEC, hand_joints=(*left, *right))
    for kind, value in (
        (AngleRetargeting, poses()["pinch_index"]),
        (TipRetargeting, joints(poses()["pinch_index"], "right")),
    ):
        one = dict(zip(hand_joints(SPEC, "right"), kind(SPEC, person("right")).retarget(value), strict=True))
        two = dict(zip(right, kind(other, person("right")).retarget(value), strict=True))
        assert two == pytest.approx(one, abs=1e-6)


@pytest.mark.parametrize("side", SIDES)
def test_limits_are_those_that_all_published_ones_allow(side):
    lower, upper = hand_limits(SPEC, side)
    names = hand_joints(SPEC, side)
    rows = [SPEC.index(name) for name in names]
    assert np.all(lower >= SPEC.lower_rad[rows])
    assert np.all(upper <= SPEC.upper_rad[rows])
    thumb = names.index(f"{side}_hand_thumb_1_joint")
    bend = upper[thumb] if side == "left" else -lower[thumb]
    assert bend == THUMB_1_BEND_RAD < (SPEC.upper_rad if side == "left" else -SPEC.lower_rad)[rows[thumb]]


def test_an_unknown_side_is_refused_in_words():
    with pytest.raises(ValueError, match="allowed: left, right"):
        hand_joints(SPEC, "third")


angles = st.lists(st.floats(-360, 360), min_size=20, max_size=20).map(np.array)


@settings(max_examples=150, deadline=None)
@given(angles, angles, angles, angles, st.sampled_from(SIDES))
def test_no_angles_and_no_calibration_leave_the_limits(value, opened, fist, pinch, side):
    calibration = HandCalibration(side=side, open_deg=opened, fist_deg=fist, pinch_deg=pinch)
    hand = AngleRetargeting(SPEC, calibration).retarget(value)
    lower, upper = hand_limits(SPEC, side)
    assert np.all((hand >= lower) & (hand <= upper))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-10, 10), min_size=75, max_size=75), st.sampled_from(SIDES))
def test_no_joints_of_a_glove_leave_the_limits(places, side):
    nodes = np.zeros((25, 7))
    nodes[:, :3] = np.reshape(places, (25, 3))
    BY_TIPS[side].reset()
    hand = BY_TIPS[side].retarget(nodes)
    lower, upper = hand_limits(SPEC, side)
    assert np.all((hand >= lower) & (hand <= upper))


def test_finger_tips_do_not_depend_on_the_axes_of_a_glove():
    T = pin.SE3.Random()
    turned = joints(poses()["pinch_index"], "left")
    turned[:, :3] = np.array([T.act(place) for place in turned[:, :3]])
    BY_TIPS["left"].reset()
    plain = by_tips("left", poses()["pinch_index"])
    BY_TIPS["left"].reset()
    assert by_tips("left", poses()["pinch_index"], turned) == pytest.approx(plain, abs=1e-6)


@pytest.mark.parametrize("side", SIDES)
def test_closing_is_monotone(side):
    way = np.linspace(0, 1, 21)[:, None]
    hands = [BY_ANGLES[side].retarget(x) for x in (1 - way) * poses()["open"] + way * poses()["fist"]]
    fist = hand_pose(hand_joints(SPEC, side), 1.0, 0.0)
    fingers = [i for i, name in enumerate(hand_joints(SPEC, side)) if "thumb_0" not in name]
    steps = np.diff(np.array(hands)[:, fingers] * np.sign(fist[fingers]), axis=0)
    assert steps.min() >= -1e-9


@pytest.mark.parametrize("side", SIDES)
def test_jacobian_is_the_slope_of_the_tips(side):
    model, rng = MODELS[side], np.random.default_rng(0)
    for _ in range(5):
        q = rng.uniform(*hand_limits(SPEC, side))
        tips, slopes = model.tips_and_jacobian(q)
        for i in range(7):
            ahead, behind = (model.tips_m(q + sign * 1e-6 * np.eye(7)[i]) for sign in (1, -1))
            assert slopes[:, :, i] == pytest.approx((ahead - behind) / 2e-6, abs=1e-6)
        assert tips == pytest.approx(model.tips_m(q))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("finger", TIP_LINKS)
def test_finger_tips_are_where_the_meshes_end(side, finger):
    mesh = trimesh.load(f"{SPEC.mesh_dir}/{side}_hand_{TIP_LINKS[finger]}_link.STL")
    axis = 1 if finger == "thumb" else 0
    ends = mesh.vertices[:, axis]
    assert np.abs(ends).max() == pytest.approx(LINK_M, abs=5e-4)
    tip = mesh.vertices[np.abs(ends) > LINK_M - TIP_RADIUS_M]
    thick = np.ptp(np.delete(tip, axis, axis=1)[:, 0]) / 2
    assert thick == pytest.approx(TIP_RADIUS_M, abs=0.003)
