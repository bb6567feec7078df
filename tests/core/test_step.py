import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core.context import StepContext
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.record import msgpack_decoder, to_msgpack
from backend.core.contracts.tick import Mode, TickRecord
from backend.core.step import step
from tests.core.rig import Rig, arm_input


def test_the_same_inputs_give_the_same_records(spec):
    """Record a drive, replay its frames into a fresh context, compare byte for byte."""
    rig = Rig(spec)
    inputs = []
    rng = np.random.default_rng(5)
    rig.context.arbiter.handle(ControlRequest(kind="lease.take", driver="ada", name="Ada"), rig.now_ns)
    for k in range(250):
        requests = [ControlRequest(kind="arm", driver="ada")] if k == 3 else []
        frames = [rig.frame(deadman=k > 10, right=arm_input(twist=rng.normal(0, 0.2, 6), grip=0.3))]
        state, now_ns = rig.state(), rig.now_ns
        inputs.append((frames, state, now_ns, requests))
        rig.tick(*frames, requests=requests)
    replay = StepContext(spec, 0.01)
    replay.arbiter.handle(ControlRequest(kind="lease.take", driver="ada", name="Ada"), inputs[0][2])
    for record, (frames, state, now_ns, requests) in zip(rig.records, inputs, strict=True):
        assert to_msgpack(step(replay, frames, state, now_ns, requests)) == to_msgpack(record)
    assert rig.records[-1].mode is Mode.ACTIVE


def test_a_record_survives_the_bus(rig):
    rig.engage()
    record = rig.drive(20, right=arm_input(twist=[0.2, 0, 0, 0, 0, 0]))
    again = msgpack_decoder(TickRecord).decode(to_msgpack(record))
    assert to_msgpack(again) == to_msgpack(record)
    assert again.ik.note == record.ik.note


@pytest.mark.parametrize("stage", ["fusion.update", "ik.solve", "arbiter.update", "safety.follow"])
def test_a_defect_in_any_stage_stops_the_robot(rig, monkeypatch, stage):
    rig.engage()
    rig.drive(50, right=arm_input(twist=[0.4, 0, 0, 0, 0, 0]), base_velocity=np.array([0.4, 0, 0]))
    owner, method = stage.split(".")

    def broken(*args, **kwargs):
        raise RuntimeError("loose screw")

    monkeypatch.setattr(getattr(rig.context, owner), method, broken)
    record = rig.drive(1)
    assert (record.mode, record.reason) == (Mode.FAULT, "Internal error: RuntimeError: loose screw.")
    assert record.command.stop
    for _ in range(100):
        record = rig.drive(1)
    assert np.abs(rig.context.safety.velocity).max() < 1e-9
    monkeypatch.undo()
    assert rig.ask("reset").ok
    assert rig.tick(rig.frame()).mode is Mode.STOPPED


def test_a_clock_that_goes_back_is_a_fault(rig):
    rig.engage()
    rig.now_ns -= 5_000_000_000
    record = rig.tick()
    assert (record.mode, record.reason) == (Mode.FAULT, "The clock went backwards.")


def test_after_a_fall_the_command_goes_to_where_the_robot_is(rig, spec):
    rig.engage()
    lying = spec.neutral_rad.copy()
    lying[spec.index("left_elbow_joint")] = 1.8
    rig.state_changes = {"locomotion": "fallen", "q_rad": lying}
    for _ in range(200):
        record = rig.tick()
    elbow = spec.layout.action_names.index("left_elbow_joint")
    assert record.command.action[elbow] == pytest.approx(1.8, abs=0.02)
    rig.state_changes = {}


