"""What the robot does while there is no action: it comes to rest softly, and leaves softly again."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.safety.limits import Limits

BASE_STOP_S = 0.2
"""The base velocity is zero this long after the last action."""
RETURN_S = 0.4
"""After a hold the difference between held and wanted pose is gone after this long."""
BRAKING = 0.3
"""Share of the acceleration limits that joints, torso and height brake with."""


class SmoothHold:
    """Passes actions on; without one, positions brake with bounded deceleration and the base stops.

    Args:
        spec: The robot.
        period_s: Time between two actions [s].
    """

    def __init__(self, spec: RobotSpec, period_s: float) -> None:
        self._velocity = spec.layout.velocity
        self._period_s = period_s
        self._brake = BRAKING * Limits.from_spec(spec, period_s).acceleration * period_s**2
        self._last: Array | None = None
        self._step = np.zeros(len(self._brake))
        self._base_step = np.zeros(3)
        self._offset = np.zeros(len(self._brake))
        self._returned = 1.0
        self.holding = False

    def next(self, wanted: Array | None) -> Array | None:
        """Return the (36,) action for this step; None before the first one was wanted."""
        action = self._hold() if wanted is None else self._pass(wanted)
        if action is not None:
            self._step = action - self._last if self._last is not None else self._step
            self._last = action
        return action

    def reset(self) -> None:
        """Forget everything: the next action is the first."""
        self._last, self.holding, self._returned = None, False, 1.0
        self._step = np.zeros_like(self._step)

    def _hold(self) -> Array | None:
        if self._last is None:
            return None
        if not self.holding:
            self.holding = True
            self._base_step = self._last[self._velocity] * (self._period_s / BASE_STOP_S)
        step = np.sign(self._step) * np.maximum(np.abs(self._step) - self._brake, 0.0)
        action = self._last + step
        base = self._last[self._velocity]
        left = np.maximum(np.abs(base) - np.abs(self._base_step), 0.0)
        action[self._velocity] = np.sign(base) * left
        return action

    def _pass(self, wanted: Array) -> Array:
        if self.holding:
            self.holding = False
            self._offset = self._last - wanted
            self._returned = 0.0
        if self._returned >= 1.0:
            return wanted
        self._returned = x = min(1.0, self._returned + self._period_s / RETURN_S)
        return wanted + self._offset * (1 - x * x * (3 - 2 * x))
