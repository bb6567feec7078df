"""A small picture of a video."""

from pathlib import Path

import av

WIDTH = 320


def write_thumbnail(video: Path, target: Path) -> None:
    """Write a JPEG of the last keyframe before the middle of `video`, 320 pixels wide.

    Raises:
        ValueError: the video cannot be decoded.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with av.open(str(video)) as container:
            stream = container.streams.video[0]
            if stream.duration:
                container.seek((stream.start_time or 0) + stream.duration // 2, stream=stream)
            frame = next(container.decode(stream))
    except (av.FFmpegError, IndexError, StopIteration) as error:
        raise ValueError(f"{video.name} cannot be decoded: {error}") from error
    height = max(2, round(frame.height * WIDTH / frame.width / 2) * 2)
    encoder = av.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height = WIDTH, height
    encoder.pix_fmt = "yuvj420p"
    encoder.time_base = stream.time_base
    packets = [*encoder.encode(frame.reformat(WIDTH, height, "yuvj420p")), *encoder.encode(None)]
    # Two requests may write at once; a rename never shows half a picture.
    partial = target.with_suffix(f".{id(frame)}.partial")
    partial.write_bytes(b"".join(bytes(packet) for packet in packets))
    partial.replace(target)
