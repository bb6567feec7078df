"""One row of a camera's frame table in `samples.mcap`."""

from backend.core.contracts.record import Record


class FrameRecord(Record):
    """Ties one picture of a camera's video file to the instant it was captured."""

    camera: str
    seq: int
    """Sequence number of the raw frame."""
    t_ns: int
    """Capture time, host monotonic [ns]."""
    pts: int
    """Presentation time in the video file [ms] since the camera's first frame."""
    size: int
    """Bytes of the encoded picture."""
    keyframe: bool
