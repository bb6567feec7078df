"""Damaged bytes of a headset: does the receiver ever raise, grow, or fail to find the stream again?

`python -m benchmarks.fuzz --inputs 1000000`
"""

import argparse
import time

import numpy as np

from devices.emulators.pico import wire
from devices.emulators.pico.body import Body, Habit
from devices.emulators.pico.headset import Headset
from devices.inputs.pico.protocol import MAX_DATA, PacketKind, PacketParser
from devices.inputs.pico.tracking import function_of, sample_of

HEARTBEAT = wire.packet(wire.HEARTBEAT, b"PA9", 1)


def _packets(count: int) -> list[bytes]:
    """Return tracking packets of a moving operator."""
    body, headset, packets = Body(Habit(0.02)), Headset("PA9"), []
    for i in range(count):
        body.advance(1 / 72)
        value = headset.tracking(body.poses(), 1_700_000_000_000_000_000 + i)
        packets.append(wire.packet(wire.FUNCTION, wire.function("Tracking", value), 1_700_000_000_000 + i))
    return packets


def _damage(data: bytes, rng: np.random.Generator) -> bytes:
    """Return `data` with a few bytes changed, lost, added or moved."""
    damaged = bytearray(data)
    for _ in range(rng.integers(1, 5)):
        at, size = int(rng.integers(len(damaged))), int(rng.integers(1, 40))
        match int(rng.integers(5)):
            case 0:
                damaged[at] = rng.integers(256)
            case 1 if len(damaged) > size + 1:
                del damaged[at : at + size]
            case 2:
                damaged[at:at] = rng.bytes(size)
            case 3:
                damaged[at:at] = damaged[: size * 4]
            case _:
                damaged[2 : 2 + 4] = rng.bytes(4)
        if not damaged:
            damaged += b"\x3f"
    return bytes(damaged)


def main() -> None:
    """Run, and print one line; raises where the receiver does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true", help="5,000 inputs")
    options = parser.parse_args()
    inputs = 5_000 if options.quick else options.inputs
    rng, packets = np.random.default_rng(options.seed), _packets(50)
    receiver, samples, largest, slowest_bytes = PacketParser(), 0, 0, 0
    began_s = time.perf_counter()
    for i in range(inputs):
        data = _damage(packets[i % len(packets)], rng)
        cut = int(rng.integers(len(data) + 1))
        for packet in receiver.feed(data[:cut]) + receiver.feed(data[cut:]):
            if packet.command is PacketKind.FUNCTION:
                name, value = function_of(packet.data)
                samples += name == "Tracking" and sample_of(value, False, i, packet.timestamp_ms) is not None
        largest = max(largest, len(receiver._buffer))
        if i % 100 == 0:
            found_after = _recover(receiver)
            slowest_bytes = max(slowest_bytes, found_after)
    seconds = time.perf_counter() - began_s
    print(
        f"{inputs:,} damaged packets in {seconds:.0f} s: nothing raised, {samples:,} were still usable, "
        f"{receiver.dropped:,} bytes dropped, buffer at most {largest:,} bytes, "
        f"stream found again within {slowest_bytes:,} bytes"
    )


def _recover(receiver: PacketParser) -> int:
    """Return how many bytes of a clean stream pass until a packet of it is found; raises if none is."""
    for i in range(2 * MAX_DATA // len(HEARTBEAT)):
        if any(packet.data == b"PA9" for packet in receiver.feed(HEARTBEAT)):
            return (i + 1) * len(HEARTBEAT)
    raise AssertionError("the stream was not found again")


if __name__ == "__main__":
    main()
