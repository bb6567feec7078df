import numpy as np
import pytest

from backend.core.arbiter.modes import TRANSITIONS, Event
from backend.core.contracts.tick import Mode
from tests.core.rig import arm_input

MS = 1_000_000
HERE = [0.3, 0.2, 0.9, 0, 0, 0, 1]


def test_every_mode_can_be_stopped_and_left():
    """From each mode a way leads back to STOPPED, and no event leads out of FAULT but reset."""
    assert {mode for mode, _ in TRANSITIONS} == set(Mode)
    for mode in set(Mode) - {Mode.STOPPED, Mode.FAULT}:
        assert TRANSITIONS[mode, Event.STOP] is Mode.STOPPED
        assert TRANSITIONS[mode, Event.LEASE_LOST] is Mode.STOPPED
        assert TRANSITIONS[mode, Event.FAULT] is Mode.FAULT
    assert [event for mode, event in TRANSITIONS if mode is Mode.FAULT] == [Event.RESET]
    assert TRANSITIONS[Mode.FAULT, Event.RESET] is Mode.STOPPED
    assert {pair for pair, mode in TRANSITIONS.items() if mode is Mode.ACTIVE} == {
        (Mode.READY, Event.ENGAGE),
        (Mode.HOLD, Event.BACK),
        (Mode.ACTIVE, Event.TAKE_OVER),
        (Mode.ACTIVE, Event.HAND_BACK),
        (Mode.HOLD, Event.TAKE_OVER),
    }


def test_the_normal_day(rig):
    record = rig.tick()
    assert (record.mode, record.command.stop) == (Mode.STOPPED, True)
    rig.arm()
    record = rig.tick(rig.frame())
    assert (record.mode, record.command.stop, record.driver) == (Mode.READY, False, "")
    record = rig.drive(1)
    assert (record.mode, record.driver, record.lease_name) == (Mode.ACTIVE, "ada", "Ada")
    record = rig.tick(rig.frame(deadman=False))
    assert (record.mode, record.reason) == (Mode.READY, "The deadman was let go.")
    rig.ask("stop", reason="Enough.")
    record = rig.tick()
    assert (record.mode, record.reason, record.command.stop) == (Mode.STOPPED, "Enough.", True)


def test_nothing_moves_before_arming(rig):
    rig.tick()
    rig.ask("lease.take", name="Ada")
    record = rig.drive(50, right=arm_input(twist=[0.3, 0, 0, 0, 0, 0]))
    assert record.mode is Mode.STOPPED
    assert record.target is None


def test_arming_with_the_deadman_held_needs_a_fresh_press(rig):
    rig.tick(rig.frame(deadman=True))
    rig.ask("lease.take", name="Ada")
    rig.tick(rig.frame(deadman=True))
    assert rig.ask("arm").ok
    record = rig.drive(20)
    assert (record.mode, record.advice) == (Mode.READY, "Let go of the deadman, then hold it again.")
    rig.tick(rig.frame(deadman=False))
    assert rig.drive(1).mode is Mode.ACTIVE


def test_a_second_operator_learns_who_drives(rig):
    rig.arm()
    reply = rig.ask("lease.take", driver="bob", name="Bob")
    assert (reply.ok, reply.error) == (False, "control is held by Ada; ask them to release it")
    for kind in ("arm", "home", "speed", "lease.renew", "lease.release"):
        assert "held by Ada" in rig.ask(kind, driver="bob").error
    record = rig.tick(rig.frame(), rig.frame(source="gamepad", driver="bob", deadman=True))
    assert record.mode is Mode.READY
    assert rig.ask("stop", driver="bob", name="Bob").ok
    assert rig.tick().reason == "Bob has stopped the robot."


def test_a_lease_runs_out_and_can_then_be_taken(rig):
    rig.engage()
    modes = [rig.tick().mode for _ in range(200)]
    assert modes[-1] is Mode.STOPPED
    assert "Ada has been gone" in rig.records[-1].reason
    assert rig.ask("lease.take", driver="bob", name="Bob").ok
    assert rig.tick().lease_name == "Bob"


