import numpy as np
import pinocchio as pin
import pytest

from backend.core.contracts.tick import Mode
from backend.core.fusion.arm import LEASH_M
from backend.core.fusion.ramp import Ramp
from backend.core.hands.dex3 import hand_pose
from backend.core.pose import pose, transform
from tests.core.rig import arm_input

H = 0.01


def right_target(record):
    return transform(record.intent.T_footprint_right)


def test_engaging_starts_where_the_robot_is(rig):
    rig.arm()
    before = rig.context.ik.wrists_of(rig.context.safety.action)
    record = rig.drive(1, right=arm_input(pose=[5, 5, 5, 0, 0, 1, 0], clutch=True))
    assert right_target(record).isApprox(before[1], 1e-9)
    assert record.command.action == pytest.approx(rig.records[-2].command.action, abs=1e-6)


def test_a_twist_moves_one_wrist_at_the_asked_speed(rig):
    rig.engage()
    before = right_target(rig.records[-1]).translation
    record = rig.drive(100, right=arm_input(twist=[0.10, 0, 0.05, 0, 0, 0]))
    after = right_target(record).translation
    assert after - before == pytest.approx([0.10, 0, 0.05], abs=1e-6)
    reached = rig.context.ik.wrists_of(record.command.action)[1].translation
    assert reached == pytest.approx(after, abs=1e-3)
    assert not record.verdict.clips


def test_twists_of_several_devices_add_up_and_are_limited(rig):
    rig.engage()
    before = right_target(rig.records[-1])
    fast = arm_input(twist=[0.4, 0, 0, 0, 0, 0])
    record = rig.tick(rig.frame(deadman=True, right=fast), rig.frame(source="gamepad", right=fast))
    moved = right_target(record).translation - before.translation
    assert moved == pytest.approx([0.5 * H, 0, 0], abs=1e-9)


def test_a_turn_turns_about_the_heading_frame(rig):
    rig.engage()
    before = right_target(rig.records[-1])
    record = rig.drive(50, right=arm_input(twist=[0, 0, 0, 0, 0, 0.5]))
    turn = pin.log3(right_target(record).rotation @ before.rotation.T)
    assert turn == pytest.approx([0, 0, 0.25], abs=1e-6)


def hand(x=0.0, yaw=0.0, clutch=True):
    """A hand held in a device frame far from the robot's own."""
    pose_ = [3.0 + x, -2.0, 1.5, 0, 0, np.sin(yaw / 2), np.cos(yaw / 2)]
    return arm_input(pose=pose_, clutch=clutch)


def test_closing_the_clutch_never_moves_the_target_and_reanchors(rig):
    rig.engage()
    start = right_target(rig.records[-1])
    for k in range(30):
        record = rig.drive(1, right=hand(x=0.003 * k))
    assert right_target(record).translation - start.translation == pytest.approx([0.087, 0, 0], abs=1e-6)
    open_at = right_target(record)
    for k in range(30):
        record = rig.drive(1, right=hand(x=0.087 - 0.01 * k, clutch=False))
        assert right_target(record).isApprox(open_at, 1e-9)
    record = rig.drive(1, right=hand(x=-0.5))
    assert right_target(record).isApprox(open_at, 1e-6)
    for k in range(1, 20):
        record = rig.drive(1, right=hand(x=-0.5 + 0.002 * k, yaw=0.01 * k))
    assert right_target(record).translation - open_at.translation == pytest.approx([0.038, 0, 0], abs=1e-6)
    turn = pin.log3(right_target(record).rotation @ open_at.rotation.T)
    assert turn == pytest.approx([0, 0, 0.19], abs=1e-6)


def test_a_hand_that_jumps_a_metre_is_let_go_until_the_clutch_is_pressed_again(rig):
    rig.engage()
    rig.drive(10, right=hand())
    before = right_target(rig.records[-1])
    record = rig.drive(20, right=hand(x=1.0))
    assert record.refused == ("keyboard: the right hand jumped by 1.00 m; press its clutch again",)
    assert record.mode is Mode.ACTIVE
    assert right_target(record).isApprox(before, 1e-9)
    rig.drive(2, right=hand(x=1.0, clutch=False))
    record = rig.drive(10, right=hand(x=1.0))
    assert record.refused == ()
    assert right_target(record).isApprox(before, 1e-6)


