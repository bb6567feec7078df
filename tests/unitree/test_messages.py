"""Messages on the wire: against the DDS library's own encoder, and the checksum against its definition."""

import numpy as np
import pytest

from devices.robots.g1_spec import HANDS as ALL_FINGERS
from devices.robots.unitree.crc import crc32_mpeg2, message_crc
from devices.robots.unitree.idl_api import Request_, Response_
from devices.robots.unitree.idl_go import SportModeState_
from devices.robots.unitree.idl_hg import (
    BmsState_,
    HandCmd_,
    HandState_,
    IMUState_,
    LowCmd_,
    LowState_,
    MotorCmd_,
    MotorState_,
)
from devices.robots.unitree.layout import IMU_STATE, LOW_CMD, LOW_STATE, MOTOR_CMD, MOTOR_STATE
from devices.robots.unitree.motors import BODY, HANDS, hand_mode
from devices.robots.unitree.remote import pressed, remote_bytes, stop_asked


def some(dtype: np.dtype, rng: np.random.Generator) -> np.ndarray:
    """A record of numbers that every encoder keeps."""
    record = np.zeros((), dtype)
    for name in dtype.names:
        kind, shape = dtype[name].subdtype or (dtype[name], ())
        if kind.names:
            flat = [some(kind, rng) for _ in range(int(np.prod(shape)))]
            record[name] = np.array(flat, kind).reshape(shape) if shape else flat[0]
        elif kind.kind == "f":
            record[name] = rng.normal(size=shape)
        else:
            record[name] = rng.integers(0, 100, shape)
    return record


def plain(value, kinds: dict[np.dtype, type]):
    """The same as the lists and objects that the library's encoder takes."""
    if value.dtype in kinds and value.shape == ():
        fields = {name: plain(value[name], kinds) for name in value.dtype.names}
        return kinds[value.dtype](**fields)
    if value.shape:
        return [plain(each, kinds) for each in value]
    return value.item()


@pytest.mark.parametrize(
    ("message", "dtype", "kinds"),
    [
        (LowCmd_, LOW_CMD, {MOTOR_CMD: MotorCmd_}),
        (LowState_, LOW_STATE, {MOTOR_STATE: MotorState_, IMU_STATE: IMUState_}),
    ],
)
def test_whole_records_are_the_bytes_that_the_library_makes(message, dtype, kinds):
    record = some(dtype, np.random.default_rng(4))
    theirs = message.__idl__.serialize(plain(record, {**kinds, dtype: message}), use_version_2=False)
    assert message.of(record).serialize() == theirs
    back = message.deserialize(theirs)
    assert back.record().tobytes() == record.tobytes()


def test_a_message_of_another_encoding_is_refused():
    data = bytearray(LowCmd_.of(np.zeros((), LOW_CMD)).serialize())
    data[1] = 0
    with pytest.raises(ValueError, match="allowed: 0001"):
        LowCmd_.deserialize(bytes(data))
    with pytest.raises(ValueError, match="buffer"):
        LowCmd_.deserialize(bytes(LowCmd_.of(np.zeros((), LOW_CMD)).serialize()[:500]))


def test_types_have_the_names_and_sizes_of_the_robot():
    assert {kind.__idl_typename__ for kind in (LowCmd_, LowState_, HandCmd_, HandState_, BmsState_)} == {
        f"unitree_hg.msg.dds_.{name}_" for name in ("LowCmd", "LowState", "HandCmd", "HandState", "BmsState")
    }
    assert Request_.__idl_typename__ == "unitree_api.msg.dds_.Request_"
    assert Response_.__idl_typename__ == "unitree_api.msg.dds_.Response_"
    assert SportModeState_.__idl_typename__ == "unitree_go.msg.dds_.SportModeState_"
    # Sizes of the C structures that the robot computes its checksums over.
    assert (LOW_CMD.itemsize, LOW_STATE.itemsize) == (1004, 2092)


def crc_by_bits(words: list[int]) -> int:
    """The checksum as its definition has it: one bit after the other."""
    crc = 0xFFFFFFFF
    for word in words:
        for bit in range(31, -1, -1):
            top = (crc >> 31) ^ (word >> bit & 1)
            crc = (crc << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 if top else 0)
    return crc


def test_the_checksum_has_the_published_check_value_and_follows_its_definition():
    assert crc32_mpeg2(b"123456789") == 0x0376E6E7
    assert crc_by_bits([0x31323334, 0x35363738]) == crc32_mpeg2(b"12345678")
    for seed in range(3):
        record = some(LOW_CMD, np.random.default_rng(seed))
        words = np.frombuffer(record.tobytes(), "<u4")[:-1].tolist()
        assert message_crc(record) == crc_by_bits(words)


def test_the_checksum_of_a_command_known_by_heart():
    record = np.zeros((), LOW_CMD)
    record["mode_machine"] = 5
    record["motor_cmd"]["mode"][:29] = 1
    record["motor_cmd"]["kd"][:29] = 1.0
    assert message_crc(record) == 0x1CF4A68D
    record["crc"] = 77
    assert message_crc(record) == 0x1CF4A68D, "the checksum is not part of what it covers"
    record["motor_cmd"]["q"][20] = 1e-3
    assert message_crc(record) != 0x1CF4A68D


def test_every_finger_has_a_motor_and_the_hands_differ():
    assert {*HANDS["left"], *HANDS["right"]} == set(ALL_FINGERS)
    assert HANDS["left"][3:] == tuple(
        f"left_hand_{name}_joint" for name in ("middle_0", "middle_1", "index_0", "index_1")
    )
    assert HANDS["right"][3:] == tuple(
        f"right_hand_{name}_joint" for name in ("index_0", "index_1", "middle_0", "middle_1")
    )
    assert len(BODY) == 29
    assert (BODY[3], BODY[12], BODY[18], BODY[28]) == (
        "left_knee_joint", "waist_yaw_joint", "left_elbow_joint", "right_wrist_yaw_joint",
    )  # fmt: skip
    assert [hand_mode(i) for i in (0, 6)] == [0x10, 0x16]


def test_the_remote_control_s_keys():
    assert pressed(remote_bytes(frozenset(("L2", "B", "left")))) == {"L2", "B", "left"}
    assert pressed(bytes(40)) == frozenset()
    raw = bytearray(40)
    raw[3] = 0b1  # The first bit of the second byte of the key word.
    assert pressed(bytes(raw)) == {"A"}
    assert stop_asked(frozenset(("L2", "B", "up"))) == "damp"
    assert stop_asked(frozenset(("L1", "A"))) == "damp"
    assert stop_asked(frozenset(("select",))) == "hold"
    assert stop_asked(frozenset(("B", "L1", "R2"))) == ""
