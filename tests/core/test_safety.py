import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.contracts.command import Command, JointTarget
from backend.core.safety.check import check
from backend.core.safety.limiter import stopping_speed
from backend.core.safety.limits import Limits
from backend.core.safety.safety import Safety

H = 0.01


def target(action):
    return JointTarget(t_ns=0, action=np.asarray(action, float))


def follow(safety, actions):
    """Feed targets and judge every command; returns commands and verdicts."""
    commands, verdicts = [], []
    for t, action in enumerate(actions):
        command, verdict = safety.follow(target(action), t)
        commands.append(command)
        verdicts.append(verdict)
        assert check(safety.limits, commands[-3:]) == []
    return commands, verdicts


def test_stopping_speed_is_the_largest_that_can_still_stop():
    def way(speed, a):
        total = 0.0
        while speed > 0:
            total += speed * H
            speed -= a * H
        return total

    for a in (0.5, 4.0, 40.0):
        for distance in (0.0, 1e-5, 1e-3, 0.02, 0.3, 1.7):
            speed = float(stopping_speed(np.array(distance), np.array(a), H))
            assert way(speed, a) <= distance + 1e-9
            assert way(speed + 1e-3, a) > distance


def test_a_target_inside_the_limits_is_followed_exactly(spec):
    safety = Safety(spec, H)
    start = safety.action.copy()
    t = np.arange(300) * H
    sway = 0.3 * (1 - np.cos(2 * np.pi * 0.4 * t))
    arms = spec.layout.arms
    actions = np.tile(start, (len(t), 1))
    actions[:, arms] += sway[:, None] * np.sign(start[arms] + 1e-3)
    commands, verdicts = follow(safety, actions)
    sent = np.array([command.action for command in commands])
    assert np.abs(sent - actions).max() < 1e-9
    assert all(not verdict.clips and not verdict.refused for verdict in verdicts)


def test_a_distant_target_is_reached_without_overshoot(spec):
    safety = Safety(spec, H)
    goal = safety.action.copy()
    elbow = spec.layout.action_names.index("left_elbow_joint")
    goal[elbow] += 0.9
    commands, verdicts = follow(safety, [goal] * 120)
    path = np.array([command.action[elbow] for command in commands])
    assert verdicts[0].refused.startswith("left_elbow_joint jumped by 0.90")
    assert verdicts[0].clips[0].kind == "jump"
    assert path.max() <= goal[elbow] + 1e-9
    assert path[-1] == pytest.approx(goal[elbow], abs=1e-6)
    assert {clip.kind for verdict in verdicts[1:] for clip in verdict.clips} == {"velocity", "acceleration"}


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_numbers_that_are_none_are_refused_by_name(spec, bad):
    safety = Safety(spec, H)
    action = safety.action.copy()
    action[20] = bad
    _, verdicts = follow(safety, [safety.action, action, safety.action])
    assert verdicts[1].refused == f"{safety.limits.names[20]} is not a usable number"
    assert verdicts[1].clips[0].kind == "not_finite"
    assert not verdicts[2].refused


def test_a_target_of_the_wrong_length_is_refused(spec):
    safety = Safety(spec, H)
    _, verdicts = follow(safety, [np.zeros(35)])
    assert verdicts[0].refused == "the target has shape (35,); allowed: (36,)"


def test_beyond_a_position_limit_it_stops_at_the_limit(spec):
    safety = Safety(spec, H)
    goal = safety.action.copy()
    height = spec.layout.height.start
    for _ in range(600):
        goal[height] = max(goal[height] - 0.002, 0.2)
        command, verdict = safety.follow(target(goal), 0)
    assert command.action[height] == pytest.approx(safety.limits.lower[height], abs=1e-6)
    assert [(clip.name, clip.kind) for clip in verdict.clips] == [("base_height", "position")]


def test_stop_and_hold_come_to_rest_within_the_limits(spec):
    for way in ("stop", "hold"):
        safety = Safety(spec, H)
        goal = safety.action.copy()
        goal[spec.layout.arms] += 0.8
        goal[spec.layout.velocity] = 0.3
        commands, _ = follow(safety, [goal] * 15)
        assert np.abs(safety.velocity[spec.layout.arms]).max() > 1.0
        for t in range(100):
            commands.append(getattr(safety, way)(t)[0])
            assert check(safety.limits, commands[-3:]) == []
        assert commands[-1].stop == (way == "stop")
        assert np.abs(safety.velocity).max() < 1e-9
        assert np.abs(commands[-1].action[spec.layout.velocity]).max() < 1e-9


channel = st.integers(0, 35)
wild = st.one_of(
    st.floats(-3, 3),
    st.sampled_from([np.nan, np.inf, -np.inf, 1e308, -1e308, 1e-320, 100.0]),
)
event = st.one_of(
    st.tuples(st.just("walk"), st.integers(0, 2**31)),
    st.tuples(st.just("set"), st.tuples(channel, wild)),
    st.tuples(st.just("hold"), st.none()),
    st.tuples(st.just("stop"), st.none()),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(event, min_size=5, max_size=80))
def test_no_sequence_leaves_the_limits(spec, events):
    safety = Safety(spec, H)
    goal = safety.action.copy()
    commands = []
    for t, (kind, value) in enumerate(events):
        if kind == "walk":
            goal = np.nan_to_num(goal, posinf=0, neginf=0) + np.random.default_rng(value).normal(0, 0.1, 36)
        elif kind == "set":
            goal = goal.copy()
            goal[value[0]] = value[1]
        if kind in ("hold", "stop"):
            command, _ = getattr(safety, kind)(t)
        else:
            command, _ = safety.follow(target(goal), t)
        commands.append(command)
        assert check(safety.limits, commands[-3:]) == []


def test_the_check_finds_what_an_unlimited_robot_would_be_told(spec):
    limits = Limits.from_spec(spec, H)
    safety = Safety(spec, H)
    still = safety.hold(0)[0]

    def told(changes, seq, velocity=None):
        action = still.action.copy()
        for index, value in changes.items():
            action[index] += value
        rate = np.zeros(28) if velocity is None else velocity
        return Command(t_ns=0, seq=still.seq + seq, action=action, joint_velocity_rad_s=rate, stop=False)

    elbow = spec.layout.action_names.index("right_elbow_joint")
    rate = np.zeros(28)
    rate[elbow] = 5.0
    assert "position of right_elbow_joint" in check(limits, [told({elbow: 9.0}, 0)])[0]
    assert "velocity of right_elbow_joint" in check(limits, [still, told({elbow: 0.05}, 1, rate)])[0]
    jerk = check(limits, [told({}, -1), still, told({elbow: 0.01}, 1, rate / 5)])
    assert "acceleration of right_elbow_joint" in jerk[0]
    assert "feed-forward" in check(limits, [still, told({elbow: 0.01}, 1)])[0]
    assert "sequence number" in check(limits, [still, told({}, 5)])[0]
    assert "finite" in check(limits, [told({elbow: np.nan}, 0)])[0]


def test_a_bad_period_is_refused(spec):
    with pytest.raises(ValueError, match="allowed"):
        Limits.from_spec(spec, 0.0)
