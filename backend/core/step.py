"""One control tick: no clock, no I/O, no randomness; the same inputs give the same record.

frames -> arbiter (who drives?) -> fusion -> ik -> safety -> Command, all of it in a TickRecord

A policy's frames bring whole actions; for them a follower that limits their speed and a check against
self-collision stand in the place of fusion and ik.
"""

import math
from collections.abc import Sequence

from backend.core.arbiter.robot_check import state_problem
from backend.core.context import StepContext
from backend.core.contracts.command import Command, JointTarget, Verdict
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.intent import Intent
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotState
from backend.core.contracts.tick import IkReport, Mode, StageTimes, TickRecord
from backend.core.pose import footprint, yaw_of

HEADING_LEASH_RAD = 0.4
"""How far the target heading may be ahead of the measured one."""

HEADING_RETURN_RAD_S = 0.2
"""How fast it comes back when it is further, e.g. after a push."""


def step(
    context: StepContext,
    frames: Sequence[DeviceFrame],
    state: RobotState | None,
    now_ns: int,
    requests: Sequence[ControlRequest] = (),
) -> TickRecord:
    """Run one tick of control.

    Args:
        context: What the loop remembers; it is changed.
        frames: Frames that arrived since the last tick, or the newest of every device; repeated and
            older ones are recognised.
        state: Newest robot state, or None before the first.
        now_ns: Host monotonic time of this tick [ns].
        requests: Requests to apply first whose replies nobody waits for; a process that must answer
            calls `context.arbiter.handle` instead.

    Returns:
        The record of the tick; its command is within every limit. A defect in a stage never
        raises: it puts the robot in FAULT and the command brings it to rest.
    """
    tick = _Tick(context, now_ns)
    try:
        for request in requests:
            context.arbiter.handle(request, now_ns)
        tick.run(frames, state)
    except Exception as error:
        context.arbiter.fault(f"Internal error: {type(error).__name__}: {error}.")
        tick.abandon()
    return tick.record()


