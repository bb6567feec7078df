"""The RTP timestamp of a picture is its capture time, so that a browser knows how old what it shows is."""

from fractions import Fraction

RTP_HZ = 90_000
RTP_TIME_BASE = Fraction(1, RTP_HZ)
RTP_MODULUS = 1 << 32
"""RTP timestamps wrap after 13.2 hours."""


def rtp_ticks(t_ns: int) -> int:
    """Return the unwrapped 90 kHz tick of host monotonic time `t_ns`.

    On the wire it is taken modulo `RTP_MODULUS`. `requestVideoFrameCallback` shows it to the page as
    `rtpTimestamp`; `frontend/src/shared/video/captureClock.ts` is the inverse.
    """
    return t_ns * 9 // 100_000
