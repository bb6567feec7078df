"""Gloves through ZeroMQ, from the emulator as a process of its own."""

import contextlib
import pickle
import queue
import subprocess
from collections.abc import Iterator

import numpy as np
import pytest
import zmq

from backend.core.contracts.rig import GloveState
from backend.core.hands.calibrator import HandCalibrator, tip_distance_m
from backend.core.hands.dex3_model import TIP_RADIUS_M, Dex3Model
from devices.emulators.manus.motions import poses
from devices.inputs.manus.framer import GloveFramer
from devices.inputs.manus.gloves import ManusGloves
from devices.inputs.manus.table import of_side
from devices.inputs.manus.wire import PROTOCOL, Data, GloveData, GloveInfo, Hello, encode
from devices.robots.g1_spec import g1_spec
from tests.rig.emulator import Emulator, until, until_state

LIVE, STALE = GloveState.LIVE, GloveState.STALE


@pytest.fixture(scope="module")
def shared() -> Iterator[Emulator]:
    emulator = Emulator("--pose", "open")
    yield emulator
    emulator.stop()


@pytest.fixture
def emulator(shared: Emulator) -> Emulator:
    """The shared emulator, as it was at first."""
    for line in (
        "speak",
        "late 0",
        "drop 0",
        "plug both",
        "thaw both",
        "unmute both",
        "jump both 0",
        "pose both open",
    ):
        shared.tell(line)
    return shared


@pytest.fixture
def gloves(emulator: Emulator) -> Iterator[ManusGloves]:
    gloves = ManusGloves(emulator.address)
    gloves.open()
    yield gloves
    gloves.close()


def near(pose: str):
    return lambda sample: sample.state is LIVE and np.abs(sample.angles_deg - poses()[pose]).max() < 2.0


@pytest.mark.parametrize("side", ["left", "right"])
def test_each_side_says_its_own_angles_and_joints(emulator, gloves, side):
    other = {"left": "right", "right": "left"}[side]
    emulator.tell(f"pose {side} fist")
    sample = until(gloves, side, near("fist"))
    until(gloves, other, near("open"))
    assert sample.side == side
    assert sample.haptics
    assert sample.trouble == ""
    emulator.tell(f"pose {side} pinch_index")
    sample = until(gloves, side, near("pinch_index"))
    assert tip_distance_m(sample.nodes, "index") == pytest.approx(0.014, abs=0.003)
    assert not gloves.refused


def test_unplugged_frozen_and_silent_are_told_apart_and_come_back(emulator, gloves):
    until_state(gloves, "left", LIVE)
    until_state(gloves, "right", LIVE)

    emulator.tell("unplug right")
    gone = until_state(gloves, "right", GloveState.UNPLUGGED)
    assert gone.trouble == "The right glove is switched off or unplugged."
    assert gone.angles_deg is not None
    until_state(gloves, "left", LIVE)
    emulator.tell("plug right")
    until_state(gloves, "right", LIVE)

    emulator.tell("freeze left")
    assert "has said the same for" in until_state(gloves, "left", GloveState.FROZEN).trouble
    until_state(gloves, "right", LIVE)
    emulator.tell("thaw left")
    until_state(gloves, "left", LIVE)

    emulator.tell("mute left")
    until_state(gloves, "left", GloveState.FROZEN)
    emulator.tell("unmute left")
    until_state(gloves, "left", LIVE)

    emulator.tell("silence")
    assert "Nothing from the glove bridge" in until_state(gloves, "left", STALE).trouble
    until_state(gloves, "right", STALE)
    emulator.tell("speak")
    until_state(gloves, "right", LIVE)


