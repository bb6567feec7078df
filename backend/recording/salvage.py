"""Reads what can still be read of torn sample and video files, and rewrites them whole."""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import av
import zstandard
from mcap.exceptions import McapError
from mcap.records import Channel, Chunk, Message, Schema
from mcap.stream_reader import StreamReader, breakup_chunk
from mcap.writer import CompressionType, Writer

from backend.recording.sample_writer import CHUNK_BYTES

TORN = (McapError, ValueError, struct.error, zlib.error, zstandard.ZstdError, EOFError, KeyError)
"""What reading a torn MCAP file ends with."""


def readable_messages(path: Path) -> Iterator[tuple[Schema, Channel, Message]]:
    """Yield every message up to the first damage; a file without footer is read to its end."""
    schemas: dict[int, Schema] = {}
    channels: dict[int, Channel] = {}
    with path.open("rb") as file:
        try:
            for record in StreamReader(file, emit_chunks=True).records:
                if not isinstance(record, Chunk):
                    continue
                for inner in breakup_chunk(record, validate_crc=True):
                    if isinstance(inner, Schema):
                        schemas[inner.id] = inner
                    elif isinstance(inner, Channel):
                        channels[inner.id] = inner
                    else:
                        channel = channels[inner.channel_id]
                        yield schemas[channel.schema_id], channel, inner
        except TORN:
            return


def rewrite_samples(path: Path, keep_rows: dict[str, int]) -> None:
    """Give a torn sample file its index and footer.

    Args:
        path: the file, replaced when the new one is complete.
        keep_rows: topics of which only the first messages are kept, and how many.
    """
    whole = path.with_name(f".{path.name}.new")
    written = dict.fromkeys(keep_rows, 0)
    with whole.open("wb") as file:
        writer = Writer(file, chunk_size=CHUNK_BYTES, compression=CompressionType.ZSTD)
        writer.start(profile="", library="bunraku")
        ids: dict[str, int] = {}
        for schema, channel, message in readable_messages(path):
            topic = channel.topic
            if topic in keep_rows:
                if written[topic] == keep_rows[topic]:
                    continue
                written[topic] += 1
            if topic not in ids:
                schema_id = writer.register_schema(schema.name, schema.encoding, schema.data)
                ids[topic] = writer.register_channel(topic, channel.message_encoding, schema_id)
            writer.add_message(
                channel_id=ids[topic],
                log_time=message.log_time,
                publish_time=message.publish_time,
                sequence=message.sequence,
                data=message.data,
            )
        writer.finish()
        file.flush()
        os.fsync(file.fileno())
    whole.replace(path)


def readable_packets(container: av.container.InputContainer) -> Iterator[av.Packet]:
    """Yield the video packets of an open file up to the first damage."""
    packets = container.demux(video=0)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            return
        if not packet.size:
            continue
        # H.264 data ends in a stop bit: a last byte of zero is a block that never reached the disk.
        if packet.is_corrupt or bytes(packet)[-1] == 0:
            return
        yield packet


def cut_video(path: Path, pictures: int) -> None:
    """Rewrite a video file so that it is complete and holds its first `pictures` pictures."""
    whole = path.with_name(f".new{path.suffix}")
    with av.open(str(path)) as reader, av.open(str(whole), "w") as writer:
        copy = writer.add_stream_from_template(reader.streams.video[0])
        for _, packet in zip(range(pictures), readable_packets(reader), strict=False):
            packet.stream = copy
            writer.mux(packet)
    whole.replace(path)
