"""MANUS gloves from ROS 2: topics `/manus_glove_N` of `manus_ros2_msgs/ManusGlove`.

N is the order in which gloves were found, so the side is taken from the message. The message has no stamp and
nobody says when a glove is unplugged: a glove that stops talking becomes stale.
"""

from collections import Counter
from typing import Any

from backend.core import clock
from backend.core.hands.human import ANGLES, NODES
from devices.inputs.manus.sample import GloveSample
from devices.inputs.manus.table import GloveTable
from devices.inputs.manus.wire import (
    MOST_DEG,
    MOST_M,
    WIRE_ANGLES,
    Data,
    GloveData,
    GloveInfo,
    Hello,
    Refused,
)

TOPICS = tuple(f"/manus_glove_{n}" for n in range(4))
ANGLE_NAMES = {
    name: "".join(
        part.capitalize() if part not in ("mcp", "pip", "dip") else part.upper() for part in name.split("_")
    )
    for name in ANGLES
}
"""Name of each angle as the message spells it, `ThumbMCPSpread`."""
SPREAD_ALIASES = {f"{finger}MCPSpread": f"{finger}Spread" for finger in ("Index", "Middle", "Ring", "Pinky")}
"""Fingers' spreads are spelt without MCP by the publisher, with it by the SDK."""
NODE_TYPES = {"metacarpal": "MCP", "proximal": "PIP", "intermediate": "IP", "distal": "DIP", "tip": "TIP"}
"""Name of each joint as the message spells it."""
GONE_NS = 1_000_000_000
"""A glove silent this long is no longer listed as there."""


def convert(message: Any) -> tuple[GloveInfo, GloveData]:
    """Return what a `ManusGlove` message says, by names; raises `Refused` that says what is missing."""
    side = str(message.side).lower()
    if side not in ("left", "right"):
        raise Refused("side", f"a glove of side {message.side!r}; allowed: Left, Right")
    glove = int(message.glove_id)
    first = 0 if side == "left" else len(ANGLES)
    angles = [0.0] * WIRE_ANGLES
    values = {str(entry.type): float(entry.value) for entry in message.ergonomics}
    for i, name in enumerate(ANGLES):
        spelt = ANGLE_NAMES[name]
        value = values.get(spelt, values.get(SPREAD_ALIASES.get(spelt, spelt)))
        if value is None:
            raise Refused("shape", f"glove {glove} sends no {spelt}; it has {', '.join(sorted(values))}")
        if not abs(value) <= MOST_DEG:
            raise Refused("number", f"{spelt} is not a usable number; allowed: +-{MOST_DEG:g} degrees")
        angles[first + i] = value
    info = GloveInfo(glove, side)
    return info, GloveData(glove, angles, _nodes(message))


def _nodes(message: Any) -> list[list[float]] | None:
    """Return (25, 7) joints in the order of `NODES`, or None when some of them are missing or unusable."""
    found: dict[str, list[float]] = {}
    for entry in message.raw_nodes:
        place, turn = entry.pose.position, entry.pose.orientation
        pose = [float(v) for v in (place.x, place.y, place.z, turn.x, turn.y, turn.z, turn.w)]
        if not all(abs(value) <= MOST_M for value in pose):
            return None
        chain = str(entry.chain_type).lower()
        found["wrist" if chain == "hand" else f"{chain}_{str(entry.joint_type).lower()}"] = pose
    ordered = [found.get(_spelt(name)) for name in NODES]
    return ordered if all(pose is not None for pose in ordered) else None


def _spelt(name: str) -> str:
    """Return `index_pip` for `index_proximal`."""
    chain, _, joint = name.partition("_")
    return f"{chain}_{NODE_TYPES[joint].lower()}" if joint else chain


class ManusRos2:
    """The same as `ManusGloves`, from ROS 2; needs a sourced ROS 2 with `manus_ros2_msgs`."""

    def __init__(self, topics: tuple[str, ...] = TOPICS) -> None:
        self._topics = topics
        self._table = GloveTable()
        self._seen: dict[int, tuple[GloveInfo, int]] = {}
        self._rclpy: Any = None
        self._context: Any = None
        self._node: Any = None
        self._executor: Any = None
        self.where = "ROS 2"
        self.clock = None
        self.late_ns = 0
        self.received = 0
        self.refused: Counter[str] = Counter()
        self.last_refusal = ""

    def open(self) -> None:
        """Subscribe; raises ConnectionError with what to do when ROS 2 is not there."""
        try:
            import rclpy
            from manus_ros2_msgs.msg import ManusGlove
            from rclpy.executors import SingleThreadedExecutor
            from rclpy.qos import qos_profile_sensor_data
        except ImportError as error:
            raise ConnectionError(
                f"{error}; source ROS 2 and the workspace of manus_ros2_msgs first, or use the ZeroMQ bridge"
            ) from None
        self._rclpy, self._context = rclpy, rclpy.Context()
        rclpy.init(context=self._context)
        self._node = rclpy.create_node("bunraku_gloves", context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        for topic in self._topics:
            self._node.create_subscription(ManusGlove, topic, self.take, qos_profile_sensor_data)

    def poll(self) -> tuple[GloveSample, ...]:
        """Take in what has arrived and return the newest sample of every glove, left ones first."""
        if self._executor is not None:
            for _ in self._topics:
                self._executor.spin_once(timeout_sec=0)
        return self._table.samples(clock.now_ns())

    def take(self, message: Any) -> None:
        """Take a message that has arrived now."""
        now_ns = clock.now_ns()
        self.received += 1
        try:
            info, data = convert(message)
        except Refused as why:
            self.refused[why.kind] += 1
            self.last_refusal = str(why)
            return
        self._seen[info.id] = (info, now_ns)
        there = [known for known, seen_ns in self._seen.values() if now_ns - seen_ns < GONE_NS]
        self._table.take(Hello(1, "ros2", now_ns, there), now_ns)
        self._table.take(Data(now_ns, [data]), now_ns)

    def vibrate(self, glove: int, fingers: list[float]) -> None:
        """Do nothing: the publisher takes no vibrations, and no glove of it says that it can."""

    def close(self) -> None:
        """Unsubscribe and forget every glove."""
        if self._node is not None:
            self._executor.shutdown()
            self._node.destroy_node()
            self._rclpy.shutdown(context=self._context)
        self._node = self._executor = self._context = None
        self._table, self._seen = GloveTable(), {}