def test_only_changed_gloves_are_sent_and_the_others_hold_their_value():
    emulator = Emulator("--pose", "open", "--noise-deg", "0")
    # Without noise a held pose is sent once: at its first turn, which has passed when it obeys a second time,
    # and before anybody listens.
    for _ in range(2):
        emulator.tell("pose both open")
    gloves = ManusGloves(emulator.address)
    gloves.open()
    try:
        until_state(gloves, "left", GloveState.WAITING)
        emulator.tell("pose both fist")
        first = until(gloves, "left", lambda sample: sample.angles_deg is not None)
        emulator.tell("pose right relaxed")
        until(gloves, "right", lambda s: s.angles_deg is not None and s.angles_deg[5] == 20.0)
        held = until(gloves, "left", lambda sample: sample.age_ms > first.age_ms + 100)
        assert held.angles_deg == pytest.approx(poses()["fist"], abs=0.01)
        assert held.t_ns == first.t_ns
    finally:
        gloves.close()
        emulator.stop()


def test_a_glove_whose_values_come_late_is_stale_although_they_come(emulator, gloves):
    until_state(gloves, "left", LIVE)
    emulator.tell("late 600")
    late = until(gloves, "left", lambda s: s.state is STALE and s.age_ms > 550)
    received = gloves.received
    until(gloves, "left", lambda s: gloves.received > received + 20 and s.state is STALE)
    assert late.age_ms < 60_000
    emulator.tell("late 0")
    until_state(gloves, "left", LIVE)


def test_a_bridge_that_is_killed_and_started_again_is_taken_up():
    emulator = Emulator("--pose", "open")
    gloves = ManusGloves(emulator.address)
    gloves.open()
    try:
        until_state(gloves, "left", LIVE)
        emulator.stop(subprocess.Popen.kill)
        until_state(gloves, "left", STALE)
        port = emulator.address.rpartition(":")[2]
        emulator = Emulator("--port", port, "--pose", "fist")
        until(gloves, "left", near("fist"))
    finally:
        gloves.close()
        emulator.stop()


def test_radio_dropouts_do_not_matter(emulator, gloves):
    emulator.tell("drop 0.5")
    emulator.tell("pose both fist")
    until(gloves, "left", near("fist"))
    until(gloves, "right", near("fist"))


def test_the_operator_feels_what_is_sent_and_it_ends_when_it_is_not_repeated(emulator, gloves):
    sample = until_state(gloves, "right", LIVE)
    while True:
        # The bridge hears nothing before both sides have connected.
        gloves.vibrate(sample.id, [0.2, 0.9, float("nan"), 7.0, -1.0])
        with contextlib.suppress(queue.Empty):
            felt = emulator.hear("vibrate", 0.2)
            break
    assert felt == {"vibrate": sample.id, "fingers": [0.2, 0.9, 0.0, 1.0, 0.0]}
    assert emulator.hear("vibrate")["fingers"] == [0.0] * 5


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_person_calibrates_over_the_wire_and_then_pinches_with_the_robot(emulator, gloves, side):
    spec = g1_spec()
    guide = HandCalibrator(side)
    for pose in ("open", "fist", "pinch_index"):
        emulator.tell(f"pose {side} {pose}")
        until(gloves, side, near(pose))

        def step_is_taken(sample) -> bool:
            guide.add(sample.t_ns, sample.angles_deg, sample.nodes)
            return not guide.finish_step()

        until(gloves, side, step_is_taken)
    calibration = guide.result(wall_ns=1)
    assert calibration.touch_m == pytest.approx(0.014, abs=0.003)
    model = Dex3Model(spec, side)
    for way in ("angles", "tips"):
        framer = GloveFramer(spec, {side: calibration}, way)
        gaps = {}
        for finger in ("index", "middle"):
            emulator.tell(f"pose {side} pinch_{finger}")
            until(gloves, side, near(f"pinch_{finger}"))
            hand = None
            for _ in range(40):
                seen = until(gloves, side, lambda sample: sample.state is LIVE).t_ns
                until(gloves, side, lambda sample, seen=seen: sample.state is LIVE and sample.t_ns > seen)
                frame = framer.frame(gloves.poll(), "ada")
                hand = getattr(frame, side).fingers_rad if frame is not None else hand
            thumb, index, middle = model.tips_m(hand)
            gaps[finger] = np.linalg.norm((index if finger == "index" else middle) - thumb) - 2 * TIP_RADIUS_M
        assert abs(gaps["index"]) < 0.012, way
        assert abs(gaps["middle"]) < 0.020, way


