"""A policy as a driver: supervised, taken over, handed back, paused, lost."""

import itertools

import numpy as np
import pytest

from backend.core.contracts.tick import Mode
from backend.core.safety.check import check
from tests.core.rig import arm_input

POLICY = "policy:act"
MS = 1_000_000


def wave(rig, amplitude_rad: float = 0.25, hz: float = 0.7, vx_m_s: float = 0.0) -> np.ndarray:
    """The neutral pose with swinging elbows: what a lively policy asks for at this instant."""
    layout = rig.spec.layout
    action = np.zeros(36)
    action[layout.joints] = rig.neutral
    action[layout.height] = rig.spec.nominal_height_m
    phase = 2 * np.pi * hz * (rig.now_ns - rig.began_ns) / 1e9
    for name in ("left_elbow_joint", "right_elbow_joint"):
        action[layout.action_names.index(name)] -= amplitude_rad * np.sin(phase)
    action[layout.velocity] = (vx_m_s, 0.0, 0.0)
    return action


class Supervised:
    """A rig with a policy that speaks on every tick and an operator who watches."""

    def __init__(self, rig) -> None:
        self.rig = rig
        rig.began_ns = rig.now_ns
        rig.neutral = rig.context.safety.action[rig.spec.layout.joints]
        self.policy_speaks = self.operator_speaks = True

    def tick(self, deadman: bool = False, vx_m_s: float = 0.0, action=None, **channels):
        rig, frames = self.rig, []
        if self.operator_speaks:
            frames.append(rig.frame(deadman=deadman, **channels))
        if self.policy_speaks:
            wanted = wave(rig, vx_m_s=vx_m_s) if action is None else action
            frames.append(rig.frame(source="policy", driver=POLICY, deadman=True, action=wanted))
        return rig.tick(*frames)

    def run(self, ticks: int, **channels):
        return [self.tick(**channels) for _ in range(ticks)]

    def start(self, **values):
        self.rig.arm()
        self.tick()
        reply = self.rig.ask("policy.start", policy=POLICY, **values)
        assert reply.ok, reply.error


@pytest.fixture
def supervised(rig):
    return Supervised(rig)


def elbow(rig, record) -> float:
    return float(record.command.action[rig.spec.layout.action_names.index("left_elbow_joint")])


def test_a_policy_without_permission_moves_nothing(supervised):
    supervised.rig.arm()
    records = supervised.run(30)
    assert {record.mode for record in records} == {Mode.READY}
    assert records[-1].rollout is None


def test_it_starts_from_rest_follows_without_lag_and_needs_no_clip(rig, supervised):
    supervised.start()
    first = supervised.tick()
    assert (first.mode, first.driver, first.rollout.phase) == (Mode.ACTIVE, POLICY, "driving")
    assert first.advice == "Hold the deadman to take over."
    start = first.command.action
    supervised.run(150)
    record = supervised.tick()
    assert np.abs(rig.records[-140].command.action - start).max() < 0.02, "the ramp starts slowly"
    joints = rig.spec.layout.joints
    assert record.command.action[joints] == pytest.approx(record.frames[-1].action[joints], abs=1e-3)
    assert record.intent is None
    assert not record.verdict.clips
    assert record.stages.input_age == pytest.approx(0.0)


def test_pressing_the_deadman_takes_over_in_that_tick_and_letting_go_hands_back(rig, supervised):
    supervised.start()
    supervised.run(150, vx_m_s=0.3)
    raised = arm_input(twist=[0, 0, 0.2, 0, 0, 0])
    taken = supervised.tick(deadman=True, right=raised)
    assert (taken.mode, taken.driver, taken.rollout.phase) == (Mode.ACTIVE, "ada", "taken_over")
    assert "Ada has taken over from policy:act" in taken.reason
    assert taken.advice == "Let go of the deadman to hand back to the policy."
    before = rig.context.ik.wrists_of(taken.command.action)[1].translation
    driven = supervised.run(60, deadman=True, right=raised)
    assert {record.driver for record in driven} == {"ada"}
    after = rig.context.ik.wrists_of(driven[-1].command.action)[1].translation
    assert after[2] - before[2] > 0.05, "the person, not the policy, moves the hand"
    assert abs(driven[-1].command.action[rig.spec.layout.velocity][0]) < 0.05
    back = supervised.tick()
    assert (back.mode, back.driver, back.speed_scale) == (Mode.ACTIVE, POLICY, 0.0)
    record = supervised.run(200)[-1]
    joints = rig.spec.layout.joints
    assert record.command.action[joints] == pytest.approx(record.frames[-1].action[joints], abs=1e-3)


