"""What a late policy does to the robot: stalls, jumps and jerk, for blocking, naive and merged chunks.

`python -m benchmarks.rollout_delay [--quick]`. Simulated time; the real step, safety, physics and walking.
The policy sees a moving target, late, and answers with a second of actions; it does not know the future,
and each of its chunks is off by another smooth error, as those of learned policies are. Its answers take
0 to 500 ms, or mostly 100 ms with spikes of up to 600 ms.

- stalls: how often the actions ran out
- border jerk ratio: 95th percentile of the arms' jerk in the commands within 50 ms of where chunks meet,
  over that elsewhere; 1 means that the borders cannot be seen
- on target: share of the time in which every arm joint is within 0.15 rad of the target
"""

import argparse
import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backend import catalog
from backend.core.context import StepContext
from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.tick import Mode, TickRecord
from backend.core.policy.player import PolicyPlayer
from backend.core.policy.scheduler import LEAD, Scheduler
from backend.core.step import step
from backend.settings import settings
from benchmarks.report import report
from benchmarks.soak import simulation

TICK_NS = 10_000_000
FPS, HORIZON = 30.0, 30
SETTLE_S = 2.0
"""Engage ramp; not counted."""
BORDER_NS = 50_000_000
"""The spline spreads a step over so much to either side."""
ON_TARGET_RAD = 0.15
SUCCESS = 0.9
DEADLINE_S = 3.0
POLICY = "policy:bench"

METHODS: dict[str, dict] = {
    "blocking": {"merge": "naive", "ahead": False},
    "naive": {"merge": "naive"},
    "ours": {"merge": "blend"},
    "ensemble": {"merge": "ensemble", "s_min": 5},
}
QUICK_METHODS = ("blocking", "naive", "ours")
QUICK = ("0 ms", "100 ms", "300 ms", "500 ms")
UP_TO_300 = ("0 ms", "100 ms", "200 ms", "300 ms")
DELAYS: dict[str, Callable[[np.random.Generator], float]] = {
    **{f"{ms} ms": (lambda rng, ms=ms: ms / 1000) for ms in (0, 100, 200, 300, 500)},
    "spikes": lambda rng: 0.1 if rng.random() < 0.85 else rng.uniform(0.2, 0.6),
}


