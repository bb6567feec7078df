"""The parser under whatever a socket may bring. Inputs per property: 1000, 300, 200, 200."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.contracts.rig import GloveState
from backend.core.hands.human import ANGLES
from devices.inputs.manus.haptics import Haptics, strengths
from devices.inputs.manus.table import STALE_NS, GloveTable
from devices.inputs.manus.wire import PROTOCOL, Data, GloveData, GloveInfo, Hello, Refused, decode, encode

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=20,
)
near_messages = st.fixed_dictionaries(
    {"type": st.sampled_from(["hello", "data", "vibrate", ""])},
    optional={
        "protocol": st.sampled_from([PROTOCOL, 2, -1, "1"]),
        "session": st.text(max_size=5) | values,
        "t_ns": st.integers(-(2**63), 2**64 - 1) | values,
        "gloves": st.lists(
            st.fixed_dictionaries(
                {"id": st.integers() | values},
                optional={
                    "side": st.sampled_from(["left", "right", "up"]),
                    "haptics": st.booleans() | values,
                    "angles_deg": st.lists(st.floats() | values, max_size=41),
                    "nodes": st.lists(st.lists(st.floats(), max_size=8), max_size=26),
                },
            ),
            max_size=3,
        )
        | values,
    },
)


def packed(value) -> bytes:
    try:
        return msgspec.msgpack.encode(value)
    except (OverflowError, UnicodeEncodeError):
        return b"\xc1"


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_refused_in_words(data):
    judge(data)


@settings(max_examples=300, deadline=None)
@given(values.map(packed) | near_messages.map(packed))
def test_any_msgpack_is_a_message_or_refused_in_words(data):
    judge(data)


def judge(data: bytes) -> None:
    table = GloveTable()
    table.take(Hello(PROTOCOL, "s", 0, [GloveInfo(1, "left")]), 1)
    kind = text = ""
    try:
        message = decode([data])
        assert isinstance(message, Hello | Data)
        table.take(message, 2)
    except Refused as why:
        kind, text = why.kind, str(why)
    assert kind in {"", "pickle", "schema", "protocol", "gloves", "shape", "number", "unannounced"}
    assert bool(kind) is bool(text)
    for sample in table.samples(3):
        assert sample.angles_deg is None or np.all(np.isfinite(sample.angles_deg))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(-360, 360), min_size=40, max_size=40),
    st.integers(0, 2**63 - 1),
    st.sampled_from(["left", "right"]),
)
def test_what_is_sent_is_what_is_read(angles, t_ns, side):
    table = GloveTable()
    table.take(decode([encode(Hello(PROTOCOL, "s", t_ns, [GloveInfo(5, side, True)]))]), 10)
    table.take(decode([encode(Data(t_ns, [GloveData(5, angles)]))]), 20)
    (sample,) = table.samples(20)
    first = 0 if side == "left" else len(ANGLES)
    assert sample.state is GloveState.LIVE
    assert sample.angles_deg.tolist() == angles[first : first + len(ANGLES)]
    assert (sample.id, sample.side, sample.source_t_ns, sample.haptics) == (5, side, t_ns, True)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2**40), st.integers(0, 400_000_000)), max_size=30))
def test_no_order_of_stamps_makes_an_old_value_look_new(events):
    """Whatever the bridge's clock does, a glove is never live when nothing has arrived for long."""
    table, now_ns = GloveTable(), 10**12
    for is_hello, t_ns, wait_ns in events:
        now_ns += wait_ns
        message = Hello(PROTOCOL, "s", t_ns, [GloveInfo(1, "left")])
        table.take(message if is_hello else Data(t_ns, [GloveData(1, [float(t_ns % 99)] * 40)]), now_ns) if (
            is_hello or table.samples(now_ns)
        ) else None
        for sample in table.samples(now_ns):
            assert sample.age_ms >= 0
    for sample in table.samples(now_ns + STALE_NS):
        assert sample.state is not GloveState.LIVE


def test_two_clocks_may_drift_and_one_may_start_anew():
    table, session = GloveTable(), [GloveInfo(1, "left")]
    table.take(Hello(PROTOCOL, "s", 0, session), 10**12)
    for k in range(1, 12_000):
        # The bridge's clock is 50 ppm slow; ten minutes of it.
        now_ns = 10**12 + k * 50_000_000
        table.take(Hello(PROTOCOL, "s", int(k * 50_000_000 * (1 - 5e-5)), session), now_ns)
        table.take(
            Data(int(k * 50_000_000 * (1 - 5e-5)), [GloveData(1, [float(k)] * 40)]), now_ns
        ) if k > 1 else None
    (sample,) = table.samples(now_ns)
    assert sample.state is GloveState.WAITING or sample.age_ms < 1.0
    assert sample.state is GloveState.LIVE or sample.angles_deg is None
    # Back to zero, without another session: at once live again.
    table.take(Data(5, [GloveData(1, [1.0] * 40)]), now_ns + 1_000_000)
    (sample,) = table.samples(now_ns + 1_000_000)
    assert sample.state is GloveState.LIVE
    assert sample.age_ms < 1.0


def test_gloves_that_are_gone_are_forgotten_before_they_fill_the_memory():
    table = GloveTable()
    for k in range(1000):
        table.take(Hello(PROTOCOL, "s", k, [GloveInfo(k, "left"), GloveInfo(5000, "right")]), k + 1)
    samples = table.samples(1001)
    assert len(samples) <= 33
    assert samples[-1].id == 5000
    gone = [sample for sample in table.samples(10**12) if sample.state is GloveState.UNPLUGGED]
    assert len(gone) == len(samples) - 2


class TestHaptics:
    def test_forces_become_strengths_by_finger(self):
        assert strengths(np.zeros(3)) == [0.0] * 5
        thumb, index, middle, *others = strengths(np.array([1.0, 50.0, 6.0]))
        assert others == [0.0, 0.0]
        assert middle == 1.0
        assert 0.15 < thumb < index < 1.0

    def test_a_touch_is_told_at_most_every_50_ms_repeated_and_ended(self):
        haptics, told = Haptics(), []
        for k in range(200):
            now_ns = k * 10_000_000
            force_n = np.array([0, 0, 0, 2.0 + 0.05 * k, 0, 0]) if k < 100 else np.full(6, 3.0) * (k < 150)
            told += [
                (now_ns, side, fingers) for side, fingers in haptics.update(force_n, now_ns, now_ns).items()
            ]
        right = [(now_ns, fingers) for now_ns, side, fingers in told if side == "right"]
        assert right[0] == (0, strengths(np.array([2.0, 0, 0])))
        gaps = np.diff([now_ns for now_ns, fingers in right if any(fingers)])
        assert gaps.min() >= 50_000_000
        assert gaps.max() <= 400_000_000
        assert right[-1] == (1_500_000_000, [0.0] * 5)
        assert sum(not any(fingers) for _, fingers in right) == 1

    @pytest.mark.parametrize("gone", ["stale", "nobody drives", "not a number"])
    def test_it_ends_when_the_force_is_not_known_any_more(self, gone):
        haptics = Haptics()
        assert haptics.update(np.full(6, 5.0), 0, 0).keys() == {"left", "right"}
        force_n = {"stale": np.full(6, 5.0), "nobody drives": None, "not a number": np.full(6, np.nan)}[gone]
        t_ns = 0 if gone == "stale" else 300_000_000
        assert haptics.update(force_n, t_ns, 300_000_000) == {"left": [0.0] * 5, "right": [0.0] * 5}
        assert haptics.update(force_n, t_ns, 310_000_000) == {}
