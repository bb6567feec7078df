"""How evenly control ticks, and how long an input takes to become a command.

`python -m benchmarks.control [--quick]` measures twice on the real processes: with world and control
alone, inputs put on the bus; and with the whole app on: a WebSocket operator at 90 Hz who walks and moves
both hands, three cameras streamed to a real Chromium, and an episode being recorded.

- late: how late a tick begins after its deadline
- input to command: from the arrival of an input frame in the api to `robot.send` of the first command that
  knows it; it contains the wait for the next tick, so its mean is at least half a period
- sent to command: the same from the moment the operator's program sent the frame
- overruns: deadlines that passed while the tick before was still running, as a fraction of all deadlines
"""

import argparse
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import numpy as np

from backend.core import clock
from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.tick import Mode, TickRecord
from backend.runtime.bus import Bus
from backend.runtime.topics import CONTROL, CONTROL_TICK, HEALTH, OPERATOR_FRAME
from benchmarks.report import report
from tests.support.app import module_process, running_app, temporary_data_dir
from tests.support.operator import Operator
from tests.support.viewer import watching

INPUT_HZ = 90.0
CAMERAS = ["head", "left_wrist", "right_wrist"]
SETTLE_S = 3.0


def channels(t_s: float) -> dict:
    """Return a busy operator: both hands on ellipses, walking to and fro, turning, bending."""
    wave = np.sin(t_s * np.array([1.1, 0.9, 0.7, 1.3, 0.5, 0.6]))
    return {
        "left": ArmInput(twist=np.array([0.15, 0.1, 0.15, 0.3, 0.3, 0.3]) * wave, grip=abs(wave[0])),
        "right": ArmInput(twist=np.array([0.15, 0.1, 0.15, 0.3, 0.3, 0.3]) * wave[::-1], pinch=abs(wave[1])),
        "base_velocity": np.array([0.25, 0.05, 0.3]) * wave[3:],
        "torso_rate_rad_s": np.array([0.0, 0.1, 0.1]) * wave[:3],
    }


def measure(bus: Bus, duration_s: float) -> tuple[list[TickRecord], int]:
    """Return the ticks of the next seconds and the overruns among them."""
    ticks, hearts = bus.subscribe(CONTROL_TICK), bus.subscribe(HEALTH, "control")
    hearts.wait(5.0)
    first = hearts.wait(5.0)[0]
    ticks.drain()
    records: list[TickRecord] = []
    last = first
    while last.t_ns < first.t_ns + duration_s * 1e9:
        records += ticks.drain()
        last = (hearts.wait(1.0) or (last,))[0]
    seqs = [record.seq for record in records]
    if seqs != list(range(seqs[0], seqs[0] + len(seqs))):
        raise RuntimeError("this program was too slow to read every tick; the figures would be wrong")
    ticks.close()
    hearts.close()
    return records, last.overruns - first.overruns


def row(name: str, records: list[TickRecord], overruns: int) -> dict[str, object]:
    """Return one row of the table; times in ms."""
    sent_ns = [(tick.t_ns + tick.stages.tick * 1e6, frame) for tick in records for frame in tick.frames]
    columns = {
        "tick": [tick.stages.tick for tick in records],
        "late": [tick.stages.late for tick in records],
        "input to command": [(at_ns - frame.t_ns) * 1e-6 for at_ns, frame in sent_ns],
        "sent to command": [(at_ns - frame.source_t_ns) * 1e-6 for at_ns, frame in sent_ns],
    }
    figures: dict[str, object] = {"scenario": name, "ticks": len(records)}
    for column, values in columns.items():
        figures[f"{column} p50"], figures[f"{column} p99"] = np.percentile(values, [50, 99]).tolist()
    active = np.mean([tick.mode is Mode.ACTIVE for tick in records])
    return {
        **figures,
        "late max": max(columns["late"]),
        "overruns": overruns / (len(records) + overruns),
        "active": float(active),
    }


