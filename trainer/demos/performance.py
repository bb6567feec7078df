"""How a take comes about: an operator alone, or a policy under an operator's eyes."""

from typing import Protocol

from backend.core.contracts.task import Task
from backend.core.contracts.tick import Mode
from trainer.demos.operator import Operator, Script
from trainer.demos.supervisor import Supervisor
from trainer.evaluation.rollout import HeadlessRollout
from trainer.headless.rig import Rig
from trainer.policies.served import ServedPolicy

AFTERWARDS_S = 0.5
"""Recorded after everything is done."""
MERGE, S_MIN, LATENCY_MS = "blend", 10, 100.0
"""As evaluations have it when nothing else is asked for."""


class Performance(Protocol):
    """Somebody at the controls of a rig."""

    took_over: bool
    """Whether an operator took over from a policy."""

    def engage(self) -> None:
        """Take control; raises RuntimeError when the arbiter refuses."""

    def run(self, time_limit_s: float) -> None:
        """Act until it is done, time is over or nobody drives any more, e.g. because the robot fell."""


class Alone:
    """An operator who demonstrates from the start."""

    took_over = False

    def __init__(self, rig: Rig, operator: Operator, script: Script) -> None:
        self._rig, self._operator, self._script = rig, operator, script

    def engage(self) -> None:
        """Take control and arm."""
        self._rig.engage(self._operator.driver, self._operator.frames)

    def run(self, time_limit_s: float) -> None:
        """Follow the script."""
        rig, operator = self._rig, self._operator
        operator.begin(self._script)
        end_ns = rig.now_ns + int(time_limit_s * 1e9)
        last_ns = None
        while rig.now_ns < (end_ns if last_ns is None else min(end_ns, last_ns)):
            if rig.drive(operator.frames).mode is not Mode.ACTIVE:
                return
            if operator.finished and last_ns is None:
                last_ns = rig.now_ns + int(AFTERWARDS_S * 1e9)


class Supervised:
    """A policy that drives under `name`, and an operator who takes over where a subtask takes it too long.

    Raises:
        PolicyRefused: The policy does not fit the robot.
    """

    def __init__(
        self,
        rig: Rig,
        operator: Operator,
        script: Script,
        policy: ServedPolicy,
        name: str,
        task: Task,
        patience_s: float,
    ) -> None:
        self._rig, self._operator = rig, operator
        self._supervisor = Supervisor(rig, operator, script, patience_s)
        self._rollout = HeadlessRollout(
            rig, policy, name, task.instructions[0], MERGE, S_MIN, LATENCY_MS,
            self._supervisor.frames,
        )  # fmt: skip

    @property
    def took_over(self) -> bool:
        """Whether the operator took over."""
        return self._supervisor.took_over_ns is not None

    def engage(self) -> None:
        """Take control, arm and let the policy drive."""
        self._rollout.engage(self._operator.driver)

    def run(self, time_limit_s: float) -> None:
        """Let it drive; the time limit counts anew from a takeover."""
        rig, supervisor = self._rig, self._supervisor
        supervisor.watch()
        began_ns, driven, last_ns = rig.now_ns, False, None
        while rig.now_ns < (supervisor.took_over_ns or began_ns) + int(time_limit_s * 1e9):
            record = rig.drive(self._rollout.frames)
            self._rollout.follow(record)
            driven = driven or record.mode is Mode.ACTIVE
            if record.mode is Mode.FAULT or (driven and not record.driver):
                return
            done = supervisor.finished if self.took_over else rig.judge.finished
            if done and last_ns is None:
                last_ns = rig.now_ns + int(AFTERWARDS_S * 1e9)
            if last_ns is not None and rig.now_ns >= last_ns:
                return
