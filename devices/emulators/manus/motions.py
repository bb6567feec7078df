"""What an emulated hand does: smooth ways between poses, among them real contacts of the finger tips."""

from functools import lru_cache

import numpy as np

from backend.core.contracts.record import Array
from backend.core.hands.calibration import USUAL_TOUCH_M
from backend.core.hands.calibrator import tip_distance_m
from backend.core.hands.human import ANGLES, angle
from devices.emulators.manus.hand_model import joints

# The angles that are not zero [degrees].
OPEN = {"thumb_mcp_spread": 8.0, "thumb_mcp_stretch": -8.0}
FIST = {
    **{f"{finger}_mcp_stretch": 78.0 for finger in ("index", "middle", "ring", "pinky")},
    **{f"{finger}_pip_stretch": 98.0 for finger in ("index", "middle", "ring", "pinky")},
    **{f"{finger}_dip_stretch": 62.0 for finger in ("index", "middle", "ring", "pinky")},
    **{
        "thumb_mcp_spread": 30.0,
        "thumb_mcp_stretch": 28.0,
        "thumb_pip_stretch": 42.0,
        "thumb_dip_stretch": 55.0,
    },
}
RELAXED = {
    **{f"{finger}_mcp_stretch": 20.0 for finger in ("index", "middle", "ring", "pinky")},
    **{f"{finger}_pip_stretch": 25.0 for finger in ("index", "middle", "ring", "pinky")},
    **{f"{finger}_dip_stretch": 12.0 for finger in ("index", "middle", "ring", "pinky")},
    **{
        "thumb_mcp_spread": 18.0,
        "thumb_mcp_stretch": 5.0,
        "thumb_pip_stretch": 12.0,
        "thumb_dip_stretch": 10.0,
    },
}
MOVE_S, STAY_S = 0.7, 1.6
ROUND = ("open", "fist", "relaxed", "pinch_index", "open", "pinch_middle")
"""What a hand does over and over; every pose is held long enough to calibrate with."""


def _pose(named: dict[str, float]) -> Array:
    return np.array([named.get(name, 0.0) for name in ANGLES])


def pinch(finger: str, bend_scale: float = 1.0) -> Array:
    """Return the (20,) angles [degrees] with which the thumb touches a finger's tip.

    Found by bringing the tips of the hand model together, as near to a relaxed pose as that allows; a
    `bend_scale` above 1 starts from a finger bent further, so that people differ.
    """
    start = _pose(RELAXED)
    free = [angle(name) for name in ANGLES[:4]]
    for joint, bend in (("mcp", 46.0), ("pip", 48.0), ("dip", 24.0)):
        place = angle(f"{finger}_{joint}_stretch")
        start[place] = bend * bend_scale
        free.append(place)
    start[free[:4]] = (30.0, 15.0, 15.0, 20.0)
    angles, step_deg = start.copy(), 0.5
    for _ in range(12):
        miss = tip_distance_m(joints(angles, "left"), finger) - USUAL_TOUCH_M
        slope = np.zeros(len(free))
        for i, place in enumerate(free):
            moved = angles.copy()
            moved[place] += step_deg
            slope[i] = (tip_distance_m(joints(moved, "left"), finger) - USUAL_TOUCH_M - miss) / step_deg
        angles[free] -= slope * miss / (slope @ slope + 1e-9) * 0.7
        angles[free] = np.clip(angles[free], -15.0, 95.0)
    return angles


@lru_cache
def poses(bend_scale: float = 1.0) -> dict[str, Array]:
    """Return the (20,) angles of every pose [degrees]."""
    return {
        "open": _pose(OPEN),
        "fist": _pose(FIST),
        "relaxed": _pose(RELAXED),
        "pinch_index": pinch("index", bend_scale),
        "pinch_middle": pinch("middle", bend_scale),
    }


def at(t_s: float, order: tuple[str, ...] = ROUND, bend_scale: float = 1.0) -> tuple[Array, str]:
    """Return the (20,) angles [degrees] at a time, and the pose that is held; empty on the way."""
    known = poses(bend_scale)
    place, within_s = divmod(t_s, MOVE_S + STAY_S)
    before, after = (known[order[int(place + i) % len(order)]] for i in (-1, 0))
    if within_s >= MOVE_S:
        return after, order[int(place) % len(order)]
    x = within_s / MOVE_S
    return before + (3 * x**2 - 2 * x**3) * (after - before), ""