@pytest.mark.parametrize(("off_rad", "seated"), [(0.04, False), (0.3, True)])
def test_while_stopped_the_command_goes_to_arms_that_are_elsewhere(rig, spec, off_rad, seated):
    """Stopped, the robot holds its own arms; so a small sag stays, and a real gap closes."""
    rig.engage()
    rig.ask("stop")
    for _ in range(50):
        rig.tick()
    q = rig.state().q_rad.copy()
    joints = ("left_elbow_joint", "left_hand_index_0_joint")
    index = [spec.layout.action_names.index(joint) for joint in joints]
    before = rig.context.safety.action[index]
    for joint in joints:
        q[spec.index(joint)] -= off_rad
    rig.state_changes = {"q_rad": q}
    for _ in range(100):
        record = rig.tick()
    elbow, finger = record.command.action[index] - before
    assert elbow == pytest.approx(-off_rad if seated else 0.0, abs=0.006)
    assert finger == 0.0


def test_walking_hands_stay_where_they_are_on_the_robot(rig):
    rig.engage()
    before = rig.records[-1].intent.T_footprint_left
    record = rig.drive(100, base_velocity=np.array([0.4, 0, 0.3]))
    assert record.intent.T_footprint_left == pytest.approx(before)


def test_stage_times_come_from_the_timer(spec):
    rig = Rig(spec)
    ticks = iter(range(0, 10**9, 1_000_000))
    rig.context.timer = lambda: next(ticks)
    rig.engage()
    stages = rig.records[-1].stages
    assert (stages.fusion, stages.ik, stages.safety, stages.tick) == (1.0, 1.0, 1.0, 4.0)
    assert (stages.input_age, stages.state_age) == (0.0, 2.0)


numbers = st.one_of(st.floats(-2, 2), st.sampled_from([float("nan"), float("inf"), -1e300, 50.0, 0.0]))


def vectors(size):
    return st.lists(numbers, min_size=size, max_size=size).map(lambda v: np.array(v, float))


arms = st.builds(
    arm_input,
    clutch=st.booleans(),
    twist=st.one_of(st.none(), vectors(6)),
    pose=st.one_of(st.none(), vectors(7), vectors(3).map(lambda p: np.r_[p, 0, 0, 0, 1]), vectors(2)),
    grip=st.one_of(st.none(), numbers),
    pinch=st.one_of(st.none(), numbers),
    fingers_rad=st.one_of(st.none(), vectors(7), vectors(3)),
)
channels = st.fixed_dictionaries(
    {"deadman": st.sampled_from([True, True, True, False]), "moving": st.booleans()},
    optional={
        "left": arms,
        "right": arms,
        "base_velocity": vectors(3),
        "torso_rate_rad_s": vectors(3),
        "torso_rpy_rad": vectors(3),
        "height_rate_m_s": numbers,
        "base_height_m": numbers,
        "head": st.one_of(vectors(7), st.just(np.array([0, 0, 1.5, 0, 0, 0, 1.0]))),
    },
)
kinds = st.sampled_from(
    ["lease.take", "lease.renew", "lease.release", "arm", "arm", "stop", "reset", "home", "speed", "dance"]
)
requests = st.builds(
    ControlRequest, kind=kinds, driver=st.sampled_from(["ada", "ada", "bob", ""]), value=numbers
)
states = st.sampled_from(
    [{}, {}, {}, {"locomotion": "fallen"}, {"q_rad": np.full(43, np.nan)}, {"T_world_pelvis": np.zeros(7)}]
)
moments = st.tuples(
    st.lists(st.tuples(st.sampled_from(["keyboard", "pico"]), channels), max_size=2),
    st.lists(requests, max_size=2),
    states,
    st.integers(1, 4),
    st.sampled_from([1, 1, 1, 30, 300, -50]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(moments, min_size=3, max_size=25))
def test_no_life_of_a_session_leaves_the_limits(spec, life):
    """Rig judges every command; here anything may happen: the inputs, the robot, the clock."""
    rig = Rig(spec)
    rig.ask("lease.take", name="Ada")
    rig.tick(rig.frame())
    rig.ask("arm")
    for inputs, asked, state, repeat, skip in life:
        rig.state_changes = state
        for _ in range(repeat):
            record = rig.tick(
                *(rig.frame(source=source, **values) for source, values in inputs), requests=asked
            )
            assert "Internal error" not in record.reason
        rig.now_ns += (skip - 1) * 10_000_000