def test_handovers_of_every_kind_stay_smooth_whenever_they_come(rig, supervised):
    """The rig judges every command; beyond that no handover may throw the arms about."""
    rng = np.random.default_rng(3)
    supervised.start()
    pressed = False
    for _ in range(1500):
        pressed ^= rng.random() < 0.02
        twist = rng.normal(0, 0.2, 6)
        supervised.tick(deadman=pressed, right=arm_input(twist=twist), left=arm_input(twist=-twist))
    drivers = [record.driver for record in rig.records]
    changes = sum(a != b for a, b in itertools.pairwise(drivers) if a and b)
    assert changes > 10
    limits = rig.context.safety.limits
    commands = [record.command for record in rig.records]
    assert not any(check(limits, commands[k : k + 3]) for k in range(len(commands) - 2))
    assert not any(record.verdict.refused for record in rig.records)


def test_without_hand_back_the_robot_holds_and_the_policy_waits_to_be_resumed(rig, supervised):
    supervised.start(hand_back=False)
    supervised.run(50)
    supervised.run(10, deadman=True)
    record = supervised.run(20)[-1]
    assert (record.mode, record.rollout.phase) == (Mode.READY, "paused")
    assert rig.ask("policy.resume").ok
    assert supervised.run(2)[-1].driver == POLICY


def test_pause_resume_and_stop(rig, supervised):
    supervised.start()
    supervised.run(100, vx_m_s=0.4)
    assert rig.ask("policy.pause").ok
    record = supervised.tick(vx_m_s=0.4)
    assert (record.mode, record.reason) == (Mode.READY, "policy:act was paused.")
    record = supervised.run(80, vx_m_s=0.4)[-1]
    assert record.mode is Mode.READY
    assert np.abs(record.command.action[rig.spec.layout.velocity]).max() < 1e-9
    assert rig.ask("policy.resume").ok
    assert supervised.tick().driver == POLICY
    assert rig.ask("policy.stop").ok
    record = supervised.tick()
    assert (record.mode, record.reason, record.rollout) == (Mode.READY, "policy:act was stopped.", None)


def test_a_policy_that_falls_silent_holds_within_250_ms_and_comes_back_softly(rig, supervised):
    supervised.start()
    supervised.run(150, vx_m_s=0.4)
    supervised.policy_speaks = False
    silent_ns = rig.records[-1].t_ns
    records = supervised.run(30)
    held = next(record for record in records if record.mode is Mode.HOLD)
    assert held.t_ns - silent_ns == 120 * MS
    assert "Policy has been silent" in held.reason
    assert held.driver == POLICY
    supervised.policy_speaks = True
    back = supervised.tick()
    assert (back.mode, back.speed_scale) == (Mode.ACTIVE, 0.0)
    supervised.policy_speaks = False
    record = supervised.run(60)[-1]
    assert (record.mode, record.rollout.phase) == (Mode.READY, "paused")
    supervised.policy_speaks = True
    assert supervised.run(30)[-1].mode is Mode.READY, "a lost policy does not start again by itself"


def test_a_lost_policy_can_be_taken_over_from_hold(rig, supervised):
    supervised.start()
    supervised.run(50)
    supervised.policy_speaks = False
    assert supervised.run(15)[-1].mode is Mode.HOLD
    record = supervised.tick(deadman=True)
    assert (record.mode, record.driver) == (Mode.ACTIVE, "ada")


