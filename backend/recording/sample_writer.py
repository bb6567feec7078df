"""`samples.mcap`: every sample as JSON with its JSON schema, openable in Foxglove or Lichtblick."""

from typing import Any

import msgspec
from mcap.writer import CompressionType, Writer

from backend.core.contracts.record import json_schemas, to_json
from backend.core.contracts.recording import EpisodeEvent
from backend.core.contracts.robot import RobotState
from backend.core.contracts.tick import TickRecord
from backend.core.contracts.world import WorldState
from backend.recording.disk import DurableFile
from backend.recording.frame_record import FrameRecord

TICK = "/control/tick"
STATE = "/robot/state"
WORLD = "/world/state"
EVENT = "/event"
CHUNK_BYTES = 1 << 20


def camera_topic(camera: str) -> str:
    """Return the topic of a camera's frame table."""
    return f"/camera/{camera}/frame"


def in_words(topic: str) -> str:
    """Return what a reviewer calls the stream of `topic`: head camera, control, robot, world."""
    words = {TICK: "control", STATE: "robot", WORLD: "world", EVENT: "events"}
    if topic in words:
        return words[topic]
    return f"{topic.removeprefix('/camera/').removesuffix('/frame').replace('_', ' ')} camera"


TOPICS = {TickRecord: TICK, RobotState: STATE, WorldState: WORLD, EpisodeEvent: EVENT}


class SampleWriter:
    """Writes records to an MCAP file; `flush` bounds what a crash can lose."""

    def __init__(self, file: DurableFile) -> None:
        self._writer = Writer(file, chunk_size=CHUNK_BYTES, compression=CompressionType.ZSTD)
        self._writer.start(profile="", library="bunraku")
        self._schemas: dict[type, int] = {}
        self._channels: dict[str, int] = {}

    def _schema(self, kind: type) -> int:
        if kind not in self._schemas:
            (reference,), components = json_schemas([kind])
            schema = {**reference, "type": "object", "$defs": components, **components[kind.__name__]}
            schema.pop("$ref", None)
            self._schemas[kind] = self._writer.register_schema(
                kind.__name__, "jsonschema", msgspec.json.encode(schema)
            )
        return self._schemas[kind]

    def write(self, record: Any) -> str:
        """Append a record, stamped with its own `t_ns`, and return the topic it went to."""
        topic = camera_topic(record.camera) if isinstance(record, FrameRecord) else TOPICS[type(record)]
        if topic not in self._channels:
            self._channels[topic] = self._writer.register_channel(topic, "json", self._schema(type(record)))
        self._writer.add_message(
            channel_id=self._channels[topic],
            log_time=record.t_ns,
            publish_time=record.t_ns,
            sequence=getattr(record, "seq", 0) & 0xFFFFFFFF,
            data=to_json(record),
        )
        return topic

    def flush(self) -> None:
        """End the chunk in progress, so that a reader can have everything written so far."""
        self._writer.flush()

    def finish(self) -> None:
        """Write the index and the footer."""
        self._writer.finish()
