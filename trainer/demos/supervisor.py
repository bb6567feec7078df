"""A scripted operator who lets a policy drive, and takes over where it gets nowhere (HG-DAgger's expert).

What the policy did until then and what the operator does about it are one take; `driver` says which is which.
"""

from collections.abc import Sequence

from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.robot import RobotState
from backend.core.contracts.world import WorldState
from backend.core.hands.dex3 import closure_of
from trainer.demos.operator import SIDES, Operator, Script
from trainer.headless.rig import Rig


class Supervisor:
    """Watches a rig; holds the deadman from the moment on when a subtask takes longer than `patience_s`.

    Args:
        rig: What the policy drives.
        operator: Who watches.
        script: What the operator does after taking over; a good one begins with what is not done yet.
        patience_s: How long one subtask may take.
    """

    def __init__(self, rig: Rig, operator: Operator, script: Script, patience_s: float) -> None:
        self._rig, self._operator, self._script = rig, operator, script
        self._patience_ns = int(patience_s * 1e9)
        self._done = 0
        self._since_ns = rig.now_ns
        self.took_over_ns: int | None = None
        operator.deadman = False

    @property
    def finished(self) -> bool:
        """Whether the operator took over and is done."""
        return self.took_over_ns is not None and self._operator.finished

    def watch(self) -> None:
        """Begin to count the time of the first subtask now."""
        self._since_ns = self._rig.now_ns

    def frames(self, world: WorldState, state: RobotState, now_ns: int) -> Sequence[DeviceFrame]:
        """Return the operator's frame of this tick."""
        done = sum(subtask.done for subtask in self._rig.judge.outcomes())
        if done > self._done:
            self._done, self._since_ns = done, now_ns
        late = now_ns - self._since_ns > self._patience_ns
        if self.took_over_ns is None and late and not self._rig.judge.finished:
            self._take_over(now_ns)
        return self._operator.frames(world, state, now_ns)

    def _take_over(self, now_ns: int) -> None:
        spec, operator = self._rig.spec, self._operator
        hands = self._rig.record.command.action[spec.layout.hands]
        half = len(spec.hand_joints) // 2
        for number, side in enumerate(SIDES):
            part = slice(number * half, (number + 1) * half)
            # A trigger that does not begin where the hand is would be ignored, or let go of what is held.
            operator.grip[side] = closure_of(spec.hand_joints[part], hands[part])
        operator.deadman = True
        operator.begin(self._script)
        self.took_over_ns = now_ns
