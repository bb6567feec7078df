"""A policy as an input device: its knots in, device frames at the rate of control out."""

from backend.core.contracts.frame import DeviceFrame
from backend.core.policy.spline import KnotSpline


class PolicyPlayer:
    """Plays the knots of one policy. A knot is a `DeviceFrame` whose `source_t_ns` says when it is due.

    Every frame it gives is stamped with the time it was asked for, as long as there is something to play;
    after the last knot it gives nothing, and the policy goes stale like any device.
    """

    def __init__(self) -> None:
        self._spline = KnotSpline()
        self._newest: DeviceFrame | None = None

    def add(self, knot: DeviceFrame) -> None:
        """Take a knot; one without an action, or of another driver, ends the motion before it."""
        if self._newest is None or knot.driver != self._newest.driver or knot.action is None:
            self._spline.clear()
        if knot.action is not None:
            self._spline.add(knot.source_t_ns, knot.action)
        self._newest = knot

    def frame(self, now_ns: int) -> DeviceFrame | None:
        """Return the frame of this instant, or None when there is nothing to play.

        Args:
            now_ns: Host monotonic time [ns].
        """
        newest = self._newest
        if newest is None or newest.action is None:
            return newest
        action = self._spline.at(now_ns)
        if action is None:
            return None
        return DeviceFrame(
            source=newest.source,
            driver=newest.driver,
            t_ns=now_ns,
            seq=newest.seq,
            source_t_ns=now_ns,
            deadman=newest.deadman,
            action=action,
        )
