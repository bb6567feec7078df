"""A slow and lossy link between two network namespaces, emulated in user space.

Kernels without netem (many virtual machines) cannot delay packets, so two TUN devices are joined by this
program: `python -m benchmarks.netlink NAMESPACE_A NAMESPACE_B MBIT_S ONE_WAY_MS LOSS`. Needs root.
"""

import fcntl
import heapq
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

ADDRESSES = ("10.198.51.1", "10.198.51.2")
DEVICE = "link0"
QUEUE_S = 0.2
"""What the slow hop buffers before it drops from the tail."""
_TUNSETIFF = 0x400454CA
_IFF_TUN_NO_PI = 0x1001
_READY = "ready"


class Link:
    """Two namespaces that see each other only over an emulated link; a context manager."""

    def __init__(self, mbit_s: float, round_trip_ms: float, loss: float) -> None:
        """Describe the link: rate and loss hold in each direction, half of the round trip too."""
        self.namespaces = tuple(f"bunraku-{os.getpid()}-{side}" for side in "ab")
        self._shape = [str(mbit_s), str(round_trip_ms / 2), str(loss)]
        self._emulator: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Link":
        try:
            for name, own, other in zip(self.namespaces, ADDRESSES, ADDRESSES[::-1], strict=True):
                _ip("netns", "add", name)
                _ip("-n", name, "link", "set", "lo", "up")
                _ip("-n", name, "tuntap", "add", DEVICE, "mode", "tun")
                _ip("-n", name, "addr", "add", own, "peer", other, "dev", DEVICE)
                _ip("-n", name, "link", "set", DEVICE, "up")
            self._emulator = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.netlink", *self.namespaces, *self._shape],
                stdout=subprocess.PIPE,
                text=True,
            )
            if self._emulator.stdout.readline().strip() != _READY:
                raise RuntimeError("the link emulator did not start")
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def _remove(self) -> None:
        if self._emulator is not None:
            self._emulator.terminate()
            self._emulator.wait()
        for name in self.namespaces:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def inside(namespace: str, command: list[str]) -> list[str]:
    """Return the command that runs `command` in a namespace."""
    return ["ip", "netns", "exec", namespace, *command]


def available() -> str:
    """Return why no link can be made here; empty when one can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not Path("/dev/net/tun").exists():
        return "there is no /dev/net/tun"
    return ""


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def _attach(namespace: str) -> int:
    """Return a non-blocking descriptor of the namespace's TUN device."""
    with open(f"/var/run/netns/{namespace}") as file:
        os.setns(file.fileno(), os.CLONE_NEWNET)
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH", DEVICE.encode(), _IFF_TUN_NO_PI))
    return tun


def emulate(ends: tuple[int, int], bit_s: float, delay_s: float, loss: float) -> None:
    """Pass packets between two TUN devices for ever, late, at a limited rate, and not all of them."""
    rng = random.Random(0)
    free_s = {end: 0.0 for end in ends}
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    in_flight: list[tuple[float, int, int, bytes]] = []
    serial = 0
    while True:
        timeout_s = max(0.0, in_flight[0][0] - time.monotonic()) if in_flight else None
        ready, _, _ = select.select(ends, (), (), timeout_s)
        now_s = time.monotonic()
        for end in ready:
            packet = os.read(end, 65536)
            start_s = max(now_s, free_s[end])
            if start_s - now_s > QUEUE_S or rng.random() < loss:
                continue
            free_s[end] = start_s + len(packet) * 8 / bit_s
            serial += 1
            heapq.heappush(in_flight, (free_s[end] + delay_s, serial, other[end], packet))
        while in_flight and in_flight[0][0] <= now_s:
            _, _, end, packet = heapq.heappop(in_flight)
            os.write(end, packet)


def main() -> None:
    """Emulate the link that the command line describes, until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    name_a, name_b, mbit_s, one_way_ms, loss = sys.argv[1:]
    ends = (_attach(name_a), _attach(name_b))
    print(_READY, flush=True)
    emulate(ends, float(mbit_s) * 1e6, float(one_way_ms) / 1e3, float(loss))


if __name__ == "__main__":
    main()
