"""The feet of a synthetic operator: they stand, or step one after the other to keep below the body."""

import math

import numpy as np

ASIDE_M = 0.12
SWING_S = 0.4
LIFT_M = 0.08
SPEED_UP = np.array([1.0, 1.0, 2.0])
"""[m/s^2, m/s^2, rad/s^2]"""
OFF_M, OFF_RAD = 0.02, 0.04
"""A foot this far from below the body steps there."""


class Steps:
    """Body on the ground (x, y, heading) and two feet.

    Attributes:
        wanted: (3,) vx, vy [m/s] in the heading frame, turning [rad/s].
        base: (3,) x, y [m], heading [rad].
        feet: (2, 4) x, y, z [m], heading [rad] of left and right foot; z is 0 on the ground.
    """

    def __init__(self) -> None:
        self.wanted = np.zeros(3)
        self.base = np.zeros(3)
        self._velocity = np.zeros(3)
        self.feet = np.array([self._below(self.base, foot) for foot in (0, 1)])
        self._swing: tuple[int, float, np.ndarray, np.ndarray] | None = None
        self._next = 0

    def advance(self, dt_s: float) -> None:
        """Let `dt_s` pass."""
        most = SPEED_UP * dt_s
        self._velocity = self._velocity + np.clip(self.wanted - self._velocity, -most, most)
        self.base = self._ahead(dt_s)
        if self._swing is None:
            self._begin()
        else:
            foot, progress, start, end = self._swing
            progress = min(1.0, progress + dt_s / SWING_S)
            smooth = progress**3 * (10 - 15 * progress + 6 * progress**2)
            self.feet[foot] = start + smooth * (end - start)
            self.feet[foot, 2] = LIFT_M * math.sin(math.pi * progress)
            self._swing = (foot, progress, start, end) if progress < 1.0 else None

    def _begin(self) -> None:
        """Start the next step if one is due."""
        ahead = self._ahead(1.5 * SWING_S)
        for foot in (self._next, 1 - self._next):
            end = self._below(ahead, foot)
            off = end - self.feet[foot]
            if math.hypot(off[0], off[1]) > OFF_M or abs(off[3]) > OFF_RAD:
                self._swing = (foot, 0.0, self.feet[foot].copy(), end)
                self._next = 1 - foot
                return

    def _ahead(self, dt_s: float) -> np.ndarray:
        """Return where the body is after `dt_s` at the present speed."""
        x, y, yaw = self.base
        vx, vy, turn = self._velocity
        c, s = math.cos(yaw + turn * dt_s / 2), math.sin(yaw + turn * dt_s / 2)
        return np.array([x + (c * vx - s * vy) * dt_s, y + (s * vx + c * vy) * dt_s, yaw + turn * dt_s])

    @staticmethod
    def _below(base: np.ndarray, foot: int) -> np.ndarray:
        x, y, yaw = base
        aside = ASIDE_M if foot == 0 else -ASIDE_M
        return np.array([x - math.sin(yaw) * aside, y + math.cos(yaw) * aside, 0.0, yaw])
