"""Whether a headset that was away still has the origin it had."""

import math

import numpy as np

from backend.core.contracts.record import Array
from backend.core.pose import yaw_of

AWAY_NS = 5_000_000_000
MOVED_M = 0.3
TURNED_RAD = 0.35


def same_origin(before: Array | None, after: Array | None, away_ns: int) -> bool:
    """Return whether the (7,) head poses before and after a break can be those of one origin.

    The app takes its origin when it starts. A head that is found where it was left, within a few seconds, has
    not been through that; anything else must be calibrated anew.
    """
    if before is None or after is None or away_ns > AWAY_NS:
        return False
    turned = math.remainder(yaw_of(after[3:]) - yaw_of(before[3:]), math.tau)
    return float(np.linalg.norm(after[:3] - before[:3])) < MOVED_M and abs(turned) < TURNED_RAD
