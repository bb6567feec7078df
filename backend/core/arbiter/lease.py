"""The right to drive: one holder at a time, and only while it shows signs of life."""

from backend.core.contracts.frame import POLICY_PREFIX, is_policy

LEASE_NS = 2_000_000_000
"""A lease that is not renewed for this long is free again."""


class Lease:
    """Held by one driver until it is released or expires."""

    def __init__(self) -> None:
        self.driver = ""
        self.name = ""
        self._expires_ns = 0

    def take(self, driver: str, name: str, now_ns: int) -> str:
        """Take or renew the lease; return why not, or an empty string."""
        if not driver:
            return "a lease needs a driver; allowed: any name that is not empty"
        if is_policy(driver):
            return f"a policy drives under a person's lease; allowed: names without {POLICY_PREFIX} in front"
        if self.driver and self.driver != driver:
            return f"control is held by {self.name}; ask them to release it"
        self.driver = driver
        self.name = name or self.name or driver
        self.renew(driver, now_ns)
        return ""

    def renew(self, driver: str, now_ns: int) -> None:
        """Extend the lease if `driver` holds it."""
        if driver and driver == self.driver:
            self._expires_ns = now_ns + LEASE_NS

    def silence_ns(self, now_ns: int) -> int:
        """Return how long ago the holder last gave a sign of life [ns]."""
        return now_ns - (self._expires_ns - LEASE_NS)

    def expired(self, now_ns: int) -> bool:
        """Return whether the holder has been silent for too long."""
        return bool(self.driver) and now_ns >= self._expires_ns

    def free(self) -> None:
        """Let anybody take it."""
        self.driver = self.name = ""
