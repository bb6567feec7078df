"""No input frame gets through with a value, an order or a rate that makes no sense."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.api.input_gate import BURST, MAX_RATE_HZ, MAX_SOURCES, SIZES, InputGate
from backend.core.arbiter.frame_check import problem
from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.record import to_msgpack
from backend.core.contracts.wire import InputFrame, WireError

NOW_NS = 10**12
POSE = np.array([0.3, 0.2, 0.1, 0, 0, 0, 1.0])


def frame(**fields: object) -> InputFrame:
    return InputFrame(**{"source": "keyboard", "seq": 1, "source_t_ns": 5, **fields})


def test_a_good_frame_is_stamped_and_keeps_its_values():
    arm = ArmInput(clutch=True, pose=POSE, grip=0.5)
    sent = frame(deadman=True, moving=True, left=arm, base_velocity=np.array([0.1, 0, -0.2]))
    got = InputGate("ann").admit(sent, NOW_NS)
    assert isinstance(got, DeviceFrame)
    assert (got.driver, got.t_ns, got.source_t_ns) == ("ann", NOW_NS, 5)
    assert (got.deadman, got.moving) == (True, True)
    assert got.left is arm
    assert got.base_velocity.tolist() == [0.1, 0, -0.2]


@pytest.mark.parametrize(
    ("fields", "allowed"),
    [
        ({"source": ""}, "source must be"),
        ({"source": "Keyboard one"}, "source must be"),
        ({"seq": -1}, "between 0 and 2^53"),
        ({"seq": 2**60}, "between 0 and 2^53"),
        ({"base_velocity": np.array([1.0, 2.0])}, "base_velocity must have 3 numbers"),
        ({"base_velocity": np.array([[1.0, 2.0, 3.0]])}, "base_velocity must have 3 numbers"),
        ({"torso_rate_rad_s": np.array([0, np.nan, 0])}, "torso_rate_rad_s must be finite"),
        ({"torso_rate_rad_s": np.array([0, 1e9, 0])}, "torso_rate_rad_s must be finite"),
        ({"height_rate_m_s": math.inf}, "height_rate_m_s must be within"),
        ({"left": ArmInput(pose=np.ones(6))}, "left.pose must have 7 numbers"),
        ({"left": ArmInput(pose=np.zeros(7))}, "left.pose must end in a unit quaternion"),
        ({"right": ArmInput(twist=np.full(6, np.inf))}, "right.twist must be finite"),
        ({"right": ArmInput(grip=1.5)}, "right.grip must be between 0 (open) and 1"),
        ({"right": ArmInput(pinch=math.nan)}, "right.pinch must be between 0 (open) and 1"),
        ({"right": ArmInput(fingers_rad=np.zeros(8))}, "right.fingers_rad must have 7 numbers"),
    ],
)
def test_a_bad_value_is_refused_with_what_is_allowed(fields: dict, allowed: str):
    refused = InputGate("ann").admit(frame(**fields), NOW_NS)
    assert isinstance(refused, WireError)
    assert allowed in refused.text


def test_old_and_repeated_frames_are_refused_per_source():
    gate = InputGate("ann")
    assert isinstance(gate.admit(frame(seq=5), NOW_NS), DeviceFrame)
    for seq in (5, 4):
        assert gate.admit(frame(seq=seq), NOW_NS).code == "input_order"
    assert isinstance(gate.admit(frame(source="gamepad", seq=1), NOW_NS), DeviceFrame)
    assert isinstance(gate.admit(frame(seq=6), NOW_NS), DeviceFrame)


def test_a_flood_is_thinned_but_letting_go_always_gets_through():
    gate = InputGate("ann")
    seconds, rate_hz = 2, 2000
    passed = 0
    for seq in range(seconds * rate_hz):
        now_ns = NOW_NS + seq * 10**9 // rate_hz
        passed += isinstance(gate.admit(frame(seq=seq, deadman=True), now_ns), DeviceFrame)
    assert passed <= seconds * MAX_RATE_HZ + BURST
    assert passed >= seconds * MAX_RATE_HZ
    now_ns = NOW_NS + seconds * 10**9
    while isinstance(gate.admit(frame(seq=seq, deadman=True), now_ns), DeviceFrame):
        seq += 1
    assert gate.admit(frame(seq=seq + 1, deadman=True), now_ns).code == "input_rate"
    assert isinstance(gate.admit(frame(seq=seq + 2, deadman=False), now_ns), DeviceFrame)
    assert gate.admit(frame(seq=seq + 3, deadman=False), now_ns).code == "input_rate"


def test_the_number_of_sources_is_bounded():
    gate = InputGate("ann")
    for i in range(MAX_SOURCES):
        assert isinstance(gate.admit(frame(source=f"pad{i}"), NOW_NS), DeviceFrame)
    assert gate.admit(frame(source="one.more"), NOW_NS).code == "input_sources"


numbers = st.floats(allow_nan=True, allow_infinity=True)


def arrays(name: str) -> st.SearchStrategy[np.ndarray | None]:
    sizes = st.sampled_from([SIZES[name], SIZES[name], 0, 1, 40])
    lists = sizes.flatmap(lambda size: st.lists(numbers, min_size=size, max_size=size))
    return st.none() | lists.map(np.array)


arms = st.none() | st.builds(
    ArmInput,
    pose=st.none() | st.just(POSE) | arrays("pose"),
    twist=arrays("twist"),
    grip=st.none() | numbers,
    pinch=st.none() | numbers,
    fingers_rad=arrays("fingers_rad"),
)


@given(
    st.builds(
        InputFrame,
        source=st.just("keyboard") | st.text(),
        seq=st.integers(),
        source_t_ns=st.integers(),
        left=arms,
        right=arms,
        torso_rate_rad_s=arrays("torso_rate_rad_s"),
        height_rate_m_s=st.none() | numbers,
        base_velocity=arrays("base_velocity"),
    )
)
def test_whatever_passes_can_be_published_and_is_usable_by_the_arbiter(sent: InputFrame):
    got = InputGate("ann").admit(sent, NOW_NS)
    if isinstance(got, DeviceFrame):
        assert to_msgpack(got)
        assert problem(got, NOW_NS) == ""
    else:
        assert got.text
