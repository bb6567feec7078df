"""Path of the foot in the air, replanned every tick as its landing place and time move."""

import numpy as np

from backend.core.contracts.record import Array

LEAST_S = 0.04
"""Sideways the path always plans at least this far ahead, so that it never needs to jump."""
LANDING_M_S = 0.25
"""Speed at which the sole meets the ground, and seeks it when it is late."""
SEEK_M = 0.02
"""Largest depth below the ground to which a late foot is sent."""
APEX = 0.45
"""Part of the swing at which the foot is highest."""


class SwingPath:
    """Sole centre (x, y, z) and yaw, with velocity and acceleration, from lift-off to touchdown."""

    def __init__(self, position_m: Array, yaw_rad: float) -> None:
        self.position = np.append(position_m, yaw_rad)
        """(4,) x y z [m], yaw [rad]."""
        self.velocity = np.zeros(4)
        self.acceleration = np.zeros(4)
        self._ground_m = float(position_m[2])

    def advance(
        self,
        target_xy_m: Array,
        target_yaw_rad: float,
        elapsed_s: float,
        remaining_s: float,
        lift_m: float,
        dt_s: float,
    ) -> None:
        """Move the reference on by `dt_s` towards the landing place.

        Args:
            target_xy_m: (2,) landing place of the sole's centre.
            target_yaw_rad: Landing yaw, within pi of the present one.
            elapsed_s: Time since lift-off.
            remaining_s: Time to touchdown.
            lift_m: Height of the apex over the place of lift-off.
            dt_s: Tick.
        """
        flat = [0, 1, 3]
        goal = np.array([*target_xy_m, target_yaw_rad])
        self._blend(flat, goal, max(remaining_s - 0.5 * LEAST_S, LEAST_S), dt_s)
        rise_s = APEX * (elapsed_s + remaining_s) - elapsed_s
        if rise_s > 0.02:
            self._blend([2], np.array([self._ground_m + lift_m]), rise_s, dt_s)
        elif remaining_s > dt_s:
            self._blend([2], np.zeros(1), remaining_s, dt_s, end_velocity=-LANDING_M_S)
        else:
            self.acceleration[2] = 0.0
            self.velocity[2] = -LANDING_M_S if self.position[2] > -SEEK_M else 0.0
            self.position[2] += self.velocity[2] * dt_s

    def _blend(
        self, axes: list[int], goal: Array, time_s: float, dt_s: float, end_velocity: float = 0.0
    ) -> None:
        """Follow the quintic from the present reference to `goal` in `time_s`, unaccelerated there."""
        p, v, a = self.position[axes], self.velocity[axes], self.acceleration[axes]
        t = max(time_s, dt_s)
        gap = goal - p - v * t - 0.5 * a * t * t
        slow = (end_velocity - v - a * t) * t
        bend = -a * t * t
        c3 = (10 * gap - 4 * slow + 0.5 * bend) / t**3
        c4 = (-15 * gap + 7 * slow - bend) / t**4
        c5 = (6 * gap - 3 * slow + 0.5 * bend) / t**5
        s = min(dt_s, t)
        self.position[axes] = p + v * s + 0.5 * a * s**2 + c3 * s**3 + c4 * s**4 + c5 * s**5
        self.velocity[axes] = v + a * s + 3 * c3 * s**2 + 4 * c4 * s**3 + 5 * c5 * s**4
        self.acceleration[axes] = a + 6 * c3 * s + 12 * c4 * s**2 + 20 * c5 * s**3