def test_a_supervisor_who_vanishes_holds_the_robot_and_then_stops_it(rig, supervised):
    supervised.start()
    supervised.run(50)
    supervised.operator_speaks = False
    gone_ns = rig.records[-1].t_ns
    records = supervised.run(210)
    held = next(record for record in records if record.mode is Mode.HOLD)
    assert held.t_ns - gone_ns == 1000 * MS
    assert "Ada, who supervises policy:act, has been silent" in held.reason
    stopped = next(record for record in records if record.mode is Mode.STOPPED)
    assert stopped.t_ns - gone_ns == 2000 * MS
    assert stopped.rollout is None


def test_a_supervisor_who_comes_back_in_time_lets_it_go_on(supervised):
    supervised.start()
    supervised.run(50)
    supervised.operator_speaks = False
    assert supervised.run(120)[-1].mode is Mode.HOLD
    supervised.operator_speaks = True
    assert supervised.tick().mode is Mode.ACTIVE


def test_an_operator_who_is_lost_while_driving_does_not_set_the_policy_going(rig, supervised):
    supervised.start()
    supervised.run(50)
    supervised.run(20, deadman=True)
    supervised.operator_speaks = False
    record = supervised.run(60)[-1]
    assert (record.mode, record.rollout.phase) == (Mode.READY, "paused")


def test_a_stop_from_anybody_ends_the_rollout(rig, supervised):
    supervised.start()
    supervised.run(50)
    assert rig.ask("stop", driver="bob", name="Bob").ok
    record = supervised.tick()
    assert (record.mode, record.rollout, record.command.stop) == (Mode.STOPPED, None, True)
    assert rig.ask("arm").ok
    assert supervised.run(20)[-1].mode is Mode.READY


def test_the_speed_setting_caps_a_policy(rig, supervised):
    assert not rig.ask("speed", value=0.1).ok
    supervised.start()
    assert rig.ask("speed", value=0.1).ok
    layout = rig.spec.layout
    far = wave(rig, vx_m_s=0.5)
    far[layout.arms] += 0.3
    records = supervised.run(200, action=far)
    rates = np.abs(np.diff([record.command.action[layout.arms] for record in records], axis=0)) / 0.01
    assert 0.3 < rates.max() < 0.45, "a tenth of 4 rad/s, give or take the limiter's braking"
    assert records[-1].command.action[layout.velocity][0] == pytest.approx(0.06)


def test_a_policy_cannot_press_its_hands_into_the_body(rig, supervised):
    """The same limit that holds an operator's arms back: capsules keep their distance."""
    supervised.start()
    layout = rig.spec.layout
    inward = wave(rig)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        inward[layout.action_names.index(f"{side}_shoulder_yaw_joint")] = sign * 1.2
        inward[layout.action_names.index(f"{side}_elbow_joint")] = 0.2
        inward[layout.action_names.index(f"{side}_shoulder_roll_joint")] = -sign * -0.2
    records = supervised.run(400, action=inward)
    ik = rig.context.ik
    ik.wrists_of(records[-1].command.action)
    gaps, _, _ = ik.self_collision.distances(ik.configuration.data, rig.spec.nominal_height_m)
    assert gaps.min() > 0.004
    assert "would touch" in records[-1].ik.note


def test_requests_say_what_is_allowed(rig):
    assert "take it first" in rig.ask("policy.start", policy=POLICY).error
    rig.tick()
    assert "without policy: in front" in rig.ask("lease.take", driver=POLICY).error
    rig.ask("lease.take", name="Ada")
    assert "when it is READY" in rig.ask("policy.start", policy=POLICY).error
    assert rig.ask("arm").ok
    assert "allowed: a name with policy: in front" in rig.ask("policy.start", policy="ada").error
    assert "no policy is running" in rig.ask("policy.pause").error
    assert "held by Ada" in rig.ask("policy.start", driver="bob", policy=POLICY).error
    assert rig.ask("policy.start", policy="policy:lost").ok
    assert rig.ask("policy.start", policy=POLICY).ok
    assert rig.tick().rollout.policy == POLICY


@pytest.mark.parametrize("action", [np.zeros(35), np.full(36, np.nan), np.full(36, 1e9)])
def test_actions_that_cannot_be_used_are_refused_in_words(supervised, action):
    supervised.start()
    record = supervised.tick(action=action)
    assert "policy.action" in record.refused[0]
    assert supervised.run(20, action=action)[-1].mode is Mode.HOLD
