"""Counts who drove in an episode: policies, people, and how often a person took over."""

from backend.core.contracts.frame import POLICY_PREFIX, is_policy
from backend.core.contracts.recording import Driving

LONGEST_TICK_NS = 500_000_000
"""Ticks further apart than this were lost or not made: nobody knows who drove between them."""


class DrivingMeter:
    """Takes every tick of an episode in order; the time up to a tick belongs to the driver of the one before.

    A takeover begins with the first tick in which a person drives although a policy is allowed to: the rows
    of a dataset in which `intervention` is true.
    """

    def __init__(self) -> None:
        self._policies: set[str] = set()
        self._interventions = 0
        self._person_ns = 0
        self._policy_ns = 0
        self._t_ns: int | None = None
        self._driver = ""
        self._taken_over = False

    def observe(self, t_ns: int, driver: str, allowed: str) -> None:
        """Take one tick: its time, who drove, and the driver name of the policy that was allowed to."""
        if self._t_ns is not None and 0 < t_ns - self._t_ns <= LONGEST_TICK_NS:
            if is_policy(self._driver):
                self._policy_ns += t_ns - self._t_ns
            elif self._driver:
                self._person_ns += t_ns - self._t_ns
        if is_policy(driver):
            self._policies.add(driver.removeprefix(POLICY_PREFIX))
        taken_over = bool(allowed) and driver not in ("", allowed)
        self._interventions += taken_over and not self._taken_over
        self._t_ns, self._driver, self._taken_over = t_ns, driver, taken_over

    def total(self) -> Driving:
        """Return the counts so far."""
        return Driving(
            policies=tuple(sorted(self._policies)),
            interventions=self._interventions,
            person_s=self._person_ns / 1e9,
            policy_s=self._policy_ns / 1e9,
        )
