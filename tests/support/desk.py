"""What a test sees of a running control process, and how it drives."""

import time
from collections.abc import Callable
from pathlib import Path

from backend.core import clock
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.tick import TickRecord
from backend.runtime.bus import Bus, ServiceUnavailable
from backend.runtime.topics import CONTROL, CONTROL_TICK, OPERATOR_FRAME, ROBOT_COMMAND, ROBOT_STATE

DRIVER = "tester"


class Desk:
    """An operator at the control process of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.bus = Bus(data_dir / "run")
        self.ticks = self.bus.subscribe(CONTROL_TICK)
        self.commands = self.bus.subscribe(ROBOT_COMMAND)
        self.states = self.bus.subscribe(ROBOT_STATE)
        self.frames = self.bus.publisher(OPERATOR_FRAME)
        self._seq = 0

    def ask(self, kind: str, **fields) -> Reply:
        for _ in range(100):
            try:
                return self.bus.call(CONTROL, ControlRequest(kind=kind, driver=DRIVER, **fields), 1.0)
            except ServiceUnavailable:
                time.sleep(0.1)
        raise AssertionError("control does not answer")

    def arm(self) -> None:
        self.until(lambda tick: tick.state is not None)
        assert self.ask("lease.take", name="Tester").ok
        reply = self.ask("arm")
        assert reply.ok, reply.error

    def send(self, **channels) -> None:
        self._seq += 1
        now_ns = clock.now_ns()
        self.frames.publish(
            DeviceFrame(
                source="keyboard", driver=DRIVER, t_ns=now_ns, seq=self._seq, source_t_ns=now_ns, **channels
            )
        )

    def until(
        self, condition: Callable[[TickRecord], bool], timeout_s: float = 30.0, **channels
    ) -> list[TickRecord]:
        """Read ticks, driving with `channels` meanwhile, until one fulfils the condition; return them."""
        seen: list[TickRecord] = []
        deadline_s = time.monotonic() + timeout_s
        while time.monotonic() < deadline_s:
            if channels:
                self.send(**channels)
            for _ in range(3):
                message = self.ticks.wait(0.02)
                if message is not None:
                    seen.append(message[0])
                    if condition(message[0]):
                        return seen
        last = f"{seen[-1].mode}: {seen[-1].reason}" if seen else "no tick"
        raise AssertionError(f"not within {timeout_s:g} s; last: {last}")

    def close(self) -> None:
        for part in (self.ticks, self.commands, self.states, self.frames):
            part.close()
