"""The ROS 2 message, by its field names, without ROS 2."""

from types import SimpleNamespace as Message

import pytest

from backend.core.contracts.rig import GloveState
from backend.core.hands.human import ANGLES, NODES
from devices.emulators.manus.hand_model import joints
from devices.emulators.manus.motions import poses
from devices.inputs.manus.ros2 import ManusRos2, convert
from devices.inputs.manus.wire import Refused

CHAINS = {"mcp": "MCP", "pip": "PIP", "dip": "DIP"}
JOINTS = {"metacarpal": "MCP", "proximal": "PIP", "intermediate": "IP", "distal": "DIP", "tip": "TIP"}


def spelt(name: str) -> str:
    """As the publisher spells it: ThumbMCPSpread, IndexSpread, IndexMCPStretch."""
    finger, joint, kind = name.split("_")
    if kind == "spread" and finger != "thumb":
        return f"{finger.capitalize()}Spread"
    return f"{finger.capitalize()}{CHAINS[joint]}{kind.capitalize()}"


def message(side: str, glove: int, pose: str = "fist") -> Message:
    """As `manus_ros2_msgs/ManusGlove`, in an order of its own."""
    angles_deg = poses()[pose]
    entries = [Message(type=spelt(name), value=value) for name, value in zip(ANGLES, angles_deg, strict=True)]
    nodes = []
    for k, (name, row) in enumerate(zip(NODES, joints(angles_deg, side.lower()), strict=True)):
        finger, _, joint = name.partition("_")
        nodes.append(
            Message(
                node_id=k,
                parent_node_id=0,
                chain_type="Hand" if finger == "wrist" else finger.capitalize(),
                joint_type=JOINTS.get(joint, "Invalid"),
                pose=Message(
                    position=Message(x=row[0], y=row[1], z=row[2]),
                    orientation=Message(x=row[3], y=row[4], z=row[5], w=row[6]),
                ),
            )
        )
    return Message(glove_id=glove, side=side, ergonomics=entries[::-1], raw_nodes=nodes[::-1])


def test_the_side_is_that_of_the_message_and_order_does_not_matter():
    for side, first in (("Left", 0), ("Right", 20)):
        info, data = convert(message(side, 3))
        assert (info.id, info.side) == (3, side.lower())
        assert data.angles_deg[first : first + 20] == pytest.approx(poses()["fist"])
        assert data.nodes == pytest.approx(joints(poses()["fist"], side.lower()))
        assert not any(data.angles_deg[20 - first : 40 - first])


def test_spreads_may_be_spelt_as_in_the_sdk():
    other = message("Left", 3)
    for entry in other.ergonomics:
        entry.type = entry.type.replace("IndexSpread", "IndexMCPSpread")
    assert convert(other)[1].angles_deg == convert(message("Left", 3))[1].angles_deg


def test_joints_that_are_missing_leave_the_angles():
    short = message("Left", 3)
    short.raw_nodes = short.raw_nodes[:-1]
    assert convert(short)[1].nodes is None


def test_what_is_missing_is_said():
    lacking = message("Right", 3)
    lacking.ergonomics = lacking.ergonomics[1:]
    with pytest.raises(Refused, match="sends no PinkyDIPStretch"):
        convert(lacking)
    with pytest.raises(Refused, match="allowed: Left, Right"):
        convert(message("Invalid", 3))
    broken = message("Left", 3)
    broken.ergonomics[0].value = float("nan")
    with pytest.raises(Refused, match="PinkyDIPStretch is not a usable number"):
        convert(broken)


def test_messages_of_both_topics_become_samples_by_side():
    gloves = ManusRos2()
    # The right glove was found first: topic 0 is not the left one.
    for topic_0, topic_1 in ((message("Right", 9, "open"), message("Left", 4, "fist")),) * 2:
        gloves.take(topic_0)
        gloves.take(topic_1)
    gloves.take(message("Invalid", 1))
    left, right = gloves.poll()
    assert (left.id, left.side, left.state) == (4, "left", GloveState.LIVE)
    assert (right.id, right.side, right.state) == (9, "right", GloveState.LIVE)
    assert left.angles_deg == pytest.approx(poses()["fist"])
    assert gloves.refused == {"side": 1}


def test_without_ros_it_says_what_to_do():
    with pytest.raises(ConnectionError, match="source ROS 2"):
        ManusRos2().open()