@contextmanager
def driven_on_the_bus(bus: Bus) -> Iterator[None]:
    """Arm, and publish input frames until the end of the block."""
    publisher, stop, began_s = bus.publisher(OPERATOR_FRAME), threading.Event(), time.monotonic()

    def drive() -> None:
        seq = 0
        while not stop.wait(1 / INPUT_HZ):
            seq += 1
            now_ns = clock.now_ns()
            publisher.publish(
                DeviceFrame(
                    source="keyboard",
                    driver="bench",
                    t_ns=now_ns,
                    seq=seq,
                    source_t_ns=now_ns,
                    deadman=True,
                    moving=True,
                    **channels(time.monotonic() - began_s),
                )
            )

    for kind in ("lease.take", "arm"):
        reply = bus.call(CONTROL, ControlRequest(kind=kind, driver="bench", name="Benchmark"), 5.0)
        if not reply.ok:
            raise RuntimeError(f"{kind}: {reply.error}")
    thread = threading.Thread(target=drive)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        publisher.close()


def alone(duration_s: float) -> dict[str, object]:
    """Measure with world and control only."""
    with (
        temporary_data_dir() as folder,
        module_process("backend.runtime.world", folder),
        module_process("backend.runtime.control", folder),
    ):
        bus = Bus(folder / "run")
        ticks = bus.subscribe(CONTROL_TICK)
        wait_for(lambda: (message := ticks.wait(0.1)) and message[0].state is not None)
        ticks.close()
        with driven_on_the_bus(bus):
            time.sleep(SETTLE_S)
            return row("world and control", *measure(bus, duration_s))


def everything(duration_s: float) -> dict[str, object]:
    """Measure with the whole app, a browser that watches and an episode being recorded."""
    with running_app() as app, Operator(app.url, "Benchmark", INPUT_HZ) as operator:
        body = {"name": "Benchmark", "instruction": "Move."}
        task = httpx.post(f"{app.url}/api/tasks", json=body, timeout=10.0).raise_for_status().json()
        with watching(app.url, CAMERAS) as viewer:
            operator.take_and_arm()
            began_s = time.monotonic()
            operator.drive(lambda: channels(time.monotonic() - began_s))
            reply = operator.request("record.start", task=task["id"])
            if not reply.ok:
                raise RuntimeError(f"record.start: {reply.error}")
            time.sleep(SETTLE_S)
            before, from_s = viewer.shown(), time.monotonic()
            measured = measure(app.bus, duration_s)
            span_s = time.monotonic() - from_s
            shown = {camera: (count - before[camera]) / span_s for camera, count in viewer.shown().items()}
            recorder = operator.telemetry.recorder
            operator.rest()
            for kind in ("record.stop", "record.discard"):
                operator.request(kind)
    if recorder.phase != "recording":
        raise RuntimeError(f"the recorder gave up: {recorder.phase} {recorder.warning}")
    fps = "/".join(f"{shown[camera]:.0f}" for camera in CAMERAS)
    return {**row("everything on", *measured), "fps shown": fps, "MB recorded": recorder.bytes_written / 1e6}


def wait_for(condition: Callable[[], object], timeout_s: float = 300.0) -> None:
    """Wait until `condition` holds; raises TimeoutError."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"not within {timeout_s:g} s")


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short run, under 50 s")
    quick = parser.parse_args().quick
    rows = [alone(5.0 if quick else 60.0), everything(10.0 if quick else 300.0)]
    busy = rows[1]
    report(
        "control",
        rows,
        quick=quick,
        input_to_command_p99_ms=busy["input to command p99"],
        overrun_fraction=busy["overruns"],
        tick_p99_ms=busy["tick p99"],
        late_p99_ms=busy["late p99"],
        late_p99_ms_alone=rows[0]["late p99"],
        overrun_fraction_alone=rows[0]["overruns"],
    )


if __name__ == "__main__":
    main()
