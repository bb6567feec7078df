"""What aiortc 1.16 cannot be told by its API, patched at run time behind a version pin.

Only names are replaced, no source is copied. `apply` first checks that every name it replaces is there and
is used where we believe it is used, and raises `PatchError` otherwise: a silent miss would cost 30 ms of
latency, or pictures that never recover from a lost packet.

REMB, the receiver's estimate of the bit rate, needs no patch: it steers the sender's own encoder, which
never encodes here.
"""

from importlib.metadata import version

from aioice import ice
from aiortc import RTCRtpSender, codecs, rtcrtpsender, rtp
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters

from backend.video.rtp_clock import RTP_MODULUS

AIORTC_SERIES = "1.16."
PLAYOUT_DELAY_URI = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
PLAYOUT_DELAY_ID = 4
PLAYOUT_DELAY_0_0 = bytes(3)
"""Minimum and maximum delay of 0 ms, 12 bits each: the browser decodes and shows a picture at once."""
CONSENT_INTERVAL_S = 1
CONSENT_FAILURES = 3


class PatchError(RuntimeError):
    """aiortc is not the version these patches were written for."""


class _PlayoutDelayMap(rtp.HeaderExtensionsMap):
    """Writes the playout-delay header extension into every packet when the browser asked for it."""

    def __init__(self) -> None:
        super().__init__()
        self._playout_delay_id: int | None = None

    def configure(self, parameters: RTCRtpParameters) -> None:
        super().configure(parameters)
        for extension in parameters.headerExtensions:
            if extension.uri == PLAYOUT_DELAY_URI:
                self._playout_delay_id = extension.id

    def set(self, values: rtp.HeaderExtensions) -> tuple[int, bytes]:
        profile, data = super().set(values)
        if self._playout_delay_id is None:
            return profile, data
        extensions = rtp.unpack_header_extensions(profile, data)
        return rtp.pack_header_extensions([*extensions, (self._playout_delay_id, PLAYOUT_DELAY_0_0)])


# What is replaced, and the function that must be looking it up by that name.
_REPLACED = (
    (rtp, "HeaderExtensionsMap", RTCRtpSender, "__init__"),
    (RTCRtpSender, "_send_keyframe", RTCRtpSender, "_handle_rtcp_packet"),
    (rtcrtpsender, "uint32_add", RTCRtpSender, "_run_rtp"),
    (ice, "get_host_addresses", ice.Connection, "gather_candidates"),
    (ice, "CONSENT_INTERVAL", ice.Connection, "query_consent"),
    (ice, "CONSENT_FAILURES", ice.Connection, "query_consent"),
)


def check() -> None:
    """Raise PatchError unless this aiortc has every name we replace, used where we believe it is."""
    installed = version("aiortc")
    problems = [] if installed.startswith(AIORTC_SERIES) else [f"its version is {installed}"]
    for owner, name, user, method in _REPLACED:
        code = getattr(getattr(user, method, None), "__code__", None)
        if not hasattr(owner, name):
            problems.append(f"{owner.__name__}.{name} is missing")
        elif code is None or name not in code.co_names:
            problems.append(f"{user.__name__}.{method} no longer uses {name}")
    if problems:
        raise PatchError(
            f"aiortc cannot be patched: {'; '.join(problems)}. Install aiortc {AIORTC_SERIES}*, "
            "or adapt backend/video/aiortc_patches.py to the new version."
        )


def apply() -> None:
    """Patch aiortc for the whole process, once; raises PatchError when it is not the aiortc we know."""
    if rtp.HeaderExtensionsMap is _PlayoutDelayMap:
        return
    check()
    _show_at_once()
    _pass_keyframe_requests_on()
    _stamp_with_capture_time()
    _notice_dead_peers_soon()
    _fall_back_to_loopback()


def _show_at_once() -> None:
    """Negotiate and send playout-delay 0/0: without it Chromium holds each picture back some 25 ms."""
    codecs.HEADER_EXTENSIONS["video"].append(
        RTCRtpHeaderExtensionParameters(id=PLAYOUT_DELAY_ID, uri=PLAYOUT_DELAY_URI)
    )
    rtp.HeaderExtensionsMap = _PlayoutDelayMap  # type: ignore[misc]


def _pass_keyframe_requests_on() -> None:
    """Let a viewer's PLI or FIR reach the shared encoder through the track's `request_keyframe`."""
    original = RTCRtpSender._send_keyframe

    def send_keyframe(self: RTCRtpSender) -> None:
        original(self)
        request = getattr(self.track, "request_keyframe", None)
        if request is not None:
            request()

    RTCRtpSender._send_keyframe = send_keyframe  # type: ignore[method-assign]


def _stamp_with_capture_time() -> None:
    """Start RTP timestamps at 0 instead of a random offset, so that they are capture times.

    The random offset hinders known-plaintext attacks on weak ciphers; DTLS-SRTP does not depend on it.
    """
    rtcrtpsender.uint32_add = lambda _origin, timestamp: timestamp % RTP_MODULUS  # type: ignore[assignment]


def _notice_dead_peers_soon() -> None:
    """Give up on a silent peer after some 3 s instead of 30 s."""
    ice.CONSENT_INTERVAL = CONSENT_INTERVAL_S
    ice.CONSENT_FAILURES = CONSENT_FAILURES


def _fall_back_to_loopback() -> None:
    """Offer 127.0.0.1 on a machine without any network; aioice would offer nothing.

    Python peers connect by it; Chromium does not: it needs some interface that is up, a bridge will do.
    """
    original = ice.get_host_addresses

    def host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return original(use_ipv4, use_ipv6) or ["127.0.0.1"]

    ice.get_host_addresses = host_addresses
