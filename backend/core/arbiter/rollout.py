"""The permission that the holder of the lease gives to one policy."""

from backend.core.contracts.frame import POLICY_PREFIX, is_policy
from backend.core.contracts.tick import Mode
from backend.core.contracts.tick import Rollout as RolloutRecord

SUPERVISE_NS = 1_000_000_000
"""A policy drives only while its supervisor has shown a sign of life within this time."""


class Rollout:
    """Which policy may drive, and whether it is paused. Requests return why not, or an empty string."""

    def __init__(self) -> None:
        self.policy = ""
        """Its driver name; empty when no rollout is under way."""
        self.paused = False
        self.hand_back = True

    @property
    def may_drive(self) -> bool:
        """Whether the policy is allowed to drive when nobody else does."""
        return bool(self.policy) and not self.paused

    def start(self, policy: str, hand_back: bool, mode: Mode) -> str:
        """Let `policy` drive as soon as its actions come; one that was lost or paused loses its turn."""
        if not is_policy(policy) or policy == POLICY_PREFIX:
            return f"{policy!r} is no policy; allowed: a name with {POLICY_PREFIX} in front"
        if mode is not Mode.READY:
            return f"The robot is {mode}; a policy may start when it is READY: armed, and nobody drives."
        self.policy, self.hand_back, self.paused = policy, hand_back, False
        return ""

    def pause(self) -> str:
        """Let it wait."""
        if not self.policy:
            return "no policy is running; start one first"
        self.paused = True
        return ""

    def resume(self) -> str:
        """Let it drive again."""
        if not self.policy:
            return "no policy is running; start one first"
        self.paused = False
        return ""

    def end(self) -> str:
        """Take the permission back."""
        self.policy, self.paused = "", False
        return ""

    def record(self, driver: str) -> RolloutRecord | None:
        """Return what the tick says about it, given who drives."""
        if not self.policy:
            return None
        if driver == self.policy:
            phase = "driving"
        elif driver:
            phase = "taken_over"
        else:
            phase = "paused" if self.paused else "waiting"
        return RolloutRecord(policy=self.policy, phase=phase, hand_back=self.hand_back)
