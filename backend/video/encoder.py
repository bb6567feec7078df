"""H.264 encoder of one camera: every picture is encoded once, for all viewers and for the recording."""

import threading
from fractions import Fraction

import av
import numpy as np
from av.video.frame import PictureType

from backend.core.clock import now_ns
from backend.core.contracts.video import CameraFrame, EncodedFrame
from backend.video.rtp_clock import RTP_TIME_BASE, rtp_ticks

GOP_NS = 1_000_000_000
"""A key frame at least this often, so that a crash costs no more of a recording."""
FORCED_KEYFRAME_GAP_NS = 300_000_000
"""Key frames on request come no faster than this: many viewers losing packets must not eat the bit rate."""
VBV_S = 0.25
"""Depth of the rate control's buffer: bounds a key frame to what the link carries in this time."""
BT601 = 6
LIMITED_RANGE = 1


def bit_rate(width: int, height: int, fps: float, reference_bit_s: float) -> int:
    """Return the bit rate [bit/s] for a size and rate, given that of 640x480 at 30 fps.

    The exponents fit the rates at which x264 ultrafast looks alike at 320x240 (0.8 Mbit/s), 640x480 (2) and
    1280x720 (4), and at 30 and 60 fps.
    """
    return round(reference_bit_s * (width * height / (640 * 480)) ** 0.65 * (fps / 30.0) ** 0.5)


class CameraEncoder:
    """Encodes one camera with x264 at a fixed bit rate, without delay: one picture in, one packet out.

    The picture's size may change at any time. Only `request_keyframe` may be called from another thread.
    """

    def __init__(self, reference_bit_s: float, gop_phase_ns: int = 0) -> None:
        """Prepare an encoder.

        Args:
            reference_bit_s: Bit rate of a 640x480 camera at 30 fps [bit/s]; other sizes follow.
            gop_phase_ns: When in each second the regular key frame is due, so that cameras take turns.
        """
        self._reference_bit_s = reference_bit_s
        self._gop_phase_ns = gop_phase_ns
        self._codec: av.VideoCodecContext | None = None
        self._format: tuple[int, int, float] = (0, 0, 0.0)
        self._gop = -1
        self._last_tick = -1
        self._last_keyframe_ns = -FORCED_KEYFRAME_GAP_NS
        self._keyframe_wanted = threading.Event()

    def request_keyframe(self) -> None:
        """Make the next picture that the rate limit allows a key frame."""
        self._keyframe_wanted.set()

    def encode(self, frame: CameraFrame, pixels: memoryview) -> tuple[EncodedFrame, bytes] | None:
        """Encode one picture.

        Args:
            frame: Header of the picture.
            pixels: (height * width * 3,) uint8, rgb24.

        Returns:
            The header and the Annex-B bytes of the encoded picture, or None for a picture that cannot be
            encoded: its pixels do not fit its size, or its capture time does not advance.

        Raises:
            av.FFmpegError: x264 cannot encode this size; both sides must be even.
        """
        started_ns = now_ns()
        tick = rtp_ticks(frame.t_ns)
        if len(pixels) != frame.width * frame.height * 3 or tick <= self._last_tick:
            return None
        if self._codec is None or self._format != (frame.width, frame.height, frame.fps):
            self._codec = self._open(frame)
        picture = self._picture(frame, pixels)
        picture.pts = tick
        picture.time_base = RTP_TIME_BASE
        picture.pict_type = PictureType.I if self._keyframe_due(frame.t_ns) else PictureType.NONE
        packets = self._codec.encode(picture)
        self._last_tick = tick
        keyframe = any(packet.is_keyframe for packet in packets)
        header = EncodedFrame(
            camera=frame.camera,
            t_ns=frame.t_ns,
            seq=frame.seq,
            width=frame.width,
            height=frame.height,
            fps=frame.fps,
            keyframe=keyframe,
            encode_ms=(now_ns() - started_ns) / 1e6,
        )
        return header, b"".join(bytes(packet) for packet in packets)

    def _open(self, frame: CameraFrame) -> av.VideoCodecContext:
        rate = bit_rate(frame.width, frame.height, frame.fps, self._reference_bit_s)
        codec = av.CodecContext.create("libx264", "w")
        codec.width, codec.height, codec.pix_fmt = frame.width, frame.height, "yuv420p"
        codec.framerate = Fraction(frame.fps).limit_denominator(1001)
        codec.time_base = RTP_TIME_BASE
        codec.bit_rate = rate
        codec.profile = "Constrained Baseline"
        codec.thread_count = 1
        codec.color_range = LIMITED_RANGE
        codec.colorspace = codec.color_primaries = codec.color_trc = BT601
        codec.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "forced-idr": "1",
            "maxrate": str(rate),
            "bufsize": str(round(rate * VBV_S)),
            # Key frames are placed by capture time, not by counting: a slow camera still gets one a second.
            "g": "100000",
        }
        self._format = (frame.width, frame.height, frame.fps)
        self._gop = -1
        return codec

    def _picture(self, frame: CameraFrame, pixels: memoryview) -> av.VideoFrame:
        rgb = np.frombuffer(pixels, dtype=np.uint8).reshape(frame.height, frame.width, 3)
        # AREA: chroma is the mean of its four pixels; the default's filter costs the same and blurs more.
        return av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
            format="yuv420p", dst_colorspace="ITU601", dst_color_range="MPEG", interpolation="AREA"
        )

    def _keyframe_due(self, t_ns: int) -> bool:
        gop = (t_ns + self._gop_phase_ns) // GOP_NS
        forced = self._keyframe_wanted.is_set() and t_ns - self._last_keyframe_ns >= FORCED_KEYFRAME_GAP_NS
        if gop == self._gop and not forced:
            return False
        self._gop = gop
        self._last_keyframe_ns = t_ns
        self._keyframe_wanted.clear()
        return True
