"""Camera frames on their way to viewers and to disk."""

from typing import Protocol

import numpy as np

from backend.core.contracts.record import Record
from backend.core.contracts.robot import CameraSpec
from backend.core.contracts.world import WorldState


class CameraFrame(Record):
    """A raw picture; its rgb24 pixels travel beside this header."""

    camera: str
    t_ns: int
    """Capture time, host monotonic [ns]."""
    seq: int
    width: int
    height: int
    fps: float
    """Nominal rate, for the encoder."""


class CameraSource(Protocol):
    """Where pictures come from: a renderer or real cameras."""

    cameras: tuple[CameraSpec, ...]
    """What it delivers; filled by `open`."""
    live: bool
    """Its pictures are of now; else they are drawn of a world state."""

    def open(self) -> None:
        """Connect; raises ConnectionError with what to do."""

    def grab(self, camera: CameraSpec, world: WorldState | None) -> tuple[CameraFrame, np.ndarray]:
        """Return the newest picture of a camera: header, and (height, width, 3) uint8 rgb.

        A renderer draws `world` and takes its time stamp; live cameras ignore it. Raises ValueError when
        there is no picture, with the reason.
        """

    def close(self) -> None:
        """Disconnect."""


class EncodedFrame(Record):
    """An encoded picture; its Annex-B H.264 bytes travel beside this header."""

    camera: str
    t_ns: int
    seq: int
    """Sequence number of the raw frame, so a gap is a frame lost before the encoder."""
    width: int
    height: int
    fps: float
    keyframe: bool
    encode_ms: float


class VideoRequest(Record):
    """A request to the video process."""

    kind: str
    """`offer`, `close` or `keyframe`."""
    client: str = ""
    sdp: str = ""
    cameras: tuple[str, ...] = ()


class VideoReply(Record):
    """Answer of the video process."""

    ok: bool
    error: str = ""
    sdp: str = ""
    cameras: tuple[str, ...] = ()
    """Cameras in the order of the answer's media sections."""


class CameraHealth(Record):
    """How one camera is doing."""

    camera: str
    fps: float
    age_ms: float
    encode_ms: float
    kbit_s: float
    dropped: int
    width: int
    height: int


class VideoStatus(Record):
    """What the video process sees and sends."""

    t_ns: int
    cameras: tuple[CameraHealth, ...]
    viewers: int
