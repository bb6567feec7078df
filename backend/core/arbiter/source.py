"""The watchdog of one input device."""

from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.tick import SourceHealth, SourceState

HOLD_NS = 250_000_000
"""Silence after which a steering input makes the robot hold."""

POLICY_HOLD_NS = 120_000_000
"""The same for a policy, which speaks on every tick and has no wireless link."""

LOST_NS = 500_000_000
"""Silence after which it disengages."""


def steers(frame: DeviceFrame) -> bool:
    """Return whether the robot's motion depends on this frame."""
    clutched = any(arm is not None and arm.clutch for arm in (frame.left, frame.right))
    return frame.deadman or frame.moving or clutched


def _poses(frame: DeviceFrame) -> bytes:
    """Return the frame's absolute values; a person who moves never repeats them exactly.

    Rates are left out: a key held down says the same for as long as it is held.
    """
    arrays = [frame.head, frame.torso_rpy_rad]
    for arm in (frame.left, frame.right):
        if arm is not None:
            arrays += [arm.pose, arm.fingers_rad]
    return b"".join(array.tobytes() for array in arrays if array is not None)


class Source:
    """The newest frame of one device, and since when it can be trusted."""

    def __init__(self, frame: DeviceFrame) -> None:
        self.frame = frame
        self._poses = _poses(frame)
        self._changed_ns = frame.t_ns
        self._ticked_ns = frame.t_ns
        self._troubled_ns = frame.t_ns

    def accept(self, frame: DeviceFrame) -> bool:
        """Take a frame; returns False for one that is repeated or older than the newest."""
        if frame.t_ns <= self.frame.t_ns:
            return False
        poses = _poses(frame)
        if not frame.moving or not poses or poses != self._poses:
            self._changed_ns = frame.t_ns
        if not frame.moving or frame.source_t_ns != self.frame.source_t_ns:
            self._ticked_ns = frame.t_ns
        if not self.frame.trouble:
            self._troubled_ns = frame.t_ns
        self._poses = poses
        self.frame = frame
        return True

    @property
    def hold_ns(self) -> int:
        """Silence after which it cannot be trusted [ns]."""
        return HOLD_NS if self.frame.action is None else POLICY_HOLD_NS

    def silence_ns(self, now_ns: int) -> int:
        """Return for how long it has said nothing that can be trusted [ns]."""
        trusted_ns = min(self._changed_ns, self._ticked_ns)
        if self.frame.trouble:
            # It knows better than its age: as if it had been silent for long enough when the trouble began.
            trusted_ns = min(trusted_ns, self._troubled_ns - self.hold_ns)
        return now_ns - trusted_ns

    def state(self, now_ns: int) -> SourceState:
        """Return how far it can be trusted."""
        age_ns = now_ns - self.frame.t_ns
        if age_ns >= LOST_NS:
            return SourceState.LOST
        if age_ns >= self.hold_ns:
            return SourceState.STALE
        if self.frame.trouble:
            return SourceState.TROUBLED
        return SourceState.FROZEN if self.silence_ns(now_ns) >= self.hold_ns else SourceState.LIVE

    def health(self, now_ns: int) -> SourceHealth:
        """Return what the operator sees of it."""
        return SourceHealth(
            source=self.frame.source,
            driver=self.frame.driver,
            age_ms=(now_ns - self.frame.t_ns) / 1e6,
            state=self.state(now_ns),
        )

    def trouble(self, now_ns: int) -> str:
        """Return in words why it cannot be trusted."""
        if self.state(now_ns) is SourceState.TROUBLED:
            return self.frame.trouble
        silence_ms = self.silence_ns(now_ns) / 1e6
        if self.state(now_ns) is SourceState.FROZEN:
            return f"{self.frame.source} has sent the same values for {silence_ms:.0f} ms"
        return f"{self.frame.source} has been silent for {silence_ms:.0f} ms"