def test_targets_stay_on_a_leash_and_turn_round_at_once(rig):
    rig.engage()
    far = arm_input(twist=[0.5, 0, 0, 0, 0, 0])
    record = rig.drive(300, right=far)
    assert not record.ik.reachable[1]
    assert "Right wrist" in record.ik.note
    reached = rig.context.ik.wrists_of(record.command.action)[1].translation
    ahead = right_target(record).translation - reached
    assert np.linalg.norm(ahead) <= LEASH_M + 0.01
    record = rig.drive(40, right=arm_input(twist=[-0.5, 0, 0, 0, 0, 0]))
    assert rig.context.ik.wrists_of(record.command.action)[1].translation[0] < reached[0] - 0.03


def test_several_poses_newest_wins_without_a_jump(rig):
    rig.engage()
    rig.drive(5, right=hand())
    before = right_target(rig.records[-1])
    other = arm_input(pose=[-1, 0, 0, 0, 0, 0, 1], clutch=True)
    newer = rig.frame(source="pico", right=other, t_ns=rig.now_ns + 1)
    record = rig.tick(rig.frame(deadman=True, right=hand()), newer)
    assert right_target(record).isApprox(before, 1e-6)


@pytest.mark.parametrize(("side", "closed"), [("left", -1), ("right", 1)])
def test_grip_closes_fingers_and_thumb_around_an_object(spec, side, closed):
    """The gap between thumb and fingers shrinks from more than 8 cm to less than 3 cm."""
    joints = tuple(joint for joint in spec.hand_joints if joint.startswith(side))
    gaps = [tip_gap(spec, side, hand_pose(joints, grip, 0.0)) for grip in np.linspace(0, 0.6, 13)]
    assert gaps[0] > 0.15
    assert gaps[-1] < 0.03
    assert np.all(np.diff(gaps) < 0)
    fist = dict(zip(joints, hand_pose(joints, 1.0, 0.0), strict=True))
    assert np.sign(fist[f"{side}_hand_index_0_joint"]) == closed
    assert np.sign(fist[f"{side}_hand_thumb_2_joint"]) == -closed


@pytest.mark.parametrize("side", ["left", "right"])
def test_pinch_brings_thumb_and_index_together(spec, side):
    joints = tuple(joint for joint in spec.hand_joints if joint.startswith(side))
    assert tip_gap(spec, side, hand_pose(joints, 0.0, 1.0), fingers=("index",)) < 0.025
    assert tip_gap(spec, side, hand_pose(joints, 0.0, 1.0), fingers=("middle",)) > 0.10


def test_synergies_stay_inside_the_joint_limits(spec):
    rows = [spec.index(joint) for joint in spec.hand_joints]
    for grip, pinch in ((0, 0), (1, 0), (0, 1), (1, 1)):
        angles = hand_pose(spec.hand_joints, grip, pinch)
        assert np.all(angles >= spec.lower_rad[rows])
        assert np.all(angles <= spec.upper_rad[rows])


def tip_gap(spec, side, angles, fingers=("index", "middle")):
    """Distance from the thumb's tip to the mean of the fingers' tips [m]."""
    model = pin.buildModelFromUrdf(spec.urdf_path)
    data, q = model.createData(), pin.neutral(model)
    joints = [joint for joint in spec.hand_joints if joint.startswith(side)]
    for joint, angle in zip(joints, angles, strict=True):
        q[model.joints[model.getJointId(joint)].idx_q] = angle
    pin.framesForwardKinematics(model, data, q)
    inward = -1 if side == "left" else 1

    def tip(link, at):
        return data.oMf[model.getFrameId(f"{side}_hand_{link}_link")].act(np.array(at, float))

    ends = [tip(f"{finger}_1", (0.048, 0, 0)) for finger in fingers]
    return np.linalg.norm(tip("thumb_2", (0, inward * 0.048, 0)) - np.mean(ends, axis=0))


def test_a_paused_hand_does_not_let_go(rig):
    rig.engage()
    rig.drive(5, right=arm_input(grip=0.0))
    closed = rig.drive(100, right=arm_input(grip=1.0)).command.action[7:14]
    assert closed == pytest.approx(hand_pose(rig.spec.hand_joints[7:], 1.0, 0.0), abs=1e-6)
    assert all(not record.verdict.clips for record in rig.records)
    for _ in range(20):
        rig.tick(rig.frame())
    record = rig.drive(100, right=arm_input(grip=0.0))
    assert record.command.action[7:14] == pytest.approx(closed, abs=1e-6)
    rig.drive(5, right=arm_input(grip=1.0))
    record = rig.drive(150, right=arm_input(grip=0.0))
    assert record.command.action[7:14] == pytest.approx(np.zeros(7), abs=1e-6)


