"""Signs of life: every process publishes a `Heartbeat` at 5 Hz under its own name."""

import asyncio
import os
from collections.abc import Callable

from backend.core import clock
from backend.core.contracts.health import Heartbeat
from backend.runtime.bus import Bus
from backend.runtime.topics import HEALTH


class Heart:
    """Publishes the heartbeat of this process; may be asked as often as the caller's loop turns."""

    PERIOD_NS = int(1e9 / HEALTH.rate_hz)

    def __init__(self, bus: Bus, process: str) -> None:
        self._publisher = bus.publisher(HEALTH, process)
        self._process = process
        self._started_ns = clock.now_ns()
        self._next_ns = 0

    def due(self, now_ns: int) -> bool:
        """Whether `beat` would publish; ask before measuring what is costly to measure."""
        return now_ns >= self._next_ns

    def beat(
        self,
        now_ns: int | None = None,
        state: str = "ok",
        *,
        rate_hz: float = 0.0,
        late_p99_ms: float = 0.0,
        overruns: int = 0,
    ) -> None:
        """Publish a heartbeat unless the last one is younger than 200 ms.

        Args:
            now_ns: Host monotonic time [ns]; read from the clock when not given.
            state: `ok`, or what is wrong and what to do, in words.
            rate_hz: Rate the loop reaches.
            late_p99_ms: How late its turns begin.
            overruns: Deadlines missed since the start.
        """
        now_ns = clock.now_ns() if now_ns is None else now_ns
        if not self.due(now_ns):
            return
        # Slack for loops that sleep one period themselves: they would be refused every second time.
        self._next_ns = now_ns + self.PERIOD_NS * 9 // 10
        self._publisher.publish(
            Heartbeat(
                process=self._process,
                pid=os.getpid(),
                t_ns=now_ns,
                started_ns=self._started_ns,
                state=state,
                rate_hz=rate_hz,
                late_p99_ms=late_p99_ms,
                overruns=overruns,
            )
        )

    async def run(self, state: Callable[[], str] = lambda: "ok") -> None:
        """Beat for ever from asyncio; `state` is asked before every beat."""
        while True:
            self.beat(state=state())
            await asyncio.sleep(self.PERIOD_NS * 1e-9)

    def close(self) -> None:
        """Release the socket."""
        self._publisher.close()
