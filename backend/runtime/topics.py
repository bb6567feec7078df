"""Every topic and service of the bus: who publishes what, how often, and how it is delivered."""

from dataclasses import dataclass
from typing import Any, Literal

from backend.core.contracts.command import Command
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import ControlRequest, Heartbeat, Reply
from backend.core.contracts.recording import RecorderRequest, RecorderStatus
from backend.core.contracts.rig import RigRequest, RigStatus
from backend.core.contracts.robot import RobotHealth, RobotState
from backend.core.contracts.rollout import RolloutRequest, RolloutStatus
from backend.core.contracts.tick import TickRecord
from backend.core.contracts.video import CameraFrame, EncodedFrame, VideoReply, VideoRequest, VideoStatus
from backend.core.contracts.world import WorldRequest, WorldState


@dataclass(frozen=True)
class Topic:
    """A stream with one publisher per key. `newest` keeps one message, `queue` keeps the last few."""

    name: str
    kind: Any
    rate_hz: float
    delivery: Literal["newest", "queue"]
    depth: int = 1000


@dataclass(frozen=True)
class Service:
    """A request and its reply, answered by one process."""

    name: str
    request: Any
    reply: Any


# name                          type           Hz    delivery   publisher -> readers
ROBOT_STATE = Topic("robot.state", RobotState, 250, "queue")  # world -> control, recorder, rig
ROBOT_HEALTH = Topic("robot.health", RobotHealth, 2, "newest")  # world, on hardware -> whoever asks
ROBOT_COMMAND = Topic("robot.command", Command, 100, "newest")  # control -> world
WORLD_STATE = Topic("world.state", WorldState, 60, "newest")  # world -> cameras, api, recorder
CONTROL_TICK = Topic("control.tick", TickRecord, 100, "queue")  # control -> recorder, rig, api
OPERATOR_FRAME = Topic("operator.frame", DeviceFrame, 120, "queue")  # api -> control
POLICY_FRAME = Topic("policy.frame", DeviceFrame, 30, "queue")  # rollout -> control
RIG_FRAME = Topic("rig.frame", DeviceFrame, 90, "queue")  # rig -> control
CAMERA_FRAME = Topic("camera.frame", CameraFrame, 30, "newest")  # cameras (keyed by camera) -> video
VIDEO_PACKET = Topic("video.packet", EncodedFrame, 90, "queue")  # video -> recorder
VIDEO_STATUS = Topic("video.status", VideoStatus, 5, "newest")  # video -> api
RECORDER_STATUS = Topic("recorder.status", RecorderStatus, 10, "newest")  # recorder -> api
ROLLOUT_STATUS = Topic("rollout.status", RolloutStatus, 10, "newest")  # rollout -> api
RIG_STATUS = Topic("rig.status", RigStatus, 10, "newest")  # rig -> api
HEALTH = Topic("health", Heartbeat, 5, "newest")  # every process (keyed by process) -> api

CONTROL = Service("control", ControlRequest, Reply)
RIG = Service("rig", RigRequest, Reply)
RECORDER = Service("recorder", RecorderRequest, Reply)
ROLLOUT = Service("rollout", RolloutRequest, Reply)
VIDEO = Service("video", VideoRequest, VideoReply)
WORLD = Service("world", WorldRequest, Reply)
