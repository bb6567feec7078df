"""Hostile streams through the whole tick; every command is judged by the independent check.

Adversaries take turns on one control loop that lives through all of them. Between turns, and whenever
the robot has been stopped, a patient operator takes control and arms again, so that most of the
attacks meet a robot in motion.
"""

import argparse
import time
from collections import Counter

import numpy as np

from backend.core.arbiter.lease import LEASE_NS
from backend.core.context import StepContext
from backend.core.contracts.command import Command
from backend.core.contracts.health import ControlRequest
from backend.core.contracts.robot import RobotState
from backend.core.contracts.tick import Mode, TickRecord
from backend.core.safety.check import check
from backend.core.step import step
from benchmarks.adversaries import ADVERSARIES, PERIOD_NS, Clock, Moment
from benchmarks.report import report
from devices.robots.g1_spec import g1_spec

FULL_TICKS = 1_000_000
QUICK_S = 35.0
TURN_TICKS = 250


class Arena:
    """One control loop, a robot that does what it is told, and what has been counted."""

    def __init__(self) -> None:
        self.spec = g1_spec()
        self.context = StepContext(self.spec, PERIOD_NS / 1e9)
        self.clock = Clock()
        self.commands: list[Command] = []
        self.modes: Counter[Mode] = Counter()
        self.outside = 0
        self.examples: list[str] = []
        self.internal_errors = 0
        self.clips = 0
        self.refused = 0
        self._joints = [self.spec.index(name) for name in (*self.spec.hand_joints, *self.spec.arm_joints)]

    def state(self, changes: dict) -> RobotState:
        """The robot is where its command says, unless an adversary says otherwise."""
        layout, action = self.spec.layout, self.context.safety.action
        q = self.spec.neutral_rad.copy()
        q[self._joints] = action[layout.joints]
        yaw = float(action[layout.target_yaw][0]) / 2
        values = {
            "t_ns": self.clock.now_ns - 2_000_000,
            "seq": 0,
            "q_rad": q,
            "dq_rad_s": np.zeros(len(q)),
            "tau_nm": np.zeros(len(q)),
            "T_world_pelvis": np.array([0, 0, 0.74, 0, 0, np.sin(yaw), np.cos(yaw)]),
            "base_twist": np.zeros(6),
            "torso_rpy_rad": action[layout.torso],
            "base_height_m": float(action[layout.height][0]),
            "hand_force_n": np.zeros(6),
            "locomotion": "stand",
        }
        return RobotState(**(values | changes))

    def tick(self, moment: Moment) -> TickRecord:
        """Run one tick and judge its command."""
        state = self.state(moment.state)
        record = step(self.context, moment.frames, state, self.clock.now_ns, moment.requests)
        self.clock.now_ns += PERIOD_NS + moment.skip_ns
        self.commands = [*self.commands[-2:], record.command]
        if violations := check(self.context.safety.limits, self.commands):
            self.outside += 1
            self.examples += violations[: 5 - len(self.examples)]
        self.modes[record.mode] += 1
        self.clips += len(record.verdict.clips)
        self.refused += len(record.refused) + bool(record.verdict.refused)
        self.internal_errors += record.reason.startswith("Internal error")
        return record

    def recover(self) -> None:
        """Let everybody's lease run out, then take control, reset, arm and press the deadman."""
        self.tick(Moment(skip_ns=LEASE_NS))
        kinds = ("lease.take", "reset", "arm", "speed")
        self.tick(Moment(requests=[ControlRequest(kind=k, driver="ada", value=1.0) for k in kinds]))
        for held in (False, True):
            self.tick(Moment([self.clock.frame(deadman=held)]))


def run(ticks: int, seconds: float, seed: int) -> tuple[Arena, dict[str, int], float]:
    """Run until `ticks` or `seconds` are over; returns counts and CPU time per tick [ms]."""
    arena, rng = Arena(), np.random.default_rng(seed)
    per_adversary: dict[str, int] = {}
    ends = time.monotonic() + seconds
    began = time.thread_time()
    arena.recover()
    while sum(arena.modes.values()) < ticks and time.monotonic() < ends:
        adversary = ADVERSARIES[rng.integers(len(ADVERSARIES))]
        moments = adversary(arena.clock, rng)
        for _ in range(TURN_TICKS):
            record = arena.tick(next(moments))
            per_adversary[adversary.__name__] = per_adversary.get(adversary.__name__, 0) + 1
        if record.mode is not Mode.ACTIVE:
            arena.recover()
    done = sum(arena.modes.values())
    return arena, per_adversary, (time.thread_time() - began) * 1e3 / done


def main() -> None:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help=f"stop after {QUICK_S:g} s instead of a million ticks"
    )
    parser.add_argument("--ticks", type=int, default=FULL_TICKS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    arena, per_adversary, cpu_ms = run(
        options.ticks, QUICK_S if options.quick else float("inf"), options.seed
    )
    ticks = sum(arena.modes.values())
    if options.quick:
        print(f"quick: {ticks} ticks in {QUICK_S:g} s; a full run takes {FULL_TICKS}")
    for example in arena.examples:
        print("OUTSIDE:", example)
    report(
        "hostile",
        [{"adversary": name, "ticks": count} for name, count in sorted(per_adversary.items())],
        ticks=ticks,
        commands_outside_limits=arena.outside,
        internal_errors=arena.internal_errors,
        active_fraction=round(arena.modes[Mode.ACTIVE] / ticks, 3),
        modes={mode.value: count for mode, count in arena.modes.items()},
        clips=arena.clips,
        refused=arena.refused,
        cpu_ms_per_tick=round(cpu_ms, 3),
        quick=options.quick,
        seed=options.seed,
    )


if __name__ == "__main__":
    main()
