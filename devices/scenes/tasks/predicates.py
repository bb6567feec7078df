"""Conditions that several tasks share."""

import numpy as np

from backend.core.contracts.task import Situation

HELD_N = 0.5
"""Least force between thumb and fingers that counts as a grasp."""
FREE_N = 0.1
"""Most force on a hand that counts as having let go."""
AT_REST_M_S = 0.02
UPRIGHT = 0.95
HEIGHT_TOLERANCE_M = 0.03


def within(now: Situation, thing: str, centre_m: tuple[float, float], half_m: tuple[float, float]) -> bool:
    """Return whether the middle of a thing is over a rectangle."""
    return bool(np.all(np.abs(now.place_m(thing)[:2] - centre_m) < half_m))


def standing(now: Situation, thing: str, middle_m: float) -> bool:
    """Return whether a thing stands still and upright with its middle about `middle_m` above the ground."""
    return (
        abs(now.place_m(thing)[2] - middle_m) < HEIGHT_TOLERANCE_M
        and now.upright(thing) > UPRIGHT
        and now.speed_m_s(thing) < AT_REST_M_S
    )


def free(now: Situation, *sides: str) -> bool:
    """Return whether no finger of these hands touches anything."""
    return all(now.touch_n(side) < FREE_N for side in sides)


def held(now: Situation, side: str) -> bool:
    """Return whether a hand holds something between thumb and fingers."""
    return now.squeeze_n(side) > HELD_N
