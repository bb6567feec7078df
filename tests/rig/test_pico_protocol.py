"""Any bytes at all: packets are found, nothing raises, nothing grows."""

import itertools
import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.emulators.pico import wire
from devices.inputs.pico.protocol import MAX_DATA, PacketKind, PacketParser, pack
from devices.inputs.pico.tracking import Sample, function_of, sample_of

FUZZED = 500
"""Inputs of each of four fuzzing tests; `python -m benchmarks.fuzz` tries as many as one likes."""
COMMANDS = st.sampled_from([wire.CONNECT, wire.HEARTBEAT, wire.VERSION, wire.FUNCTION])


def in_pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@settings(max_examples=FUZZED, deadline=None)
@given(st.lists(st.tuples(COMMANDS, st.binary(max_size=80)), max_size=6), st.lists(st.integers(0, 999)))
def test_packets_come_out_as_they_went_in_however_they_are_cut(sent, cuts):
    data = b"".join(wire.packet(command, body, 7) for command, body in sent)
    parser = PacketParser()
    got = [packet for piece in in_pieces(data, cuts) for packet in parser.feed(piece)]
    assert [(packet.command, packet.data) for packet in got] == sent
    assert parser.dropped == 0


@settings(max_examples=FUZZED, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=60), st.just(b"\x3f"), st.just(b"\x3f\x6d")), max_size=8))
def test_after_any_rubbish_real_packets_are_found_again(rubbish):
    parser = PacketParser()
    total = 0
    for piece in rubbish:
        parser.feed(piece)
        total += len(piece)
        assert len(parser._buffer) <= MAX_DATA + 15
    # What looks like the start of a long packet hides what follows, but no longer than its length.
    real = wire.packet(wire.HEARTBEAT, b"x" * 500, 1)
    found = 0
    for _ in range(2 * MAX_DATA // len(real)):
        found += sum(packet.data == b"x" * 500 for packet in parser.feed(real))
        if found:
            break
    assert found
    assert parser.dropped <= total + 2 * MAX_DATA


def test_a_length_beyond_the_largest_is_dropped_at_once():
    parser = PacketParser()
    parser.feed(struct.pack("<BBI", 0x3F, 0x6D, MAX_DATA + 1))
    assert [p.data for p in parser.feed(wire.packet(wire.HEARTBEAT, b"SN", 1))] == [b"SN"]
    assert parser.dropped == 6


def test_the_emulator_understands_the_receiver():
    data = pack(PacketKind.ASK, b"hello", 5)
    assert wire.split(data + data[:7]) == ([(wire.ASK, b"hello")], data[:7])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
POSE = st.one_of(
    st.sampled_from(["0,0,0,0,0,0,0", "1,2,3,0,0,0,1", "1,2,3,nan,0,0,1", "1e999,0,0,0,0,0,1", "1,2"]),
    st.lists(st.floats(), min_size=6, max_size=8).map(lambda v: ",".join(map(str, v))), JSON,
)  # fmt: skip
JOINT = st.one_of(JSON, st.fixed_dictionaries({}, optional={"p": POSE, "sn": JSON | st.just("SN1")}))
VALUE = st.fixed_dictionaries(
    {},
    optional={
        "Head": JSON | st.fixed_dictionaries({"pose": POSE}),
        "Controller": JSON | st.dictionaries(st.sampled_from(["left", "right"]), st.fixed_dictionaries(
            {"pose": POSE, "grip": JSON, "hasPose": JSON})),
        "Motion": JSON | st.fixed_dictionaries({"joints": st.lists(JOINT, max_size=8) | JSON, "len": JSON}),
        "timeStampNs": JSON | st.integers(),
        "Hand": JSON,
        "Body": JSON,
    },
)  # fmt: skip


@settings(max_examples=FUZZED, deadline=None)
@given(VALUE, st.integers(0, 2**64 - 1))
def test_any_json_gives_a_usable_sample_or_none(value, sent_ms):
    sample = sample_of(json.dumps(value), False, 5, sent_ms)
    if sample is None:
        # Numbers that are none are no JSON, though Python writes them.
        assert "NaN" in json.dumps(value) or "Infinity" in json.dumps(value)
        return
    assert isinstance(sample, Sample)
    assert 0 <= sample.source_t_ns < 2**63
    poses = [sample.head, *(c.pose for c in sample.controllers.values()), *sample.trackers.values()]
    for pose in poses:
        if pose is not None:
            assert pose.shape == (7,)
            assert np.isfinite(pose).all()
            assert abs(np.linalg.norm(pose[3:]) - 1.0) < 1e-6 or not pose[3:].any()
    assert all(0.0 <= controller.grip <= 1.0 for controller in sample.controllers.values())


@settings(max_examples=FUZZED, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_no_function(data):
    name, value = function_of(data)
    assert isinstance(name, str)
    sample_of(value, False, 0, 0)


@pytest.mark.parametrize(
    "text", ["[" * 5000, '{"functionName":"Tracking","value":"' + "[" * 5000 + '"}', '"\ud800"']
)
def test_json_that_is_meant_to_hurt_does_not(text):
    name, value = function_of(text.encode(errors="surrogatepass"))
    assert name in ("", "Tracking")
    assert sample_of(value, False, 0, 0) is None