def test_a_glove_moves_the_fingers_no_faster_than_fingers_move(rig):
    rig.engage()
    glove = hand_pose(rig.spec.hand_joints[:7], 0.6, 0.0)
    record = rig.drive(80, left=arm_input(fingers_rad=glove))
    assert record.command.action[:7] == pytest.approx(glove, abs=1e-3)
    assert all(not record.verdict.refused for record in rig.records)


def test_walking_builds_up_and_ends_softly(rig):
    rig.engage()
    vx = rig.spec.layout.velocity.start
    record = rig.drive(150, base_velocity=np.array([0.4, 0.0, 0.0]))
    assert record.command.action[vx] == pytest.approx(0.4)
    assert not any(record.verdict.clips for record in rig.records)
    record = rig.drive(150, base_velocity=np.array([9.0, 0.0, 0.0]))
    assert record.command.action[vx] == pytest.approx(0.6)
    record = rig.tick(rig.frame())
    assert 0.5 < record.command.action[vx] < 0.6
    for _ in range(150):
        record = rig.tick(rig.frame())
    assert record.command.action[vx] == 0.0


def test_turning_adds_up_to_the_target_heading(rig):
    rig.engage()
    record = rig.drive(300, base_velocity=np.array([0, 0, 0.5]))
    rate = np.array([r.command.action[rig.spec.layout.velocity][2] for r in rig.records])
    assert record.command.action[rig.spec.layout.target_yaw][0] == pytest.approx(rate.sum() * H, abs=0.02)


def test_torso_and_height_follow_rates(rig):
    rig.engage()
    layout = rig.spec.layout
    record = rig.drive(100, torso_rate_rad_s=np.array([0.0, 0.3, 0.0]), height_rate_m_s=-0.1)
    assert record.command.action[layout.torso] == pytest.approx([0, 0.3, 0], abs=0.01)
    assert record.command.action[layout.height][0] == pytest.approx(0.64, abs=0.005)
    assert not any(record.verdict.clips for record in rig.records)
    for rpy in ([0.1, 0.0, 0.2], [9, 9, 9]):
        record = rig.drive(200, torso_rpy_rad=np.array(rpy, float), base_height_m=0.7)
    limits = rig.context.safety.limits
    assert record.intent.torso_rpy_rad == pytest.approx(limits.upper[layout.torso])
    assert record.intent.base_height_m == pytest.approx(0.7)


def test_the_head_turns_the_torso_from_where_it_was(rig):
    rig.engage()
    for k in range(100):
        half = (0.8 + 0.003 * k) / 2
        record = rig.drive(1, head=np.array([0, 0, 1.6, 0, 0, np.sin(half), np.cos(half)]))
    assert record.intent.torso_rpy_rad == pytest.approx([0, 0, 0.297], abs=1e-6)


def test_home_brings_both_wrists_back_only_while_the_deadman_is_held(rig):
    rig.engage()
    away = arm_input(twist=[0.1, 0, 0.2, 0, 0.3, 0])
    rig.drive(100, left=away, right=away)
    assert rig.ask("home").ok
    rig.drive(30)
    rig.tick(rig.frame())
    halfway = right_target(rig.drive(2))
    record = rig.drive(100)
    assert right_target(record).isApprox(halfway, 1e-6)
    assert rig.ask("home").ok
    record = rig.drive(400)
    for target, neutral in zip(
        (record.intent.T_footprint_left, record.intent.T_footprint_right),
        rig.context.ik.T_neutral,
        strict=True,
    ):
        assert target == pytest.approx(pose(neutral), abs=1e-6)
    assert record.ik.position_error_m.max() < 1e-3


def test_a_ramp_arrives_without_overshoot():
    ramp, path = Ramp(np.zeros(1), 3.0, 30.0), []
    for _ in range(100):
        path.append(ramp.update(np.ones(1), H)[0])
    speed = np.diff([0.0, *path]) / H
    assert path[-1] == pytest.approx(1.0)
    assert max(path) <= 1.0 + 1e-9
    assert speed.max() <= 3.0 + 1e-9
    assert np.diff([0.0, *speed]).max() <= 30.0 * H + 1e-9
