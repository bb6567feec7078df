"""Tells headsets on the local network where this machine listens."""

import contextlib
import ipaddress
import socket

import psutil

from backend.core import clock
from devices.inputs.pico.protocol import DISCOVERY_PORT, TCP_PORT, PacketKind, pack

EVERY_NS = 2_000_000_000


def announcement(address: str, port: int) -> bytes:
    """Return the packet that announces `address`.

    The stock app takes the text as the address and always connects to 63901; other apps understand
    `address|port`.
    """
    text = address if port == TCP_PORT else f"{address}|{port}"
    return pack(PacketKind.TCP_ADDRESS, text.encode(), clock.wall_ns() // 1_000_000)


class Discovery:
    """Broadcasts an announcement on every network of this machine, every two seconds.

    Args:
        host: Address the receiver is bound to; one of a single network is announced there only.
        port: Port it listens on.
        to: Where to send instead of the networks' broadcast addresses.
    """

    def __init__(self, host: str, port: int, to: tuple[str, int] | None = None) -> None:
        self._host, self._port, self._to = host, port, to
        self._next_ns = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._socket.setblocking(False)

    def turn(self, now_ns: int) -> None:
        """Announce when it is time to."""
        if now_ns < self._next_ns:
            return
        self._next_ns = now_ns + EVERY_NS
        for address, target in self._targets():
            # A network that is down now may be up in two seconds.
            with contextlib.suppress(OSError):
                self._socket.sendto(announcement(address, self._port), target)

    def close(self) -> None:
        """Release the socket."""
        self._socket.close()

    def _targets(self) -> list[tuple[str, tuple[str, int]]]:
        if self._to is not None:
            return [(self._host, self._to)]
        targets = []
        for addresses in psutil.net_if_addrs().values():
            for entry in addresses:
                if entry.family != socket.AF_INET or not entry.netmask:
                    continue
                network = ipaddress.ip_interface(f"{entry.address}/{entry.netmask}")
                if network.ip.is_loopback or self._host not in ("0.0.0.0", entry.address):
                    continue
                broadcast = str(network.network.broadcast_address)
                targets.append((entry.address, (broadcast, DISCOVERY_PORT)))
        return targets
