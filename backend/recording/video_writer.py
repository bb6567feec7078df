"""One camera's video: the encoder's own bitstream in Matroska, without encoding again."""

import errno
import io
from fractions import Fraction
from pathlib import Path

import av

from backend.core.contracts.video import EncodedFrame
from backend.recording.disk import Ballast, DurableFile
from backend.recording.frame_record import FrameRecord

MILLISECOND = Fraction(1, 1000)
CLUSTER_MS = 400
"""A cluster reaches the file when it is complete; a crash loses at most this much."""


class VideoWriter:
    """Muxes Annex-B H.264 into `<camera>.mkv`, timed by capture. Begins at a keyframe.

    Matroska survives a torn tail, which mp4 does not; `remux` turns it into mp4 once it is complete.
    """

    def __init__(self, path: Path, ballast: Ballast, frame: EncodedFrame, data: bytes) -> None:
        """Open the file; `frame` and `data` are the first keyframe, with its parameter sets.

        Raises:
            av.FFmpegError: `data` is not the beginning of an H.264 stream.
        """
        self.first_t_ns = frame.t_ns
        self.size = (frame.width, frame.height)
        self._last_pts = -1
        options = {"cluster_time_limit": str(CLUSTER_MS), "flush_packets": "1"}
        with av.open(io.BytesIO(data), format="h264") as probe:
            self.file = DurableFile(path, ballast)
            self._container = av.open(self.file, "w", format="matroska", options=options)
            self._stream = self._container.add_stream_from_template(probe.streams.video[0])
        self._stream.time_base = MILLISECOND

    def write(self, frame: EncodedFrame, data: bytes) -> FrameRecord:
        """Append one picture and return its row of the frame table; raises OSError or av.FFmpegError."""
        pts = max(round((frame.t_ns - self.first_t_ns) / 1e6), self._last_pts + 1)
        packet = av.Packet(data)
        packet.stream = self._stream
        packet.pts = packet.dts = pts
        packet.time_base = MILLISECOND
        packet.is_keyframe = frame.keyframe
        self._container.mux(packet)
        self._last_pts = pts
        return FrameRecord(
            camera=frame.camera,
            seq=frame.seq,
            t_ns=frame.t_ns,
            pts=pts,
            size=len(data),
            keyframe=frame.keyframe,
        )

    def close(self) -> None:
        """Write the last cluster and the index; raises OSError.

        A container must be closed before it is forgotten: PyAV would write to this file while it is freed.
        """
        try:
            self._container.close()
        except av.FFmpegError as error:
            raise OSError(errno.EIO, f"the video could not be completed: {error}") from error
        finally:
            self.file.close()
