"""The whole robot's side: control and body processes of the app against the emulated robot, over DDS."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from backend.core.contracts.frame import ArmInput
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.robot import RobotHealth, RobotState
from backend.core.contracts.tick import Mode, TickRecord
from backend.runtime.topics import CONTROL, ROBOT_HEALTH
from backend.runtime.watchdog import WATCHDOG_NS
from tests.support.app import module_process, temporary_data_dir
from tests.support.desk import DRIVER, Desk
from tests.unitree.robot import SETTINGS, START_S, Emulator, emulated, until

pytestmark = pytest.mark.timeout(900)

OPERATOR_PRIORITY = 50
UP = np.array([0.0, 0.0, 0.15, 0.0, 0.0, 0.0])


class House:
    """One emulated robot, and the processes that a test starts around it."""

    def __init__(self, folder: Path, robot: Emulator) -> None:
        self.folder, self.robot = folder, robot
        self.desk = Desk(folder)
        self.healths = self.desk.bus.subscribe(ROBOT_HEALTH)

    def state(self) -> RobotState | None:
        """Return the newest state on the bus."""
        self.desk.states.drain()
        return self.desk.states.newest

    def tick(self) -> TickRecord:
        """Return the next tick of control."""
        return self.desk.until(lambda tick: True)[-1]

    def health(self) -> RobotHealth:
        """Return the next word about the robot's health."""
        return until(self.healths.drain, what="health")[-1]

    def arm(self) -> None:
        """Arm; a machine that is too busy may lose the robot for a moment, which is a fault."""
        assert self.desk.ask("lease.take", name="Tester").ok

        def armed() -> bool:
            self.desk.ask("reset")
            return self.desk.ask("arm").ok

        until(armed, what="arming")

    @contextlib.contextmanager
    def driving(self, **channels) -> Iterator[None]:
        """Hold the deadman and drive with these channels meanwhile, from a thread of its own."""
        ended = threading.Event()

        def drive() -> None:
            # A person does not get slower because the machine is busy.
            with contextlib.suppress(PermissionError):
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(OPERATOR_PRIORITY))
            while not ended.wait(0.02):
                # Let go for a moment now and then: whoever was thought lost has to press again.
                pressed = time.monotonic() % 3.0 > 0.15
                self.desk.send(deadman=pressed, moving=pressed, **channels)
            self.desk.send(deadman=False)

        thread = threading.Thread(target=drive)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


@pytest.fixture(scope="module")
def robot() -> Iterator[tuple[Path, Emulator]]:
    with temporary_data_dir() as folder:
        (folder / "run").mkdir()
        with emulated(folder) as emulator:
            yield folder, emulator


@pytest.fixture(scope="module")
def house(robot) -> Iterator[House]:
    folder, emulator = robot
    with (
        module_process("backend.runtime.body", folder, **SETTINGS),
        module_process("backend.runtime.control", folder, **SETTINGS),
    ):
        house = House(folder, emulator)
        house.desk.until(lambda tick: tick.state is not None, START_S)
        yield house
        house.desk.close()


def test_what_the_app_sees_is_what_the_robot_does(house: House):
    until(lambda: house.robot.status()["share"] > 0.99, what="our share in the arms")
    status, state = house.robot.status(), house.state()
    spec_joints = status["q_rad"]
    np.testing.assert_allclose(state.q_rad, list(spec_joints.values()), atol=0.05)
    assert state.locomotion == "stand"
    assert state.fault == ""
    np.testing.assert_allclose(state.T_world_pelvis[3:], status["T_world_pelvis"][3:], atol=0.02)
    assert state.base_height_m == pytest.approx(status["T_world_pelvis"][2], abs=0.02)
    np.testing.assert_allclose(state.torso_rpy_rad, 0.0, atol=0.1)
    health = house.health()
    assert health.firmware == "Unitree's walking: walking"
    assert health.battery_percent == 87
    assert health.motor_c.min() > 20.0
    assert health.warnings == ()


