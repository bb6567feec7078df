"""STUN and TURN servers from the settings."""

import re

from aiortc import RTCIceServer

_URL = re.compile(r"(?P<scheme>stuns?|turns?):(?:(?P<user>[^:@]+):(?P<password>[^@]+)@)?(?P<rest>[^@]+)")


def ice_server(url: str) -> RTCIceServer:
    """Return the server of `stun:HOST[:PORT]` or `turn:USER:PASSWORD@HOST[:PORT][?transport=tcp]`.

    Raises:
        ValueError: The URL has another form.
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError(
            f"cannot read ICE server {url!r}; allowed are stun:HOST[:PORT] and "
            "turn:USER:PASSWORD@HOST[:PORT][?transport=tcp]"
        )
    return RTCIceServer(
        urls=f"{match['scheme']}:{match['rest']}", username=match["user"], credential=match["password"]
    )
