"""The rollout process: the clock of a policy on the robot's side.

newest pictures and state -> policy server, asynchronously -> one action per step -> control
"""

import signal
from types import FrameType

import structlog

from backend import catalog
from backend.core import clock
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.rollout import RolloutRequest, RolloutStatus
from backend.runtime import logging, realtime
from backend.runtime.bus import Bus, ServiceUnavailable
from backend.runtime.heartbeat import Heart
from backend.runtime.robot_view import RobotView
from backend.runtime.rollout_run import OVER, RolloutRun
from backend.runtime.ticker import Ticker
from backend.runtime.topics import CONTROL, POLICY_FRAME, ROLLOUT, ROLLOUT_STATUS
from backend.settings import settings

PRIORITY = 50
"""Below physics and control; its actions are sent ahead."""
IDLE_HZ = 30.0
STATUS_EVERY = 3
CONTROL_TIMEOUT_S = 0.5
KINDS = ("start", "pause", "resume", "stop")
SCHEMES = ("ws://", "wss://")
GARBAGE_TICKS = 300


class RolloutProcess:
    """Runs at most one rollout at a time."""

    def __init__(self, bus: Bus, spec: RobotSpec) -> None:
        self._bus, self._spec = bus, spec
        self._knots = bus.publisher(POLICY_FRAME)
        self._statuses = bus.publisher(ROLLOUT_STATUS)
        self._service = bus.serve(ROLLOUT)
        self._heart = Heart(bus, "rollout")
        self._run: RolloutRun | None = None
        self._ticker = Ticker(IDLE_HZ)
        self._fps = IDLE_HZ
        self._running = True

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End `run` after the present step; usable as a signal handler."""
        self._running = False

    def run(self) -> None:
        """Turn until stopped."""
        realtime.pause_garbage_collection()
        while self._running:
            late_ns = self._ticker.wait()
            now_ns = clock.now_ns()
            self._service.poll(self._answer, lambda why: Reply(ok=False, error=why))
            if self._run is not None:
                knot = self._run.turn(now_ns, now_ns - late_ns)
                if knot is not None:
                    self._knots.publish(knot)
                self._keep_pace(self._run.fps)
            if self._ticker.ticks % STATUS_EVERY == 0:
                self._statuses.publish(self._status(now_ns))
            if self._ticker.ticks % GARBAGE_TICKS == 0:
                realtime.collect_young()
            self._heart.beat(
                now_ns,
                rate_hz=self._ticker.rate_hz,
                late_p99_ms=self._ticker.late_p99_ms,
                overruns=self._ticker.overruns,
            )
        if self._run is not None:
            self._run.stop("The app is being stopped.")
            self._run.close()

    def close(self) -> None:
        """Release the sockets."""
        for part in (self._knots, self._statuses, self._service, self._heart):
            part.close()

    def _keep_pace(self, fps: float) -> None:
        if fps != self._fps:
            self._fps, self._ticker = fps, Ticker(fps)

    def _status(self, now_ns: int) -> RolloutStatus:
        if self._run is None:
            return RolloutStatus(t_ns=now_ns, phase="idle")
        return self._run.status(now_ns)

    def _answer(self, request: RolloutRequest) -> Reply:
        if request.kind == "start":
            error = self._start(request)
        elif request.kind not in KINDS:
            error = f"unknown request {request.kind!r}; allowed: {', '.join(KINDS)}"
        elif self._run is None:
            error = "no rollout has been started"
        elif request.kind == "stop":
            self._run.stop(f"{request.name or 'Somebody'} has stopped the policy.")
            error = ""
        else:
            error = self._run.pause() if request.kind == "pause" else self._run.resume()
        return Reply(ok=not error, error=error)

    def _start(self, request: RolloutRequest) -> str:
        if self._run is not None and self._run.phase not in OVER:
            return f"a rollout is {self._run.phase}; stop it first"
        if not request.url.startswith(SCHEMES):
            return f"{request.url!r} is no address of a policy server; allowed: {' or '.join(SCHEMES)}"
        if not request.driver:
            return "a rollout needs somebody who holds control and supervises it"
        if not 1 <= request.s_min <= 200:
            return f"s_min {request.s_min} is refused; allowed: 1 to 200"
        for table, name in ((catalog.MERGERS, request.merge), (catalog.DIALECTS, request.dialect)):
            if name not in table:
                return f"unknown name {name!r}; available: {', '.join(sorted(table))}"
        if self._run is not None:
            self._run.close()
        view = RobotView(self._bus, self._spec)
        self._run = RolloutRun(request, self._spec, view, self._ask_control)
        return ""

    def _ask_control(self, request: ControlRequest) -> Reply:
        try:
            return self._bus.call(CONTROL, request, CONTROL_TIMEOUT_S)
        except ServiceUnavailable as error:
            return Reply(ok=False, error=str(error))


def main() -> None:
    """Entry of the process."""
    logging.configure()
    config = settings()
    priority = realtime.make_realtime(PRIORITY)
    process = RolloutProcess(Bus(config.run_dir), catalog.load(catalog.ROBOTS, config.robot).spec)
    signal.signal(signal.SIGTERM, process.stop)
    signal.signal(signal.SIGINT, process.stop)
    structlog.get_logger("rollout").info("running", priority=priority)
    try:
        process.run()
    finally:
        process.close()


if __name__ == "__main__":
    main()
