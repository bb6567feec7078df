"""Whether a foot stands or steps, from the tracker above its ankle."""

import math

import numpy as np

from backend.core.contracts.record import Array
from backend.core.pose import yaw_of
from backend.core.rig.slope import Slope

SPEED_WINDOW_S = 0.06
LIFTED_M = 0.06
"""A foot this far from where it stood, and still moving, steps. Swaying and squatting move an ankle less."""
TURNED_RAD = 0.2
MOVING_M_S = 0.2
STILL_M_S = 0.1
STILL_S = 0.08
"""A foot this slow for this long stands, and where it stands counts from now on."""


class Foot:
    """One foot. `stepping` becomes true some 0.1 s after it leaves the ground."""

    def __init__(self) -> None:
        self._speed = Slope(SPEED_WINDOW_S)
        self.reset()

    def reset(self) -> None:
        """Forget where it stood."""
        self._speed.reset()
        self._stood: tuple[Array, float] | None = None
        self._slow_since_s: float | None = None
        self.stepping = False

    def update(self, t_s: float, pose: Array) -> None:
        """Take the (7,) pose of its tracker at the source's time `t_s`."""
        position, yaw = pose[:3], yaw_of(pose[3:])
        speed = float(np.linalg.norm(self._speed.update(t_s, position)))
        if self._stood is None:
            self._stood = (position, yaw)
        moved = float(np.linalg.norm(position - self._stood[0]))
        turned = abs(math.remainder(yaw - self._stood[1], math.tau))
        if turned > TURNED_RAD or (moved > LIFTED_M and speed > MOVING_M_S):
            self.stepping = True
        if speed > STILL_M_S:
            self._slow_since_s = None
        elif self._slow_since_s is None:
            self._slow_since_s = t_s
        elif t_s - self._slow_since_s >= STILL_S:
            self._stood = (position, yaw)
            self.stepping = False
