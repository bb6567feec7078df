"""What the robot's fingers touch, as vibration of the operator's fingers. No I/O, no clock."""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.hands.human import SIDES

FELT_N, FULL_N = 0.5, 12.0
"""A touch begins to be felt at the one and is as strong as can be at the other."""
WEAKEST = 0.15
"""Weaker vibrations are not felt."""
PERIOD_NS = 50_000_000
REPEAT_NS = 400_000_000
"""A vibration that goes on is repeated, because a bridge ends what is not."""
STALE_NS = 250_000_000
"""Forces older than this are not felt any more."""
STEP = 0.05
"""Smaller changes are not worth a message."""
NONE = [0.0] * 5


def strengths(finger_n: Array) -> list[float]:
    """Return strength 0 to 1 of all five fingers for (3,) forces on thumb, middle and index [N]."""
    touching = finger_n > FELT_N
    share = np.clip((finger_n - FELT_N) / (FULL_N - FELT_N), 0.0, 1.0)
    thumb, middle, index = np.where(touching, WEAKEST + (1 - WEAKEST) * share, 0.0).tolist()
    return [thumb, index, middle, 0.0, 0.0]


class Haptics:
    """Decides when which hand is told what."""

    def __init__(self) -> None:
        self._told = {side: (list(NONE), -REPEAT_NS) for side in SIDES}

    def update(self, hand_force_n: Array | None, t_ns: int, now_ns: int) -> dict[str, list[float]]:
        """Return what to tell each side now; sides that need not be told anything are missing.

        Args:
            hand_force_n: (6,) as in `RobotState.hand_force_n`; None when nobody drives.
            t_ns: When it was measured [ns].
            now_ns: Host monotonic time [ns].
        """
        fresh = hand_force_n is not None and now_ns - t_ns < STALE_NS and np.all(np.isfinite(hand_force_n))
        messages = {}
        for i, side in enumerate(SIDES):
            wanted = strengths(hand_force_n[3 * i : 3 * i + 3]) if fresh else list(NONE)
            told, told_ns = self._told[side]
            changed = max(abs(a - b) for a, b in zip(wanted, told, strict=True)) > STEP
            ends = wanted == NONE and told != NONE
            goes_on = wanted != NONE and now_ns - told_ns >= REPEAT_NS
            if ends or ((changed or goes_on) and now_ns - told_ns >= PERIOD_NS):
                messages[side] = wanted
                self._told[side] = (wanted, now_ns)
        return messages
