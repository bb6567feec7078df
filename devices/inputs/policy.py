"""A policy, as one more input device: the rollout process sends its actions ahead of time."""

from backend.core import clock
from backend.core.contracts.frame import DeviceFrame
from backend.core.policy.player import PolicyPlayer
from backend.runtime.bus import Bus, Subscription
from backend.runtime.topics import POLICY_FRAME


class PolicyInput:
    """Plays what the rollout process sends, interpolated to the rate of control."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._knots: Subscription | None = None
        self._player = PolicyPlayer()

    def open(self) -> None:
        """Connect to the bus; the rollout process may start later."""
        self._knots = self._bus.subscribe(POLICY_FRAME)

    def latest(self) -> tuple[DeviceFrame, ...]:
        """Return the policy's frame of this instant, if there is one."""
        if self._knots is not None:
            for knot in self._knots.drain():
                self._player.add(knot)
        frame = self._player.frame(clock.now_ns())
        return () if frame is None else (frame,)

    def close(self) -> None:
        """Disconnect and forget the policy."""
        self._player = PolicyPlayer()
        if self._knots is not None:
            self._knots.close()
            self._knots = None
