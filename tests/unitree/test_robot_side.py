"""The robot's side against the emulated robot: moving, walking, stopping, and every way to lose somebody."""

from collections.abc import Iterator

import numpy as np
import pytest

from backend.core.contracts.frame import ArmInput
from backend.core.contracts.tick import Mode
from backend.core.locomotion.dcm_wbc import DcmWholeBody
from backend.core.locomotion.posture import Posture
from backend.runtime.robot_side import SOFTEN_NS
from backend.settings import Settings
from devices.robots.unitree.body import G1Body
from devices.robots.unitree.walking import UnitreeWalking
from devices.robots.unitree_g1 import UnitreeG1
from tests.unitree.lockstep import Lockstep
from tests.unitree.robot import DOMAIN

pytestmark = pytest.mark.timeout(900)

UP = np.array([0.0, 0.0, 0.15, 0.0, 0.0, 0.0])
HOLD = {"deadman": True, "moving": True}


@pytest.fixture(scope="module")
def walker() -> Iterator[Lockstep]:
    robot = Lockstep(UnitreeWalking)
    robot.run(0.1)
    yield robot
    robot.commanding = robot.working = False


@pytest.fixture
def robot(walker: Lockstep) -> Lockstep:
    """The robot on its feet, nothing wrong, control and its side there, nobody driving."""
    walker.commanding = walker.working = True
    walker.board._sensors.keys = frozenset()
    walker.firmware.program, walker.firmware.fsm = "ai", 500
    walker.simulation.reset_robot()
    # Where the robot's side was gone its last state is old, and control would take that for silence.
    walker.run(0.05)
    walker.until(lambda: walker.body._channel._walking.fsm == 500)
    walker.side.reset(walker.now_ns)
    walker.ask("reset")
    walker.ask("stop")
    walker.run(0.2)
    return walker


def mean_place_m(robot: Lockstep) -> np.ndarray:
    """Return (2,) where it is over two seconds: standing it sways by some centimetres."""
    places = []
    for _ in range(100):
        robot.run(0.02, deadman=False)
        places.append(robot.place_m())
    return np.mean(places, axis=0)


def test_the_share_in_the_arms_rises_without_moving_them(walker: Lockstep):
    before = walker.firmware.state.q_rad[15:29].copy()
    shares = []
    for _ in range(12):
        walker.run(0.1)
        shares.append(walker.firmware.share)
    assert shares == sorted(shares)
    assert shares[2] < 0.5 < shares[-1] == pytest.approx(1.0)
    np.testing.assert_allclose(walker.firmware.state.q_rad[15:29], before, atol=0.05)


def test_states_are_those_of_the_robot(robot: Lockstep):
    truth, state = robot.firmware.state, robot.state
    np.testing.assert_allclose(state.q_rad, truth.q_rad, atol=0.02)
    np.testing.assert_allclose(state.T_world_pelvis[3:], truth.T_world_pelvis[3:], atol=0.01)
    np.testing.assert_allclose(state.torso_rpy_rad, truth.torso_rpy_rad, atol=0.02)
    assert state.base_height_m == pytest.approx(truth.base_height_m, abs=0.01)
    assert (state.locomotion, state.fault) == ("stand", "")


def test_a_wrist_and_the_fingers_of_both_hands_go_where_they_are_told(robot: Lockstep):
    robot.arm()
    elbow = robot.q("left_elbow_joint")
    driven = {"left": ArmInput(twist=UP, pinch=0.0), "right": ArmInput(pinch=0.0)}
    robot.until(lambda: abs(robot.q("left_elbow_joint") - elbow) > 0.15, **HOLD, **driven)
    assert robot.tick.mode is Mode.ACTIVE
    # A pinch bends the index fingers alone: the two hands have them in other places of their messages.
    pinch = {side: ArmInput(pinch=0.6) for side in ("left", "right")}
    robot.run(1.6, **HOLD, **pinch)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        assert robot.q(f"{side}_hand_index_0_joint") == pytest.approx(0.6 * sign, abs=0.12)
        assert robot.q(f"{side}_hand_middle_0_joint") == pytest.approx(0.0, abs=0.12)
    robot.run(1.0, deadman=False)
    layout, action = robot.spec.layout, robot.tick.command.action
    arms = robot.firmware.state.q_rad[[robot.spec.index(name) for name in robot.spec.arm_joints]]
    np.testing.assert_allclose(arms, action[layout.arms], atol=0.06)
    refused = {name: n for name, n in robot.firmware.counts.items() if "crc" in name or "mode" in name}
    assert refused == {}


def test_it_walks_turns_and_stops_and_knows_where_it_is(robot: Lockstep):
    robot.arm()
    start, known = robot.place_m(), robot.state.T_world_pelvis[:2].copy()
    speeds = []

    def walked() -> bool:
        speeds.append(robot.state.base_twist[0])
        return np.linalg.norm(robot.place_m() - start) > 0.4

    robot.until(walked, **HOLD, base_velocity=np.array([0.3, 0.0, 0.0]))
    assert robot.state.locomotion == "walk"
    assert np.mean(speeds[-125:]) == pytest.approx(0.3, abs=0.1), "over half a second: steps sway"
    robot.until(
        lambda: robot.firmware.state.T_world_pelvis[5] > np.sin(0.25),
        **HOLD,
        base_velocity=np.array([0.0, 0.0, 0.5]),
    )
    robot.until(lambda: robot.state.locomotion == robot.firmware.mode == "stand", deadman=False)
    robot.run(1.0)
    assert np.linalg.norm(mean_place_m(robot) - mean_place_m(robot)) < 0.03
    np.testing.assert_allclose(robot.state.T_world_pelvis[:2] - known, robot.place_m() - start, atol=0.05)


