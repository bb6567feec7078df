"""From the action a policy asks for to the one of this tick, without a jump."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.ik.approach import approach
from backend.core.safety.limits import Limits


class PolicyFollower:
    """Draws near a policy's action at a limited speed, and then follows it without lag.

    The same rule serves the engage ramp, the speed setting and the return after a takeover: the speed of
    every entry is at most `scale` times its limit.
    """

    def __init__(self, spec: RobotSpec, limits: Limits) -> None:
        self._limits = limits
        self._velocity = spec.layout.velocity
        self._last: Array | None = None

    def release(self) -> None:
        """The policy does not drive: forget what it asked for."""
        self._last = None

    def follow(self, wanted: Array, action: Array, scale: float) -> Array:
        """Return the (36,) action of this tick.

        Args:
            wanted: (36,) what the policy asks for.
            action: (36,) action sent last.
            scale: Fraction of full speed, 0 to 1.
        """
        limits = self._limits
        wanted = np.clip(wanted, limits.lower, limits.upper)
        last = wanted if self._last is None else self._last
        self._last = wanted
        move = approach(
            (last - action)[:, None],
            (wanted - last)[:, None],
            scale * limits.velocity,
            limits.acceleration,
            limits.period_s,
        )
        asked = action + move[:, 0]
        most = scale * limits.upper[self._velocity]
        asked[self._velocity] = np.clip(wanted[self._velocity], -most, most)
        return asked