def test_renewing_keeps_the_lease_without_frames(rig):
    rig.arm()
    for k in range(400):
        if k % 50 == 0:
            assert rig.ask("lease.renew").ok
        assert rig.tick().lease == "ada"


def test_giving_up_control_stops_the_robot(rig):
    rig.engage()
    assert rig.ask("lease.release").ok
    record = rig.tick(rig.frame(deadman=True))
    assert (record.mode, record.lease) == (Mode.STOPPED, "")


def test_a_fall_is_a_fault_until_it_is_reset(rig):
    rig.engage()
    rig.state_changes = {"locomotion": "fallen"}
    record = rig.drive(1)
    assert (record.mode, record.reason, record.command.stop) == (Mode.FAULT, "The robot has fallen.", True)
    assert "after a reset" in rig.ask("arm").error
    assert rig.ask("stop").ok
    assert rig.tick().mode is Mode.FAULT
    assert rig.ask("reset").ok
    for _ in range(100):
        assert rig.tick().mode is Mode.STOPPED
    assert "still being put back" in rig.ask("arm").error
    rig.state_changes = {}
    rig.tick()
    rig.ask("lease.take", name="Ada")
    assert rig.ask("arm").ok


def test_a_reset_that_does_not_help_is_a_fault_again(rig):
    rig.engage()
    rig.state_changes = {"locomotion": "fallen"}
    rig.tick()
    rig.ask("reset")
    modes = [rig.tick().mode for _ in range(310)]
    assert modes[0] is Mode.STOPPED
    assert modes[-1] is Mode.FAULT


def test_a_robot_that_falls_silent_is_a_fault(rig):
    rig.engage()
    rig.state_age_ns = 249 * MS
    assert rig.drive(1).mode is Mode.ACTIVE
    rig.state_age_ns = 250 * MS
    record = rig.drive(1)
    assert (record.mode, record.reason) == (Mode.FAULT, "The robot has been silent for 250 ms.")
    assert "A reset is allowed when the robot reports" in rig.ask("reset").error


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"q_rad": np.full(43, np.nan)}, "unusable q_rad"),
        ({"q_rad": np.zeros(42)}, "unusable q_rad"),
        ({"base_height_m": float("inf")}, "unusable base_height_m"),
        ({"T_world_pelvis": np.zeros(7)}, "unusable T_world_pelvis"),
        ({"t_ns": 10**18}, "in the future"),
    ],
)
def test_a_robot_that_reports_nonsense_is_a_fault(rig, change, words):
    rig.engage()
    rig.state_changes = change
    record = rig.drive(1)
    assert record.mode is Mode.FAULT
    assert words in record.reason
    assert record.state is None


def test_a_robot_that_has_not_come_yet_is_waited_for(rig):
    rig.silent = True
    rig.ask("lease.take", name="Ada")
    record = rig.tick()
    assert (record.mode, "Wait for the robot" in record.advice) == (Mode.STOPPED, True)
    assert "has not reported yet" in rig.ask("arm").error


def test_requests_say_what_is_allowed(rig):
    assert "allowed: lease.take, " in rig.ask("dance").error
    assert "take it first" in rig.ask("arm").error
    rig.arm()
    assert "allowed: 0.1 to 1" in rig.ask("speed", value=3.0).error
    assert "allowed: 0.1 to 1" in rig.ask("speed", value=float("nan")).error
    assert "while the deadman is held" in rig.ask("home").error
    assert "a reset is allowed in FAULT" in rig.ask("reset").error
    assert "needs a driver" in rig.ask("lease.take", driver="").error


def test_motion_builds_up_over_a_second_to_the_speed_asked(rig):
    rig.arm()
    rig.tick(rig.frame())
    assert rig.ask("speed", value=0.5).ok
    scales = [rig.drive(1).speed_scale for _ in range(120)]
    assert scales[0] == 0.0
    assert np.all(np.diff(scales) >= 0)
    assert scales[50] == pytest.approx(0.25)
    assert scales[-1] == 0.5
