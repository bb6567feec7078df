import msgspec
import numpy as np
import pink
import pinocchio as pin
import pytest
import qpsolvers

from backend.core.contracts.command import JointTarget
from backend.core.contracts.intent import Intent
from backend.core.ik.approach import approach
from backend.core.ik.model import BodyModel
from backend.core.ik.segments import closest_points
from backend.core.ik.self_collision import KEEP_M
from backend.core.ik.solver import WholeBodyIk
from backend.core.pose import pose
from backend.core.safety.safety import Safety

H = 0.01


class Arms:
    """IK and safety in a loop, as in a tick."""

    def __init__(self, spec):
        self.spec = spec
        self.safety = Safety(spec, H)
        self.ik = WholeBodyIk(spec, self.safety.limits)
        self.left, self.right = self.ik.T_neutral
        self.clips = 0

    def go(self, left=(0, 0, 0), right=(0, 0, 0), turn=(0, 0, 0), rpy=(0, 0, 0), height=0.74):
        """One tick towards the neutral wrists, shifted [m]; the left one also turned [rad]."""
        R_left = pin.exp3(np.array(turn, float)) @ self.left.rotation
        intent = Intent(
            driver="ada",
            t_ns=0,
            deadman=True,
            T_footprint_left=pose(pin.SE3(R_left, self.left.translation + left)),
            T_footprint_right=pose(pin.SE3(self.right.rotation, self.right.translation + right)),
            hands_rad=np.zeros(14),
            torso_rpy_rad=np.array(rpy, float),
            base_height_m=height,
            base_velocity=np.zeros(3),
        )
        action, report = self.ik.solve(intent, self.safety.action, self.safety.velocity, 1.0)
        _, verdict = self.safety.follow(JointTarget(t_ns=0, action=action), 0)
        self.clips += len(verdict.clips)
        return report

    def gaps(self):
        """Gaps between all pairs of capsules [m]."""
        self.ik.wrists_of(self.safety.action)
        height = self.safety.action[self.spec.layout.height][0]
        return self.ik.self_collision.distances(self.ik.configuration.data, height)[0]


def random_q(ik, rng):
    q = ik.neutral
    return q + rng.uniform(-0.4, 0.4, len(q)) * np.r_[0.2, np.ones(len(q) - 1)]


def test_the_chain_places_the_wrists_where_the_robot_does(spec):
    """With hips still, torso coordinates are a rotation of the torso about the waist."""
    body = BodyModel(spec)
    robot, data = body.robot, body.robot.createData()
    rng = np.random.default_rng(1)
    for _ in range(20):
        rpy = rng.uniform(-0.4, 0.4, 3)
        arms = spec.neutral_rad[[spec.index(name) for name in spec.arm_joints]] + rng.uniform(-0.5, 0.5, 14)
        q = np.r_[0.7, rpy[::-1], arms]
        chain = body.model.createData()
        pin.framesForwardKinematics(body.model, chain, q)
        R = pin.rpy.rpyToMatrix(rpy)
        # The waist's own order is yaw, roll, pitch.
        roll = np.arcsin(R[2, 1])
        waist = {
            "waist_yaw_joint": np.arctan2(-R[0, 1], R[1, 1]),
            "waist_roll_joint": roll,
            "waist_pitch_joint": np.arctan2(-R[2, 0], R[2, 2]),
        }
        q_robot = pin.neutral(robot)
        for name, angle in [*waist.items(), *zip(spec.arm_joints, arms, strict=True)]:
            q_robot[robot.joints[robot.getJointId(name)].idx_q] = angle
        pin.framesForwardKinematics(robot, data, q_robot)
        for link in (spec.left_wrist_link, spec.right_wrist_link):
            T = chain.oMf[body.model.getFrameId(link)]
            expected = data.oMf[robot.getFrameId(link)]
            assert T.rotation == pytest.approx(expected.rotation, abs=1e-9)
            # The waist joint sits 4 mm off the yaw axis and turns with it.
            shift = T.translation - [0, 0, 0.7] - expected.translation
            assert np.linalg.norm(shift) < 0.003


def test_task_jacobians_match_finite_differences(spec):
    ik = Arms(spec).ik
    rng = np.random.default_rng(2)
    for _ in range(5):
        q = random_q(ik, rng)
        configuration = pink.Configuration(ik.body.model, ik.body.model.createData(), q)
        for task in ik.wrist_tasks:
            task.transform_target_to_world = pin.SE3.Random()
            J = task.compute_jacobian(configuration)
            eps, slopes = 1e-6, []
            for i in range(len(q)):
                step = np.eye(len(q))[i] * eps
                plus, minus = (
                    pink.Configuration(ik.body.model, configuration.data, q + s) for s in (step, -step)
                )
                slopes.append((task.compute_error(plus) - task.compute_error(minus)) / (2 * eps))
            assert pytest.approx(J, abs=1e-5) == np.array(slopes).T


