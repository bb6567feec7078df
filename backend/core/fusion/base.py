"""The targets of torso, height and walking."""

from collections.abc import Sequence

import numpy as np
import pinocchio as pin

from backend.core.contracts.frame import DeviceFrame
from backend.core.contracts.record import Array
from backend.core.fusion.ramp import Ramp
from backend.core.pose import transform
from backend.core.safety.limits import Limits

SOFT = 0.8
"""Fraction of the limits of safety that operators get, so that safety has nothing to clip."""


class BaseTarget:
    """Torso roll, pitch, yaw, base height and base velocity as the driver wants them."""

    def __init__(self, limits: Limits, torso: slice, height: slice) -> None:
        self._torso_lower, self._torso_upper = limits.lower[torso], limits.upper[torso]
        self._torso_speed = SOFT * limits.velocity[torso]
        self._height_lower, self._height_upper = limits.lower[height.start], limits.upper[height.start]
        self._height_speed = SOFT * limits.velocity[height.start]
        self._most = limits.upper[limits.base]
        # The rate of change of these entries is their `velocity`; they may take it at once.
        self._walk = Ramp(np.zeros(3), SOFT * limits.velocity[limits.base], limits.acceleration[limits.base])
        self.torso_rpy_rad = np.zeros(3)
        self.height_m = 0.0
        self.velocity = np.zeros(3)
        self._head_anchor: tuple[str, np.ndarray, Array] | None = None

    def engage(self, torso_rpy_rad: Array, height_m: float, velocity: Array) -> None:
        """Start from what was sent last."""
        self.torso_rpy_rad = torso_rpy_rad
        self.height_m = height_m
        self._walk.reset(velocity)
        self._head_anchor = None

    def update(self, frames: Sequence[DeviceFrame], dt_s: float, scale: float) -> None:
        """Advance by one tick; rates of several devices add up, of absolute values the newest wins."""
        newest_first = sorted(frames, key=lambda frame: frame.t_ns, reverse=True)
        self._turn_torso(newest_first, dt_s, scale)
        heights = [frame.base_height_m for frame in newest_first if frame.base_height_m is not None]
        rate = sum(frame.height_rate_m_s for frame in frames if frame.height_rate_m_s is not None) * scale
        step = self._height_speed * dt_s
        change = min(max(rate * dt_s, -step), step)
        if heights:
            change = min(max(heights[0] - self.height_m, -step), step)
        self.height_m = min(max(self.height_m + change, self._height_lower), self._height_upper)
        walk = sum((f.base_velocity for f in frames if f.base_velocity is not None), np.zeros(3)) * scale
        self.velocity = self._walk.update(np.clip(walk, -self._most, self._most), dt_s)

    def _turn_torso(self, newest_first: Sequence[DeviceFrame], dt_s: float, scale: float) -> None:
        step = self._torso_speed * dt_s
        rates = [frame.torso_rate_rad_s for frame in newest_first if frame.torso_rate_rad_s is not None]
        change = np.clip(sum(rates, np.zeros(3)) * (scale * dt_s), -step, step)
        absolute = self._absolute(newest_first)
        if absolute is not None:
            change = np.clip(absolute - self.torso_rpy_rad, -step, step)
        self.torso_rpy_rad = np.clip(self.torso_rpy_rad + change, self._torso_lower, self._torso_upper)

    def _absolute(self, newest_first: Sequence[DeviceFrame]) -> Array | None:
        """Return where a device wants the torso: as angles, or as the head turns since engaging."""
        for frame in newest_first:
            if frame.torso_rpy_rad is not None:
                return frame.torso_rpy_rad
            if frame.head is not None:
                R_source_head = transform(frame.head).rotation
                if self._head_anchor is None or self._head_anchor[0] != frame.source:
                    self._head_anchor = (frame.source, R_source_head, self.torso_rpy_rad)
                _, R_anchor, rpy_anchor = self._head_anchor
                turned = R_source_head @ R_anchor.T
                return pin.rpy.matrixToRpy(turned @ pin.rpy.rpyToMatrix(rpy_anchor))
        return None