class _Tick:
    """What one tick has found out so far."""

    def __init__(self, context: StepContext, now_ns: int) -> None:
        self._context = context
        self._now_ns = now_ns
        self._began_ns = self._lap_ns = context.timer()
        self._ms: dict[str, float] = {}
        self._frames: Sequence[DeviceFrame] = ()
        self._refused: list[str] = []
        self._state: RobotState | None = None
        self._intent: Intent | None = None
        self._input_ns = 0
        self._target: JointTarget | None = None
        self._ik: IkReport | None = None
        self._sent: tuple[Command, Verdict] | None = None

    def run(self, frames: Sequence[DeviceFrame], state: RobotState | None) -> None:
        """Run all stages."""
        context, now_ns = self._context, self._now_ns
        if now_ns < context.last_ns:
            context.arbiter.fault("The clock went backwards.")
        context.last_ns = now_ns
        problem = state_problem(context.spec, state, now_ns)
        self._state = None if problem else state
        self._frames, self._refused = context.arbiter.update(frames, state, problem, now_ns)
        if context.arbiter.mode is Mode.ACTIVE:
            self._drive(context.arbiter.sources.live_frames(context.arbiter.driver, now_ns))
        else:
            self._let_go()
        self._send()
        self._lap("safety")

    def abandon(self) -> None:
        """Come to rest, whatever has failed."""
        self._intent = self._target = self._ik = None
        self._let_go()
        self._sent = self._context.safety.stop(self._now_ns)

    def record(self) -> TickRecord:
        """Return everything this tick saw, decided and sent."""
        context, arbiter, now_ns = self._context, self._context.arbiter, self._now_ns
        context.seq += 1
        command, verdict = self._sent
        return TickRecord(
            t_ns=now_ns,
            seq=context.seq,
            mode=arbiter.mode,
            reason=arbiter.reason,
            advice=arbiter.advice,
            driver=arbiter.driver,
            lease=arbiter.lease.driver,
            lease_name=arbiter.lease.name,
            frames=tuple(self._frames),
            sources=arbiter.sources.health(now_ns),
            intent=self._intent,
            target=self._target,
            command=command,
            verdict=verdict,
            ik=self._ik,
            state=self._state,
            T_world_footprint=footprint(self._state),
            speed_scale=arbiter.speed_scale(now_ns),
            stages=self._stages(),
            refused=tuple(self._refused),
            rollout=arbiter.rollout.record(arbiter.driver),
        )

    def _let_go(self) -> None:
        self._context.fusion.release()
        self._context.ik.release()
        self._context.follower.release()

    def _drive(self, frames: list[DeviceFrame]) -> None:
        """Turn the driver's frames into a target."""
        with_action = [frame for frame in frames if frame.action is not None]
        if with_action:
            asked = self._imitate(max(with_action, key=lambda frame: frame.t_ns))
        else:
            asked = self._obey(frames)
        self._target = JointTarget(t_ns=self._now_ns, action=asked)
        self._lap("ik")

    def _imitate(self, frame: DeviceFrame) -> Array:
        """Return the action of a policy, at a limited speed and clear of itself."""
        context = self._context
        # Whoever takes over must find no target of an earlier motion.
        context.fusion.release()
        context.ik.release()
        self._input_ns = frame.t_ns
        action = context.safety.action
        scale = context.arbiter.speed_scale(self._now_ns)
        asked = context.follower.follow(frame.action, action, scale)
        # The heading a policy knows is that of another day; its yaw rate says where it wants to turn.
        asked[context.spec.layout.target_yaw] = self._heading(action)
        self._lap("fusion")
        asked, self._ik = context.ik.keep_apart(asked, action, context.safety.velocity)
        return asked

    def _obey(self, frames: list[DeviceFrame]) -> Array:
        """Return the action that follows a person's hands, body and sticks."""
        context = self._context
        context.follower.release()
        arbiter, action = context.arbiter, context.safety.action
        scale = arbiter.speed_scale(self._now_ns)
        self._intent, refused = context.fusion.update(
            driver=arbiter.driver,
            frames=frames,
            action=action,
            wrists=context.ik.wrists_of(action),
            scale=scale,
            home=context.ik.T_neutral if arbiter.homing else None,
        )
        self._refused += refused
        self._input_ns = self._intent.t_ns
        self._lap("fusion")
        asked, self._ik = context.ik.solve(self._intent, action, context.safety.velocity, scale)
        layout = context.spec.layout
        asked[layout.hands] = self._intent.hands_rad
        asked[layout.velocity] = self._intent.base_velocity
        asked[layout.target_yaw] = self._heading(action)
        return asked

    def _heading(self, action: Array) -> float:
        """Return the target heading [rad]: the turn commanded so far, kept near the measured heading."""
        layout, period_s = self._context.spec.layout, self._context.period_s
        heading = float(action[layout.target_yaw][0]) + float(action[layout.velocity][2]) * period_s
        measured = yaw_of(self._state.T_world_pelvis[3:])
        ahead = math.remainder(heading - measured, math.tau)
        excess = ahead - min(max(ahead, -HEADING_LEASH_RAD), HEADING_LEASH_RAD)
        most = HEADING_RETURN_RAD_S * period_s
        return heading - min(max(excess, -most), most)

    def _send(self) -> None:
        """Have safety build the command."""
        context, now_ns = self._context, self._now_ns
        mode, safety = context.arbiter.mode, context.safety
        if mode is Mode.FAULT:
            context.unseated = True
        elif mode is not Mode.STOPPED:
            context.unseated = False
        if self._target is not None:
            self._sent = safety.follow(self._target, now_ns)
        elif mode in (Mode.STOPPED, Mode.FAULT):
            self._sent = safety.stop(now_ns, seat=self._state, hands=context.unseated)
        else:
            self._sent = safety.hold(now_ns)

    def _lap(self, stage: str) -> None:
        now = self._context.timer()
        self._ms[stage] = (now - self._lap_ns) / 1e6
        self._lap_ns = now

    def _stages(self) -> StageTimes:
        input_ns = self._now_ns - self._input_ns if self._input_ns else 0
        state_ns = self._now_ns - self._state.t_ns if self._state else 0
        return StageTimes(
            input_age=input_ns / 1e6,
            state_age=state_ns / 1e6,
            tick=(self._context.timer() - self._began_ns) / 1e6,
            **self._ms,
        )