class TargetPolicy:
    """Follows a target that swings in all arm joints and walks to and fro.

    A chunk continues what was seen with constant velocity and half the bend, plus an error that is drawn
    anew for every chunk: an offset, a slow wave, and a tremble of a thousandth of a radian per step.
    """

    def __init__(self, spec: RobotSpec, start: Array, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._layout = layout = spec.layout
        self._start = start
        joints = len(spec.arm_joints)
        self._hz = self._rng.uniform(0.15, 0.35, joints)
        self._phase = self._rng.uniform(0, 2 * np.pi, joints)
        self._amplitude = np.full(joints, 0.25)
        names = [layout.action_names[i] for i in range(layout.arms.start, layout.arms.stop)]
        # Sideways the arms hang beside the body; only outwards is free.
        self._centre = np.array(
            [0.3 * (1 if name.startswith("left") else -1) if "shoulder_roll" in name else 0 for name in names]
        )

    def target(self, t_s: float) -> Array:
        """Return the (n,) arm joints that would be right at `t_s` [rad]."""
        swing = self._amplitude * np.sin(2 * np.pi * self._hz * t_s + self._phase)
        return self._start[self._layout.arms] + self._centre + swing

    def chunk(self, t_s: float) -> Array:
        """Return (HORIZON, 36) actions from what is seen at `t_s`."""
        rng, h = self._rng, 0.02
        ahead = np.arange(HORIZON)[:, None] / FPS
        here = self.target(t_s)
        speed = (self.target(t_s + h) - self.target(t_s - h)) / (2 * h)
        bend = (self.target(t_s + h) - 2 * here + self.target(t_s - h)) / h**2
        error = rng.normal(0, 0.012, len(here)) + rng.normal(0, 0.02, len(here)) * np.sin(
            2 * np.pi * rng.uniform(0.3, 1.0) * ahead + rng.uniform(0, 6.3)
        )
        error = error + rng.normal(0, 0.001, (HORIZON, len(here)))
        actions = np.tile(self._start, (HORIZON, 1))
        actions[:, self._layout.arms] = here + speed * ahead + 0.25 * bend * ahead**2 + error
        vx = 0.15 * np.sin(2 * np.pi * 0.1 * (t_s + ahead[:, 0]))
        actions[:, self._layout.velocity] = np.column_stack([vx, np.zeros((HORIZON, 2))])
        return actions


@dataclass
class Outcome:
    """What one rollout was like."""

    scheduler: Scheduler
    records: list[TickRecord]
    borders_ns: list[int]
    errors_rad: list[float]


def rollout(
    method: dict, delay: Callable[[np.random.Generator], float], seconds: float, silent_s: float
) -> Outcome:
    """Run one rollout; from `silent_s` on the policy does not answer any more."""
    world = simulation()
    spec, rng = world.spec, np.random.default_rng(7)
    context = StepContext(spec, TICK_NS / 1e9)
    options = dict(method)
    merge = catalog.load(catalog.MERGERS, options.pop("merge"))(spec.layout.target_yaw)
    scheduler = Scheduler(spec, merge, FPS, **options)
    player, policy = PolicyPlayer(), TargetPolicy(spec, context.safety.action, seed=3)
    outcome = Outcome(scheduler, [], [], [])
    answers: list[tuple[int, int, Array]] = []
    period_ns, next_step_ns = round(1e9 / FPS), 0
    q = [spec.index(name) for name in spec.arm_joints]
    context.arbiter.handle(ControlRequest(kind="lease.take", driver="ada", name="Ada"), 0)
    for tick in range(round(seconds * 1e9) // TICK_NS):
        now_ns = tick * TICK_NS
        while answers and answers[0][0] <= now_ns:
            _, number, actions = heapq.heappop(answers)
            if scheduler.put(number, actions):
                outcome.borders_ns.append(next_step_ns + LEAD * period_ns)
        if now_ns >= next_step_ns:
            request = scheduler.request()
            if request is not None:
                actions = policy.chunk(now_ns / 1e9)
                after_ns = round(delay(rng) * 1e9) if now_ns < silent_s * 1e9 else 10**12
                if after_ns == 0:
                    scheduler.put(request.seq, actions)
                    outcome.borders_ns.append(next_step_ns + LEAD * period_ns)
                else:
                    heapq.heappush(answers, (now_ns + after_ns, request.seq, actions))
            action = scheduler.step()
            if action is not None:
                due_ns = next_step_ns + LEAD * period_ns
                player.add(_frame(POLICY, "policy", now_ns, tick, due_ns, action=action))
            next_step_ns += period_ns
        frames = [_frame("ada", "keyboard", now_ns, tick, now_ns, deadman=False)]
        if (frame := player.frame(now_ns)) is not None:
            frames.append(frame)
        requests = []
        if tick in (5, 6):
            kind = "arm" if tick == 5 else "policy.start"
            requests.append(ControlRequest(kind=kind, driver="ada", policy=POLICY))
        record = step(context, frames, world.state(now_ns), now_ns, requests)
        world.command(record.command, now_ns)
        for _ in range(round(TICK_NS / 1e9 / world.dt_s)):
            world.step(now_ns)
        if now_ns >= SETTLE_S * 1e9:
            outcome.records.append(record)
            gap = world.state(now_ns).q_rad[q] - policy.target(now_ns / 1e9)
            outcome.errors_rad.append(float(np.abs(gap).max()))
    return outcome


def _frame(
    driver: str, source: str, t_ns: int, seq: int, due_ns: int, deadman: bool = True, **more
) -> DeviceFrame:
    return DeviceFrame(
        source=source, driver=driver, t_ns=t_ns, seq=seq, source_t_ns=due_ns, deadman=deadman, **more
    )


def jerk_ratio(outcome: Outcome, arms: slice) -> tuple[float, float]:
    """Return the jerk at borders over that elsewhere, and the jerk overall [rad/s^3], both at 95 %.

    The ratio is not a number where chunks meet so often that there is no elsewhere.
    """
    sent = np.array([record.command.action[arms] for record in outcome.records])
    t_ns = np.array([record.t_ns for record in outcome.records])[2:-1]
    jerk = np.linalg.norm(np.diff(sent, 3, axis=0), axis=1) / (TICK_NS / 1e9) ** 3
    borders = np.array(outcome.borders_ns)
    at_border = np.abs(t_ns[:, None] - borders[None, :]).min(axis=1) <= BORDER_NS
    if at_border.all() or not at_border.any():
        return float("nan"), float(np.percentile(jerk, 95))
    ratio = np.percentile(jerk[at_border], 95) / np.percentile(jerk[~at_border], 95)
    return float(ratio), float(np.percentile(jerk, 95))


def row(method: str, delay: str, seconds: float) -> dict[str, object]:
    """Return one row of the table."""
    outcome = rollout(METHODS[method], DELAYS[delay], seconds, np.inf)
    layout = catalog.load(catalog.ROBOTS, settings().robot).spec.layout
    ratio, jerk = jerk_ratio(outcome, layout.arms)
    figures = outcome.scheduler.meter.figures()
    on_target = float(np.mean(np.array(outcome.errors_rad) < ON_TARGET_RAD))
    active = np.mean([record.mode is Mode.ACTIVE for record in outcome.records])
    return {
        "delay": delay,
        "method": method,
        "stalls": figures.stalls,
        "stalled %": 100 * figures.stalled_steps / (seconds * FPS),
        "jump p95 rad": figures.border_jump_rad,
        "border/inside jerk": ratio,
        "jerk p95": jerk,
        "error p95 rad": float(np.percentile(outcome.errors_rad, 95)),
        "on target": on_target,
        "success": on_target >= SUCCESS,
        "active": float(active),
        "d": outcome.scheduler.queue.d_est,
    }


def beyond_the_horizon() -> tuple[float, float]:
    """Return base speed [m/s] and fastest arm joint [rad/s] two seconds after the last actions ran out."""
    outcome = rollout(METHODS["ours"], DELAYS["100 ms"], SETTLE_S + DEADLINE_S + 3.0, SETTLE_S + 1.0)
    layout = catalog.load(catalog.ROBOTS, settings().robot).spec.layout
    last = outcome.records[-2:]
    arms = np.abs(last[1].command.action[layout.arms] - last[0].command.action[layout.arms]).max()
    return float(np.abs(last[1].command.action[layout.velocity]).max()), float(arms / (TICK_NS / 1e9))


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="short rollouts, under 50 s")
    quick = parser.parse_args().quick
    seconds = 5.0 if quick else 30.0
    methods = [name for name in METHODS if not quick or name in QUICK_METHODS]
    rows = [
        row(method, delay, seconds) for delay in DELAYS if not quick or delay in QUICK for method in methods
    ]
    base_m_s, joint_rad_s = beyond_the_horizon()
    ours = {str(each["delay"]): each for each in rows if each["method"] == "ours"}
    report(
        "rollout_delay",
        rows,
        quick=quick,
        stalls_at_300ms=ours["300 ms"]["stalls"],
        border_jerk_ratio_at_300ms=ours["300 ms"]["border/inside jerk"],
        stalls_up_to_300ms=sum(int(each["stalls"]) for delay, each in ours.items() if delay in UP_TO_300),
        worst_ratio_up_to_300ms=max(
            each["border/inside jerk"] for delay, each in ours.items() if delay in UP_TO_300
        ),
        stalls_at_500ms=ours["500 ms"]["stalls"],
        base_after_horizon_m_s=base_m_s,
        joint_after_horizon_rad_s=joint_rad_s,
    )


if __name__ == "__main__":
    main()
