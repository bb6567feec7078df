"""Picks at most one driver per tick and keeps the mode."""

from collections.abc import Callable, Sequence

from backend.core.arbiter.advice import advise
from backend.core.arbiter.lease import Lease
from backend.core.arbiter.modes import TRANSITIONS, Event
from backend.core.arbiter.rollout import SUPERVISE_NS, Rollout
from backend.core.arbiter.source import HOLD_NS, LOST_NS, Source
from backend.core.arbiter.sources import Sources
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import ControlRequest, Reply
from backend.core.contracts.robot import RobotState
from backend.core.contracts.tick import Mode

RAMP_NS = 1_000_000_000
"""Motion reaches full speed this long after the deadman is pressed."""

TAKE_OVER_RAMP_NS = 300_000_000
"""The same after a takeover: whoever takes over wants to correct something now."""

RESET_NS = 3_000_000_000
"""After a reset the robot may still report its fault or fall for this long while it is put back."""

SLOWEST = 0.1
"""Smallest speed setting; zero would look like a defect."""


class Arbiter:
    """Lease, watchdogs and mode. Everything it decides is in its public attributes."""

    def __init__(self) -> None:
        self.mode = Mode.STOPPED
        self.reason = "The robot has not been armed."
        self.speed = 1.0
        self.lease = Lease()
        self.sources = Sources()
        self.rollout = Rollout()
        self.homing = False
        """The driver asked for the neutral pose; ends when motion ends."""
        self.engaged_ns = 0
        """When the driver began; the ramp starts here [ns]."""
        self._driver = ""
        self._ramp_ns = RAMP_NS
        self._robot_problem = "The robot has not reported yet."
        self._must_release = False
        self._reset_until_ns = 0

    def handle(self, request: ControlRequest, now_ns: int) -> Reply:
        """Answer a request; an error says what was allowed."""
        answers = {
            "lease.take": self._take,
            "lease.renew": self._renew,
            "lease.release": self._release,
            "arm": self._arm,
            "stop": self._stop,
            "reset": self._reset,
            "home": self._home,
            "speed": self._speed,
            "policy.start": self._policy_start,
            "policy.pause": self._if_holder(self.rollout.pause),
            "policy.resume": self._if_holder(self.rollout.resume),
            "policy.stop": self._if_holder(self.rollout.end),
        }
        if request.kind not in answers:
            return Reply(ok=False, error=f"unknown request {request.kind!r}; allowed: {', '.join(answers)}")
        error = answers[request.kind](request, now_ns)
        return Reply(ok=not error, error=error)

    def update(
        self, frames: Sequence[DeviceFrame], state: RobotState | None, robot_problem: str, now_ns: int
    ) -> tuple[list[DeviceFrame], list[str]]:
        """Advance the mode by one tick.

        Args:
            frames: Frames that arrived since the last tick, of any driver.
            state: Newest robot state.
            robot_problem: Why that state cannot be used; empty when it can.
            now_ns: Host monotonic time [ns].

        Returns:
            The frames that were new and usable, and why others were refused.
        """
        fresh, refused = self.sources.accept(frames, now_ns)
        for frame in fresh:
            self.lease.renew(frame.driver, now_ns)
        self._watch_robot(state, robot_problem, now_ns)
        if self.lease.expired(now_ns):
            self._apply(Event.LEASE_LOST, f"{self.lease.name} has been gone for too long and lost control.")
            self.lease.free()
        self._watch_driver(now_ns)
        return fresh, refused

    def fault(self, reason: str) -> None:
        """Enter FAULT from any mode."""
        self._apply(Event.FAULT, reason)

    @property
    def driver(self) -> str:
        """Who drives now; empty when nobody does."""
        return self._driver if self.mode in (Mode.ACTIVE, Mode.HOLD) else ""

    @property
    def advice(self) -> str:
        """What the operator can do next."""
        rollout = self.rollout.record(self.driver)
        return advise(
            self.mode, rollout, self._must_release, bool(self._robot_problem), bool(self.lease.driver)
        )

    def speed_scale(self, now_ns: int) -> float:
        """Return the engage ramp times the speed setting, 0 to 1; 0 when nobody drives."""
        if self.mode is not Mode.ACTIVE:
            return 0.0
        x = min(1.0, max(0.0, (now_ns - self.engaged_ns) / self._ramp_ns))
        return self.speed * x * x * (3 - 2 * x)

    def _apply(self, event: Event, reason: str) -> bool:
        """Follow the table; returns whether the mode changed."""
        mode = TRANSITIONS.get((self.mode, event))
        if mode is None:
            return False
        if mode is not Mode.ACTIVE:
            self.homing = False
        if mode in (Mode.STOPPED, Mode.FAULT):
            self.rollout.end()
        self.mode, self.reason = mode, reason
        return True

    def _watch_robot(self, state: RobotState | None, problem: str, now_ns: int) -> None:
        self._robot_problem = problem
        if problem:
            # Before its first report a robot is not lost, it is not there yet.
            if state is not None or self.mode is not Mode.STOPPED:
                self.fault(problem)
            return
        trouble = state.fault or ("The robot has fallen." if state.locomotion == "fallen" else "")
        if not trouble:
            self._reset_until_ns = 0
        elif now_ns >= self._reset_until_ns:
            self.fault(trouble)

    def _watch_driver(self, now_ns: int) -> None:
        person, policy = self.lease.driver, self.rollout.policy
        live = self.sources.live_frames(person, now_ns)
        pressed = any(frame.deadman for frame in live)
        if self.mode is Mode.READY:
            if self._must_release:
                self._must_release = pressed or not live
            elif pressed:
                self._begin(Event.ENGAGE, person, f"{self.lease.name} is driving.", RAMP_NS, now_ns)
            if not pressed and self._policy_ready(now_ns):
                self._begin(Event.ENGAGE, policy, f"{policy} is driving.", RAMP_NS, now_ns)
        elif self.mode in (Mode.ACTIVE, Mode.HOLD):
            if self._driver == person:
                self._watch_steering(self._steering(person, now_ns), now_ns)
            elif pressed:
                why = f"{self.lease.name} has taken over from {policy}."
                self._begin(Event.TAKE_OVER, person, why, TAKE_OVER_RAMP_NS, now_ns)
            elif not self.rollout.may_drive:
                self._apply(Event.RELEASE, f"{self._driver} was {'paused' if policy else 'stopped'}.")
            elif self._unattended(now_ns):
                self._apply(Event.STALE, "")
                self.reason = f"{self.lease.name}, who supervises {policy}, has been silent for a second."
            else:
                self._watch_steering(self._steering(policy, now_ns), now_ns)

    def _begin(self, event: Event, driver: str, reason: str, ramp_ns: int, now_ns: int) -> None:
        """Let somebody drive, starting from rest."""
        self._apply(event, reason)
        self.homing = False
        self._driver, self._ramp_ns, self.engaged_ns = driver, ramp_ns, now_ns

    def _policy_ready(self, now_ns: int) -> bool:
        """Return whether the policy is allowed and able to drive now."""
        if not self.rollout.may_drive or self._unattended(now_ns):
            return False
        return any(frame.deadman for frame in self.sources.live_frames(self.rollout.policy, now_ns))

    def _unattended(self, now_ns: int) -> bool:
        return self.lease.silence_ns(now_ns) >= SUPERVISE_NS

    def _steering(self, driver: str, now_ns: int) -> list[Source]:
        """Return the devices that `driver` steers with."""
        # A device that was already lost when the driver began has no part in this motion.
        since_ns = self.engaged_ns - HOLD_NS
        return [s for s in self.sources.steering(driver) if now_ns - s.silence_ns(now_ns) > since_ns]

    def _watch_steering(self, steering: list[Source], now_ns: int) -> None:
        if not any(source.frame.deadman for source in steering):
            self._let_go(now_ns)
            return
        worst = max(steering, key=lambda source: source.silence_ns(now_ns) - source.hold_ns)
        silence_ns = worst.silence_ns(now_ns)
        if silence_ns >= LOST_NS:
            self._apply(Event.LOST, _sentence(worst.trouble(now_ns)))
            self._must_release = self._driver == self.lease.driver
            self.rollout.pause()
        elif silence_ns >= worst.hold_ns:
            self._apply(Event.STALE, "")
            self.reason = _sentence(worst.trouble(now_ns))
        elif self.mode is Mode.HOLD:
            who = self.lease.name if self._driver == self.lease.driver else self._driver
            self._begin(Event.BACK, self._driver, f"{who} is driving.", RAMP_NS, now_ns)

    def _let_go(self, now_ns: int) -> None:
        """The driver has ended its motion: back to the policy it was taken over from, or rest."""
        policy = self.rollout.policy
        by_person = self._driver == self.lease.driver
        if by_person and self.mode is Mode.ACTIVE and self.rollout.hand_back and self._policy_ready(now_ns):
            self._begin(Event.HAND_BACK, policy, f"{policy} is driving again.", RAMP_NS, now_ns)
            return
        if by_person and not self.rollout.hand_back:
            self.rollout.pause()
        self._apply(Event.RELEASE, "The deadman was let go." if by_person else f"{policy} has let go.")

    def _take(self, request: ControlRequest, now_ns: int) -> str:
        if self.lease.expired(now_ns):
            self._apply(Event.LEASE_LOST, f"{self.lease.name} has been gone for too long and lost control.")
            self.lease.free()
        return self.lease.take(request.driver, request.name, now_ns)

    def _renew(self, request: ControlRequest, now_ns: int) -> str:
        error = self._not_holder(request)
        if not error:
            self.lease.renew(request.driver, now_ns)
        return error

    def _release(self, request: ControlRequest, now_ns: int) -> str:
        error = self._not_holder(request)
        if not error:
            self._apply(Event.LEASE_LOST, f"{self.lease.name} has given up control.")
            self.lease.free()
        return error

    def _arm(self, request: ControlRequest, now_ns: int) -> str:
        if error := self._not_holder(request):
            return error
        if self._robot_problem:
            return f"{self._robot_problem} Arming is allowed when the robot reports."
        if self.mode is Mode.FAULT:
            return f"{self.reason} Arming is allowed after a reset."
        if self._reset_until_ns:
            return "The robot is still being put back; arming is allowed when it stands."
        # Whoever arms with the deadman already held must not be surprised by motion.
        if self._apply(Event.ARM, f"{self.lease.name} has armed the robot."):
            live = self.sources.live_frames(request.driver, now_ns)
            self._must_release = any(frame.deadman for frame in live)
        return ""

    def _stop(self, request: ControlRequest, now_ns: int) -> str:
        who = request.name or self.lease.name or "Somebody"
        self._apply(Event.STOP, request.reason or f"{who} has stopped the robot.")
        return ""

    def _reset(self, request: ControlRequest, now_ns: int) -> str:
        if self.lease.driver and (error := self._not_holder(request)):
            return error
        if self.mode is not Mode.FAULT:
            return f"The robot is {self.mode}; a reset is allowed in FAULT."
        if self._robot_problem:
            return f"{self._robot_problem} A reset is allowed when the robot reports."
        self._apply(Event.RESET, "The fault was reset.")
        self._reset_until_ns = now_ns + RESET_NS
        return ""

    def _home(self, request: ControlRequest, now_ns: int) -> str:
        if error := self._not_holder(request):
            return error
        if self.mode is not Mode.ACTIVE or self._driver != request.driver:
            return f"The robot is {self.mode}; homing is allowed while the deadman is held."
        self.homing = True
        return ""

    def _speed(self, request: ControlRequest, now_ns: int) -> str:
        if error := self._not_holder(request):
            return error
        if not SLOWEST <= request.value <= 1.0:
            return f"speed {request.value:g} is refused; allowed: {SLOWEST:g} to 1"
        self.speed = request.value
        return ""

    def _policy_start(self, request: ControlRequest, now_ns: int) -> str:
        error = self._not_holder(request)
        return error or self.rollout.start(request.policy, request.hand_back, self.mode)

    def _if_holder(self, ask: Callable[[], str]) -> Callable[[ControlRequest, int], str]:
        return lambda request, _: self._not_holder(request) or ask()

    def _not_holder(self, request: ControlRequest) -> str:
        if self.lease.driver and self.lease.driver == request.driver:
            return ""
        if self.lease.driver:
            return f"control is held by {self.lease.name}; only they may do this"
        return "nobody holds control; take it first"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
