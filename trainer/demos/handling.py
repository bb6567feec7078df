"""Taking and putting things with one hand, by looking."""

from collections.abc import Sequence

import numpy as np
import pinocchio as pin

from trainer.demos.motions import OUT, grip, move_by, palm, pause, raise_hands, reach, react
from trainer.demos.operator import Operator, Script

IN_HAND_M = {"left": (0.070, -0.053, 0.0), "right": (0.070, 0.053, 0.0)}
"""Where the middle of a thing is in the palm's frame when the hand closes."""
LIFT_M = 0.09
TURN_MOST_RAD = 0.45
"""A hand turns at most so much to fit a thing; further, it takes it across a corner."""
CLOSED = 0.3
"""A hand closed further than this may hold something."""
HELD_M = 0.05
"""A thing this near to where it was in the hand is still held."""


def has(operator: Operator, thing: str, side: str) -> bool:
    """Return whether a thing is where a closed hand holds it."""
    T_world_palm = pin.SE3(operator.eyes.wrist(side).rotation, operator.eyes.palm_m(side))
    place_m = T_world_palm.actInv(operator.eyes.thing(thing).translation)
    near = np.linalg.norm((place_m - IN_HAND_M[side])[:2]) < HELD_M
    return bool(near) and operator.grip[side] > CLOSED


def take(operator: Operator, thing: str, side: str, tries: int = 3) -> Script:
    """Grasp and lift a thing; try again when it stays behind."""
    if operator.grip[side] > CLOSED:
        yield from let_go(operator, side)
    yield from raise_hands(operator, (side,))
    for _ in range(tries):
        aim_m = operator.style.aim_m * operator.rng.normal(size=3)

        def at(behind_m: float, beside_m: float, above_m: float, aim_m: np.ndarray = aim_m) -> pin.SE3:
            """Return the grasping palm, moved back, outward and up."""
            T_thing = operator.eyes.thing(thing)
            yaw = _fitting_yaw(T_thing)
            inside = np.array(IN_HAND_M[side]) + aim_m
            away = np.array([-behind_m, OUT[side] * beside_m, above_m])
            R = pin.rpy.rpyToMatrix(0.0, 0.0, yaw)
            return palm(T_thing.translation + R @ (away - inside), yaw)

        yield from react(operator)
        yield from reach(operator, {side: lambda at=at: at(0.14, 0.09, 0.08)})
        yield from reach(operator, {side: lambda at=at: at(0.05, 0.07, 0.0)}, settle_s=0.15)
        yield from reach(operator, {side: lambda at=at: at(0.0, 0.0, 0.0)}, pace=0.8, settle_s=0.4)
        yield from grip(operator, {side: 1.0})
        yield from pause(operator, 0.15)
        before_m = in_palm_m(operator, thing, side)
        yield from move_by(operator, {side: np.array([0.0, 0.0, LIFT_M])})
        yield from react(operator)
        if np.linalg.norm(in_palm_m(operator, thing, side) - before_m) < HELD_M:
            return
        yield from let_go(operator, side)


def put(operator: Operator, thing: str, side: str, spot_m: np.ndarray, clearance_m: float = 0.05) -> Script:
    """Bring a held thing over a spot and set it down.

    Args:
        operator: Who does it.
        thing: What is held.
        side: The hand.
        spot_m: Where the middle of the thing is to be when it stands, (3,) in the world.
        clearance_m: How far above the spot it arrives.
    """
    held_m = in_palm_m(operator, thing, side)
    spot_m = spot_m + operator.style.aim_m * operator.rng.normal(size=3) * (1, 1, 0)

    def over(above_m: float) -> pin.SE3:
        return palm(spot_m - held_m + np.array([0.0, 0.0, above_m]))

    yield from reach(operator, {side: lambda: over(clearance_m)}, settle_s=0.2)
    held_m = in_palm_m(operator, thing, side)
    yield from reach(operator, {side: lambda: over(0.002)}, pace=0.8, settle_s=0.35)


def standing_m(spot_m: Sequence[float], half_height_m: float) -> np.ndarray:
    """Return where the middle of a thing is when it stands on `spot_m`."""
    return np.array(spot_m) + np.array([0.0, 0.0, half_height_m])


def let_go(operator: Operator, side: str) -> Script:
    """Open the hand and take it back, outward first."""
    yield from grip(operator, {side: 0.0}, seconds=0.5)
    yield from pause(operator, 0.1)
    yield from move_by(operator, {side: np.array([-0.05, OUT[side] * 0.08, 0.0])})
    yield from move_by(operator, {side: np.array([-0.10, OUT[side] * 0.04, 0.06])})


def in_palm_m(operator: Operator, thing: str, side: str) -> np.ndarray:
    """Return where a thing is as seen from the palm, (3,) along the world's axes."""
    return operator.eyes.thing(thing).translation - operator.eyes.palm_m(side)


def _fitting_yaw(T_thing: pin.SE3) -> float:
    """Return the heading of the palm that has its sides along those of a box."""
    yaw = float(np.arctan2(T_thing.rotation[1, 0], T_thing.rotation[0, 0]))
    quarter = np.pi / 2
    return float(np.clip((yaw + quarter / 2) % quarter - quarter / 2, -TURN_MOST_RAD, TURN_MOST_RAD))