def test_without_odometry_the_legs_say_where_it_is(robot: Lockstep, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(robot.body, "_fresh_odometry", lambda _: None)
    robot.arm()
    start, known = robot.place_m(), robot.state.T_world_pelvis[:2].copy()
    robot.run(3.0, **HOLD, base_velocity=np.array([0.3, 0.0, 0.0]))
    robot.until(lambda: robot.firmware.mode == "stand", deadman=False)
    moved, thought = robot.place_m() - start, robot.state.T_world_pelvis[:2] - known
    assert np.linalg.norm(moved) > 0.4
    assert np.linalg.norm(moved - thought) < 0.2 * np.linalg.norm(moved)


def test_losing_control_brings_it_to_rest_in_200_ms_and_softens_the_arms_later(robot: Lockstep):
    robot.arm()
    robot.run(2.0, **HOLD, left=ArmInput(twist=UP), base_velocity=np.array([0.2, 0.0, 0.0]))
    assert robot.state.locomotion == "walk"
    robot.commanding = False
    assert robot.until(lambda: robot.state.stopped_by_watchdog) < 0.21
    robot.until(lambda: robot.firmware.mode == "stand")
    elbow = robot.q("left_elbow_joint")
    robot.run(1.0)
    assert robot.q("left_elbow_joint") == pytest.approx(elbow, abs=0.03)

    def kp() -> float:
        return float(robot.body._sent.kp[robot.spec.index("left_elbow_joint")])

    assert kp() > 50.0
    robot.until(lambda: kp() == 0.0, SOFTEN_NS * 1e-9 + 3.0)
    assert robot.q("left_elbow_joint") == pytest.approx(elbow, abs=0.15), "gravity is carried still"
    robot.commanding = True
    before = robot.q("left_elbow_joint")
    robot.run(0.5)
    assert robot.q("left_elbow_joint") == pytest.approx(before, abs=0.05), "stiffness comes back softly"


def test_losing_the_robot_s_side_gives_the_arms_back_and_it_stands(robot: Lockstep):
    robot.arm()
    robot.run(2.0, **HOLD, base_velocity=np.array([0.3, 0.0, 0.0]))
    assert robot.firmware.mode == "walk"
    robot.working = False
    robot.until(lambda: robot.firmware.mode == "stand")
    robot.until(lambda: robot.firmware.share == 0.0)
    assert robot.firmware.fsm == 500


def test_the_remote_control_stops_it_whatever_anybody_commands(robot: Lockstep):
    robot.arm()
    robot.run(1.0, **HOLD, base_velocity=np.array([0.3, 0.0, 0.0]))
    robot.board._sensors.keys = frozenset(("select",))
    robot.until(lambda: robot.tick.mode is Mode.FAULT, 0.2, **HOLD, base_velocity=np.array([0.3, 0.0, 0.0]))
    assert "remote control has stopped it" in robot.tick.reason
    with pytest.raises(ConnectionError, match="still held"):
        robot.side.reset(robot.now_ns)
    robot.until(lambda: robot.firmware.mode == "stand")
    robot.board._sensors.keys = frozenset()
    robot.run(0.05)
    robot.side.reset(robot.now_ns)
    robot.run(0.05)
    assert robot.state.fault == ""


def test_damping_by_the_remote_control_needs_somebody_to_stand_it_up(robot: Lockstep):
    robot.board._sensors.keys = frozenset(("L2", "B"))
    robot.run(0.1)
    robot.board._sensors.keys = frozenset()
    assert robot.firmware.fsm == 1
    assert "damped it" in robot.state.fault
    robot.run(1.0)
    assert robot.body._sent.kp.max() == 0.0
    with pytest.raises(ConnectionError, match="'damping'; stand the robot up"):
        robot.side.reset(robot.now_ns)


def test_a_controller_for_simulation_is_refused():
    spec = UnitreeG1.spec
    body = G1Body(spec, DcmWholeBody(spec), Settings(robot="unitree_g1", dds_domain=DOMAIN))
    with pytest.raises(ConnectionError, match="'dcm_wbc' is for simulation"):
        body.open(lambda _: None)


def test_low_level_moves_arms_and_holds_legs_on_a_gantry_and_damps_when_it_dies():
    robot = Lockstep(Posture, gantry=True)
    assert robot.firmware.program == "", "the motion program was asked to let go"
    robot.run(0.1)
    knee = robot.q("left_knee_joint")
    robot.run(2.2)
    assert robot.firmware.damps is False
    assert robot.q("left_knee_joint") == pytest.approx(knee, abs=0.25)
    robot.arm()
    elbow = robot.q("right_elbow_joint")
    robot.until(lambda: abs(robot.q("right_elbow_joint") - elbow) > 0.2, **HOLD, right=ArmInput(twist=UP))
    robot.commanding = False
    assert robot.until(lambda: robot.state.stopped_by_watchdog) < 0.21
    robot.working = False
    assert 1.9 < robot.until(lambda: robot.firmware.damps) < 2.1