def test_a_driver_moves_a_wrist_and_fingers_of_both_hands_and_the_base(house: House):
    house.arm()
    before = house.robot.status()["q_rad"]

    fingers = [f"{s}_hand_{f}_0_joint" for s in ("left", "right") for f in ("index", "middle")]

    def bent() -> bool:
        q = house.robot.status()["q_rad"]
        moved = abs(q["left_elbow_joint"] - before["left_elbow_joint"])
        return moved > 0.15 and min(abs(q[name]) for name in fingers) > 0.5

    closed = {"left": ArmInput(twist=UP, grip=1.0), "right": ArmInput(grip=1.0)}
    with house.driving(**closed):
        until(bent, 120.0, "wrist and fingers")
    assert house.robot.count("arm_sdk_crc") == house.robot.count("left_hand_mode") == 0

    place = np.array(house.robot.status()["T_world_pelvis"][:2])
    where = house.state().T_world_pelvis[:2]
    away = np.array([-0.3, 0.0, 0.0])

    def gone() -> bool:
        return np.linalg.norm(np.array(house.robot.status()["T_world_pelvis"][:2]) - place) > 0.25

    with house.driving(base_velocity=away):
        until(gone, 120.0, "a walk")
        assert house.state().locomotion == "walk"
    house.desk.until(lambda tick: tick.mode is Mode.READY)
    until(lambda: house.robot.status()["mode"] == "stand", what="standing again")
    walked = np.array(house.robot.status()["T_world_pelvis"][:2]) - place
    np.testing.assert_allclose(house.state().T_world_pelvis[:2] - where, walked, atol=0.05)


def test_the_remote_control_stops_the_robot_and_a_reset_needs_it_upright(house: House):
    house.robot.press("select")
    ticks = house.desk.until(lambda tick: tick.mode is Mode.FAULT)
    assert "remote control has stopped it" in ticks[-1].reason
    reply = house.desk.ask("reset")
    assert not reply.ok
    assert "still held" in reply.error
    house.robot.press()
    until(lambda: _ok(house, "reset"), what="reset")
    until(lambda: house.tick().mode is Mode.STOPPED, what="the end of the fault")
    assert house.robot.status()["fsm"] == 500

    house.robot.press("L2", "B")
    until(lambda: house.robot.status()["fsm"] == 1, what="damping")
    house.desk.until(lambda tick: tick.mode is Mode.FAULT)
    house.robot.press()
    reply = house.desk.ask("reset")
    assert not reply.ok
    house.robot.stand_up()
    until(lambda: _ok(house, "reset"), what="reset of the upright robot")
    until(lambda: house.state().fault == "", what="no fault")


def _ok(house: House, kind: str) -> bool:
    reply = house.desk.bus.call(CONTROL, ControlRequest(kind=kind, driver=DRIVER), 1.0)
    return reply.ok or "allowed in FAULT" in reply.error


def test_a_low_battery_is_said(house: House):
    house.robot.charge(9)
    until(lambda: any("battery at 9 %" in text for text in house.health().warnings), what="the warning")
    house.robot.charge(87)


def test_killing_control_holds_the_robot_and_killing_the_body_gives_the_arms_back(robot):
    folder, emulator = robot
    emulator.stand_up()
    with module_process("backend.runtime.body", folder, **SETTINGS) as body:
        house = House(folder, emulator)
        until(house.state, START_S, "state")
        with module_process("backend.runtime.control", folder, **SETTINGS) as control:
            house.desk.until(lambda tick: tick.state is not None, START_S)
            house.arm()
            with house.driving(base_velocity=np.array([-0.2, 0.0, 0.0])):
                until(lambda: house.robot.status()["mode"] == "walk", 120.0, "walking")
                house.desk.states.drain()
                _kill(control)
                states = _states_until_stopped(house)
        last = max(state.command_seq for state in states)
        first_of_last = next(state for state in states if state.command_seq == last)
        stopped = next(state for state in states if state.stopped_by_watchdog)
        assert stopped.t_ns - first_of_last.t_ns < WATCHDOG_NS + 200_000_000
        until(lambda: emulator.status()["mode"] == "stand", what="standing still")
        before = emulator.status()["q_rad"]
        time.sleep(0.5)
        after = emulator.status()["q_rad"]
        assert max(abs(after[name] - before[name]) for name in before if "shoulder" in name) < 0.03
        assert emulator.status()["share"] == pytest.approx(1.0)
        _kill(body)
        until(lambda: emulator.status()["share"] == 0.0, what="the arms' return")
        assert emulator.status()["mode"] == "stand"
        house.desk.close()


def _states_until_stopped(house: House) -> list[RobotState]:
    states: list[RobotState] = []

    def stopped() -> bool:
        states.extend(house.desk.states.drain())
        return any(state.stopped_by_watchdog for state in states)

    until(stopped, what="the watchdog")
    return states


def _kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(10)
