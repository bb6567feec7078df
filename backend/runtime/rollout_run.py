"""One rollout, from the connection to its end; turned once per step of the policy.

connecting -> warming_up (first chunk) -> control permits -> waiting, driving, taken_over, paused
any -> failed   the server is gone, refuses or does not fit
any -> ended    a stop, a fault, the end of the lease, or somebody's wish
"""

from collections import deque
from collections.abc import Callable

import numpy as np
import structlog

from backend import catalog
from backend.core import clock
from backend.core.contracts.frame import DeviceFrame, policy_driver
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.rollout import PolicyHello, PolicyRefusal, RolloutRequest, RolloutStatus, Timings
from backend.core.policy.scheduler import LEAD, Scheduler
from backend.runtime.policy_dialect import View
from backend.runtime.policy_link import PolicyLink
from backend.runtime.robot_view import RobotView

OVER = ("failed", "ended")
PLAN_STRIDE = 3

log = structlog.get_logger("rollout")


class RolloutRun:
    """The life of one rollout.

    Args:
        request: A `start` request.
        spec: The robot.
        view: What the policy sees.
        ask_control: Sends a request to control and returns its reply.
    """

    def __init__(
        self,
        request: RolloutRequest,
        spec: RobotSpec,
        view: RobotView,
        ask_control: Callable[[ControlRequest], Reply],
    ) -> None:
        self.phase = "connecting"
        self.reason = f"Connecting to {request.url}."
        self.fps = 30.0
        self._request, self._spec, self._view, self._ask = request, spec, view, ask_control
        self._merge = catalog.load(catalog.MERGERS, request.merge)
        self._link = PolicyLink(
            request.url, request.token, catalog.load(catalog.DIALECTS, request.dialect)(spec)
        )
        self._scheduler: Scheduler | None = None
        self._hello: PolicyHello | None = None
        self._views: deque[View] = deque(maxlen=1)
        self._driver = ""
        self._granted_ns = 0
        self._resuming = False
        self._seq = 0
        self._takeovers = 0
        self._timings = Timings()
        self._age_ms = 0.0

    def turn(self, now_ns: int, due_ns: int) -> DeviceFrame | None:
        """Take one step.

        Args:
            now_ns: Host monotonic time [ns].
            due_ns: The deadline of this step, which its action is counted from [ns].

        Returns:
            The knot to publish, or None when the policy has nothing to say.
        """
        self._view.refresh()
        if self.phase in OVER:
            self._return_permission()
            return None
        if self._link.failure:
            self._finish("failed", self._link.failure)
            return None
        if self._hello is None:
            if self._link.hello is None:
                return None
            self._greet(self._link.hello)
            return None
        self._collect()
        self._follow_control()
        if self.phase in OVER:
            return None
        if self.phase == "paused" and not self._resuming:
            return self._silence(now_ns, due_ns)
        self._inquire(now_ns)
        return self._knot(now_ns, due_ns)

    def pause(self) -> str:
        """Let the policy wait; returns why not."""
        if not self._granted_ns or self.phase in OVER:
            return f"the rollout is {self.phase}; it can be paused while a policy drives"
        return self._ask(ControlRequest(kind="policy.pause", driver=self._request.driver)).error

    def resume(self) -> str:
        """Let it drive again, as soon as it has seen the present; returns why not."""
        if self.phase != "paused":
            return f"the rollout is {self.phase}; it can be resumed when it is paused"
        self._resuming = True
        return ""

    def stop(self, reason: str) -> None:
        """End the rollout; the robot comes to rest."""
        if self.phase not in OVER:
            self._finish("ended", reason)
            if self._granted_ns:
                self._ask(ControlRequest(kind="policy.stop", driver=self._request.driver))

    def close(self) -> None:
        """Release the connection and the sockets."""
        self._link.close()
        self._view.close()

    def status(self, now_ns: int) -> RolloutStatus:
        """Return how it is doing."""
        trips = self._link.round_trips_ms
        common = {
            "t_ns": now_ns,
            "phase": self.phase,
            "reason": self.reason,
            "policy": self._driver,
            "task": self._request.task,
            "merge": self._request.merge,
            "latency_ms": self._timings,
            "round_trip_ms": trips[-1] if trips else 0.0,
            "round_trip_p95_ms": float(np.percentile(list(trips), 95)) if trips else 0.0,
            "observation_age_ms": self._age_ms,
            "takeovers": self._takeovers,
        }
        if self._scheduler is None:
            return RolloutStatus(**common)
        queue, smooth = self._scheduler.queue, self._scheduler.meter.figures()
        return RolloutStatus(
            **common,
            fps=self.fps,
            chunk_size=self._hello.chunk_size,
            level=queue.level,
            d_est=queue.d_est,
            d_real=queue.d_real or 0,
            chunks=queue.chunks,
            late=queue.late,
            discarded=queue.discarded,
            stalls=smooth.stalls,
            stalled_steps=smooth.stalled_steps,
            border_jump_rad=_known(smooth.border_jump_rad),
            jerk_inside_rad_s3=_known(smooth.jerk_inside_rad_s3),
            jerk_border_rad_s3=_known(smooth.jerk_border_rad_s3),
            step=queue.step,
            plan=queue.plan[::PLAN_STRIDE],
        )

    def _greet(self, hello: PolicyHello) -> None:
        """Accept the policy if it is one for this robot."""
        layout, known = self._spec.layout, [camera.name for camera in self._spec.cameras]
        strange = [camera.name for camera in hello.cameras if camera.name not in known]
        if hello.layout_hash != layout.hash:
            self._finish("failed", f"{hello.policy} was trained for other joints than {self._spec.name} has")
            return
        if strange:
            self._finish("failed", f"{hello.policy} needs camera {strange[0]}; allowed: {', '.join(known)}")
            return
        if not 1 <= hello.fps <= 100 or not 1 <= hello.n_obs_steps <= 16:
            self._finish(
                "failed", f"{hello.fps:g} actions/s, {hello.n_obs_steps} observations; allowed: 1-100, 1-16"
            )
            return
        merge = self._merge(layout.target_yaw)
        if merge.hands_left_over and not hello.supports_rtc:
            self._finish("failed", f"{hello.policy} cannot continue a chunk; merge by blend or ensemble")
            return
        self._hello, self.fps = hello, hello.fps
        self._views = deque(maxlen=hello.n_obs_steps)
        self._view.watch([camera.name for camera in hello.cameras])
        self._scheduler = Scheduler(self._spec, merge, hello.fps, s_min=self._request.s_min)
        self._driver = policy_driver(self._request.name or hello.policy)
        self.phase, self.reason = "warming_up", "Waiting for the first actions."

    def _collect(self) -> None:
        """Take what the server has answered."""
        for answer in self._link.poll():
            if isinstance(answer, PolicyRefusal):
                self._finish("failed", f"the policy server refuses: {answer.text}")
                return
            try:
                self._scheduler.put(answer.seq, answer.actions)
            except ValueError as error:
                self._finish("failed", f"the policy's answer cannot be used: {error}")
                return
            self._timings = answer.timings
            if self.phase == "warming_up" or self._resuming:
                self._ask_permission()

    def _ask_permission(self) -> None:
        kind = "policy.resume" if self._resuming else "policy.start"
        reply = self._ask(
            ControlRequest(
                kind=kind,
                driver=self._request.driver,
                policy=self._driver,
                hand_back=self._request.hand_back,
            )
        )
        if not reply.ok:
            self._finish("failed", reply.error)
            return
        self._resuming = False
        self.phase, self.reason = "waiting", "The policy may drive."
        # Ticks that began before control answered do not know of the permission yet.
        self._granted_ns = clock.now_ns()

    def _follow_control(self) -> None:
        """Read from the ticks what became of the permission."""
        if not self._granted_ns or self._resuming:
            return
        for tick in self._view.fresh_ticks:
            if tick.t_ns <= self._granted_ns:
                continue
            grant = tick.rollout
            if grant is None or grant.policy != self._driver:
                self._finish("ended", tick.reason)
                return
            self._takeovers += grant.phase == "taken_over" and self.phase != "taken_over"
            if grant.phase == "paused" and self.phase != "paused":
                self._scheduler.reset()
            self.phase, self.reason = grant.phase, tick.reason
        self._scheduler.queue.executed = self.phase == "driving"

    def _inquire(self, now_ns: int) -> None:
        """Send an observation when one is due."""
        problem = self._view.problem(now_ns)
        if problem:
            self.reason = f"{problem[:1].upper()}{problem[1:]}."
            return
        self._views.append(self._view.now())
        # After a pause an old answer may still be on its way.
        request = None if self._link.busy else self._scheduler.request()
        if request is None:
            return
        while len(self._views) < self._views.maxlen:
            self._views.appendleft(self._views[0])
        self._age_ms = max((now_ns - h.t_ns for h, _ in self._views[-1].pictures), default=0) / 1e6
        self._link.send(request, tuple(self._views), self._request.task)

    def _knot(self, now_ns: int, due_ns: int) -> DeviceFrame | None:
        if not self._granted_ns or self._resuming:
            return None
        action = self._scheduler.step()
        return None if action is None else self._frame(now_ns, due_ns, deadman=True, action=action)

    def _silence(self, now_ns: int, due_ns: int) -> DeviceFrame:
        return self._frame(now_ns, due_ns, deadman=False)

    def _frame(self, now_ns: int, due_ns: int, **channels: object) -> DeviceFrame:
        self._seq += 1
        return DeviceFrame(
            source="policy",
            driver=self._driver,
            t_ns=now_ns,
            seq=self._seq,
            source_t_ns=due_ns + round(LEAD * 1e9 / self.fps),
            **channels,
        )

    def _finish(self, phase: str, reason: str) -> None:
        self.phase, self.reason = phase, reason
        log.info("rollout over", phase=phase, reason=reason)
        self._link.close()
        self._view.watch([])

    def _return_permission(self) -> None:
        """Give the permission back once the robot has come to rest."""
        tick = self._view.tick
        if not self._granted_ns or tick is None or tick.rollout is None:
            return
        if tick.rollout.policy == self._driver and tick.rollout.phase == "paused":
            self._granted_ns = 0
            self._ask(ControlRequest(kind="policy.stop", driver=self._request.driver))


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
