"""Moves a finished video from Matroska to mp4 that a browser can seek in, without encoding again."""

import os
from pathlib import Path

import av


class RemuxError(Exception):
    """The mp4 could not be made or does not hold every picture; the Matroska file is kept."""


def count_packets(path: Path) -> int:
    """Return how many pictures `path` holds; raises av.FFmpegError when it is no video."""
    with av.open(str(path)) as container:
        return sum(packet.size > 0 for packet in container.demux(video=0))


def remux_to_mp4(source: Path, expected: int) -> Path:
    """Write `source` with its index in front as `.mp4` beside it, then remove `source`.

    Args:
        source: Matroska file.
        expected: pictures that it must hold.

    Returns:
        The mp4 file.

    Raises:
        RemuxError: `source` is kept and nothing else is left behind.
    """
    target = source.with_suffix(".mp4")
    partial = source.with_suffix(".partial.mp4")
    try:
        _copy(source, partial)
        found = count_packets(partial)
        if found != expected:
            raise RemuxError(
                f"{found} of {expected} pictures arrived in {target.name}; {source.name} is kept"
            )
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(target)
    except (av.FFmpegError, OSError, ValueError) as error:
        raise RemuxError(f"{source.name} could not be made an mp4 and is kept: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    source.unlink()
    return target


def _copy(source: Path, target: Path) -> None:
    with (
        av.open(str(source)) as reader,
        av.open(str(target), "w", options={"movflags": "+faststart"}) as writer,
    ):
        stream = reader.streams.video[0]
        copy = writer.add_stream_from_template(stream)
        for packet in reader.demux(stream):
            if packet.size:
                packet.stream = copy
                writer.mux(packet)