def test_collision_rows_match_finite_differences(spec):
    ik = Arms(spec).ik
    rng = np.random.default_rng(3)
    checked = 0
    for _ in range(20):
        q = random_q(ik, rng)
        ik.configuration.update(q)
        ik.box.update(q, np.zeros(len(q)), H)
        distance = ik.self_collision.distances(ik.configuration.data, q[0])[0]
        rows = ik.self_collision.compute_qp_inequalities(ik.configuration, H)
        near = np.flatnonzero(distance < 0.08)
        if rows is None:
            assert not near.size
            continue
        eps = 1e-6
        for i in range(1, len(q)):
            step = np.eye(len(q))[i] * eps
            ik.configuration.update(q + step)
            plus = ik.self_collision.distances(ik.configuration.data, q[0])[0][near]
            ik.configuration.update(q - step)
            minus = ik.self_collision.distances(ik.configuration.data, q[0])[0][near]
            assert -(plus - minus) / (2 * eps) == pytest.approx(rows[0][:, i], abs=1e-4)
        checked += near.size
    assert checked > 20


def test_closest_points_beat_every_sampled_pair():
    rng = np.random.default_rng(4)
    ends = rng.uniform(-1, 1, (4, 50, 3))
    ends[3, :10] = ends[2, :10] + 0.5 * (ends[1, :10] - ends[0, :10])  # parallel ones too
    on_a, on_b = closest_points(*ends)
    found = np.linalg.norm(on_a - on_b, axis=1)
    s = np.linspace(0, 1, 101)
    a = ends[0][:, None] + s[None, :, None] * (ends[1] - ends[0])[:, None]
    b = ends[2][:, None] + s[None, :, None] * (ends[3] - ends[2])[:, None]
    sampled = np.linalg.norm(a[:, :, None] - b[:, None], axis=-1).min(axis=(1, 2))
    assert np.all(found <= sampled + 1e-9)
    assert np.all(found >= sampled - 0.03)


def test_approach_adds_no_delay_and_stops_without_overshoot():
    speed, acceleration = np.array([1.0]), np.array([8.0])
    x, before = 0.0, 0.0
    for k in range(1, 200):
        now = 0.3 * k * H
        x += approach(np.array([[before - x]]), np.array([[now - before]]), speed, acceleration, H)[0, 0]
        before = now
        assert x == pytest.approx(now, abs=1e-12)
    x, path = 0.0, []
    for _ in range(100):
        x += approach(np.array([[0.2 - x]]), np.zeros((1, 1)), speed, acceleration, H)[0, 0]
        path.append(x)
    assert np.all(np.diff(path) >= -1e-12)
    assert path[-1] == pytest.approx(0.2, abs=1e-9)
    assert np.diff(path).max() <= 1.0 * H + 1e-12


def test_error_shrinks_at_every_tick_until_the_wrist_is_there(spec):
    arms = Arms(spec)
    errors = [arms.go(left=(0.12, 0.05, 0.10), turn=(0, 0.3, 0.2)).position_error_m[0] for _ in range(150)]
    above = [error for error in errors if error > 1e-4]
    assert np.all(np.diff(above) < 0)
    assert errors[-1] < 1e-4
    assert arms.clips == 0


def test_a_moving_target_is_tracked_to_a_quarter_of_a_millimetre(spec):
    arms, worst = Arms(spec), 0.0
    ahead = np.array([0.10, 0.05, 0.12])
    for _ in range(150):
        arms.go(left=ahead, right=ahead * [1, -1, 1])
    for k in range(400):
        t = k * H
        sway = 0.05 * np.array([np.sin(2 * t), np.sin(1.3 * t), np.sin(1.7 * t)]) * min(1.0, t)
        turn = 0.3 * np.sin(t) * min(1.0, t) * np.array([1, 1, 0.5])
        report = arms.go(left=ahead + sway, right=(ahead + sway) * [1, -1, 1], turn=turn)
        worst = max(worst, *report.position_error_m)
    assert worst < 2.5e-4
    assert arms.clips == 0


def test_torso_and_height_follow_what_is_asked(spec):
    arms = Arms(spec)
    for _ in range(200):
        arms.go(rpy=(0.1, 0.3, -0.3), height=0.62)
    layout = spec.layout
    assert arms.safety.action[layout.torso] == pytest.approx([0.1, 0.3, -0.3], abs=0.02)
    assert arms.safety.action[layout.height][0] == pytest.approx(0.62, abs=0.01)


