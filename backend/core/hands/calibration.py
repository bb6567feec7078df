"""What one person's glove reads with an open hand, a fist and a pinch, and the linear maps from it."""

from typing import Literal

import numpy as np

from backend.core.contracts.record import Array, Record
from backend.core.hands.human import STEPS, usual_deg

LEAST_DEG = 8.0
"""An angle that differs less than this between open hand and fist says nothing about bending."""
USUAL_TOUCH_M = 0.014
"""Distance of the middles of two human finger tips that touch."""


class HandCalibration(Record):
    """(20,) angles of one hand of one person in the three poses [degrees], in the order of `human.ANGLES`."""

    side: Literal["left", "right"]
    open_deg: Array
    fist_deg: Array
    pinch_deg: Array
    touch_m: float | None = None
    """What the glove takes for the distance of thumb and index finger tip while they touch; None when the
    glove had no joint positions."""
    wall_ns: int = 0
    """When it was made; 0 for the usual hand."""

    @property
    def scale(self) -> tuple[Array, Array]:
        """(20,) gain [1/degree] and offset: gain * angle + offset is 0 with an open hand and 1 in a fist.

        Both are 0 for angles that hardly change between the two.
        """
        span = self.fist_deg - self.open_deg
        bends = np.abs(span) >= LEAST_DEG
        gain = np.where(bends, 1.0 / np.where(bends, span, 1.0), 0.0)
        return gain, -gain * self.open_deg


def usual_hand(side: Literal["left", "right"]) -> HandCalibration:
    """Return the calibration of somebody who has not made one."""
    return HandCalibration(side=side, **{f"{step}_deg": usual_deg(step) for step in STEPS})