class Wire:
    """A bridge in this process, to say what an emulator would not."""

    def __init__(self) -> None:
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.PUB)
        port = self._socket.bind_to_random_port("tcp://127.0.0.1")
        self.gloves = ManusGloves(f"tcp://127.0.0.1:{port}")
        self.gloves.open()

    def send_until(self, *parts: bytes, wanted) -> None:
        """Send over and over, until the subscription is there and `wanted` holds."""
        for _ in range(3000):
            self._socket.send_multipart(parts)
            self.gloves.poll()
            if wanted():
                return
            zmq.select([], [], [], 0.01)
        raise AssertionError(f"never: {self.gloves.refused} {self.gloves.last_refusal}")

    def close(self) -> None:
        self.gloves.close()
        self._socket.close(linger=0)
        self._context.term()


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


def test_a_pickle_is_refused_counted_and_never_executed(wire, tmp_path):
    mark = tmp_path / "executed"

    class Attack:
        def __reduce__(self):
            return (mark.write_text, ("by the glove adapter",))

    for protocol in range(6):
        attack = pickle.dumps(Attack(), protocol)
        before = wire.gloves.refused.total()
        wire.send_until(attack, wanted=lambda before=before: wire.gloves.refused.total() > before)
    # Counted and worded, and the attack works where somebody does load it.
    assert wire.gloves.refused["pickle"] > 0
    wire.send_until(pickle.dumps(Attack()), wanted=lambda: "pickle" in wire.gloves.last_refusal)
    assert "never loaded; allowed: msgpack hello and data" in wire.gloves.last_refusal
    assert not mark.exists()
    pickle.loads(attack)
    assert mark.exists()


def test_what_is_no_message_is_refused_and_what_follows_is_heard(wire):
    hello = encode(Hello(PROTOCOL, "s", 1, [GloveInfo(7, "left")]))
    stranger = encode(Data(2, [GloveData(8, [0.0] * 40)]))
    wire.send_until(hello, wanted=lambda: any(s.id == 7 for s in wire.gloves.poll()))
    for kind, *parts in (
        ("schema", b"\x81"),
        ("schema", b'{"type": "hello"}'),
        ("parts", hello, hello),
        ("size", b"x" * 100_000),
        ("protocol", encode(Hello(99, "s", 1, []))),
        ("unannounced", stranger),
        ("shape", encode(Data(2, [GloveData(7, [0.0] * 39)]))),
        ("number", encode(Data(2, [GloveData(7, [float("nan")] * 40)]))),
        ("number", encode(Data(2, [GloveData(7, [0.0] * 40, [[1e9] * 7] * 25)]))),
        ("gloves", encode(Hello(PROTOCOL, "s", 1, [GloveInfo(i, "left") for i in range(17)]))),
    ):
        before = wire.gloves.refused[kind]
        wire.send_until(*parts, wanted=lambda kind=kind, before=before: wire.gloves.refused[kind] > before)
    wire.send_until(hello, wanted=lambda: any(s.id == 7 for s in wire.gloves.poll()))


def test_two_gloves_of_one_side_are_refused_in_words(wire):
    both = encode(Hello(PROTOCOL, "s", 1, [GloveInfo(7, "left"), GloveInfo(9, "left")]))
    wire.send_until(both, wanted=lambda: len(wire.gloves.poll()) == 2)
    sample, trouble = of_side(wire.gloves.poll(), "left")
    assert sample is None
    assert trouble == "2 left gloves (7, 9); switch on only one."


@pytest.mark.parametrize(
    "address", ["", "tcp://", "ipc:///x", "tcp://host:99999", "tcp://host:x", "host:5565"]
)
def test_an_address_that_cannot_be_is_refused_in_words(address):
    with pytest.raises(ConnectionError, match="allowed: tcp://HOST:PORT"):
        ManusGloves(address).open()