def test_the_body_helps_when_the_arms_cannot_reach(spec):
    arms = Arms(spec)
    for _ in range(300):
        report = arms.go(left=(0.40, 0.05, 0.10))
    assert report.position_error_m[0] < 0.01
    assert report.reachable == (True, True)
    assert np.abs(arms.safety.action[spec.layout.torso]).max() > 0.1


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        ((1.6, 0.05, 0.1), "out of reach"),
        ((0.0, 0.6, 0.6), "at the limit"),
        ((0.1, 0.0, -0.5), "would touch"),
    ],
)
def test_an_unreachable_target_is_explained_and_the_arms_rest(spec, shift, words):
    arms = Arms(spec)
    speeds = []
    for k in range(400):
        report = arms.go(left=shift)
        if k >= 300:
            speeds.append(np.abs(arms.safety.velocity[spec.layout.arms]))
    assert report.reachable == (False, True)
    assert report.note.startswith("Left wrist is")
    assert words in report.note
    assert "right wrist" not in report.note
    assert np.mean(speeds) < 0.05
    for _ in range(300):
        report = arms.go()
    assert report.note == ""
    assert report.position_error_m.max() < 1e-3
    assert arms.clips == 0


ACROSS = {"left": (0.10, -0.30, -0.05), "right": (0.10, 0.30, -0.05)}


def test_arms_keep_apart_and_would_not_without_the_constraint(spec):
    guarded, blind = Arms(spec), Arms(msgspec.structs.replace(spec, keep_apart=()))
    nearest, nearest_blind = np.inf, np.inf
    for _ in range(250):
        guarded.go(**ACROSS)
        blind.go(**ACROSS)
        nearest = min(nearest, guarded.gaps().min())
        guarded.ik.wrists_of(blind.safety.action)
        height = blind.safety.action[spec.layout.height][0]
        gaps = guarded.ik.self_collision.distances(guarded.ik.configuration.data, height)[0]
        nearest_blind = min(nearest_blind, gaps.min())
    assert nearest > KEEP_M - 0.004
    assert nearest_blind < -0.02


def test_arms_that_were_found_against_the_body_still_come_away(spec):
    """A limp robot leans to its stop with both wrists on the pelvis: not every pair can part at once."""
    arms = Arms(spec)
    sagged = arms.safety.action.copy()
    arm = [-0.274, 0.042, 0.0, 1.206, 0.0, 0.413, 0.0]
    sagged[14:28] = arm + [q if joint not in (1, 2, 4, 6) else -q for joint, q in enumerate(arm)]
    sagged[spec.layout.torso] = 0.0, 0.5, 0.0
    way = sagged - arms.safety.action
    for tick in range(400):
        sent = sagged - way * max(0.0, 1.0 - tick / 300)
        arms.safety.follow(JointTarget(t_ns=0, action=sent), 0)
    assert (arms.gaps() < KEEP_M).sum() > 1
    arms.left, arms.right = arms.ik.wrists_of(sagged)
    nearest = arms.gaps().min()
    for tick in range(300):
        report = arms.go(right=(0.0, 0.0, min(0.12, 0.0005 * tick)), rpy=(0, 0.5, 0))
        assert report.solved
        assert arms.gaps().min() > nearest - 0.006, "but for what one step of a curved motion takes"
    assert report.position_error_m[1] < 0.05
    right = [gap for pair, gap in zip(spec.keep_apart, arms.gaps(), strict=True) if "right hand" in pair]
    assert min(right) > 0.0


def test_the_box_holds_and_its_absence_shows(spec):
    """The same targets without limits leave them at once."""
    ik = Arms(spec).ik
    q = ik.neutral
    ik.configuration.update(q)
    for task in ik.wrist_tasks:
        task.transform_target_to_world = pin.SE3(np.eye(3), np.array([2.0, 0, 2.0]))
    ik.box.update(q, np.zeros(len(q)), H)
    problem = pink.build_ik(ik.configuration, ik.wrist_tasks, H, limits=[], damping=1e-6)
    without = qpsolvers.solve_problem(problem, solver="daqp").x
    problem.lb, problem.ub = ik.box.slowest, ik.box.fastest
    within = qpsolvers.solve_problem(problem, solver="daqp").x
    assert np.all(within <= ik.box.fastest + 1e-9)
    assert np.all(within >= ik.box.slowest - 1e-9)
    assert np.any(without > ik.box.fastest + 1e-3)


def test_without_a_solution_it_brakes_and_says_so(spec, monkeypatch):
    arms = Arms(spec)
    for _ in range(10):
        arms.go(left=(0.3, 0.1, 0.1))
    before = np.abs(arms.safety.velocity).max()
    monkeypatch.setattr(arms.ik, "_solution", lambda *_: None)
    for _ in range(30):
        report = arms.go(left=(0.3, 0.1, 0.1))
        assert not report.solved
        assert "no motion inside the limits" in report.note
    assert before > 0.5
    assert np.abs(arms.safety.velocity).max() < 1e-6
    assert arms.clips == 0
