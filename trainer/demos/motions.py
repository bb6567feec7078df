"""What a scripted operator can do: each motion is a script that yields once per sample.

Goals are poses of the palm in the world, given as functions that are asked again while the hand moves, so
that a motion follows what it goes for.
"""

from collections.abc import Callable

import numpy as np
import pinocchio as pin

from trainer.demos.eyes import PALM_M
from trainer.demos.operator import Operator, Script

OUT = {"left": 1.0, "right": -1.0}
"""Which way is outward along y."""
READY_M = (0.11, 0.25, 0.89)
"""Where a hand waits, in the footprint frame of a standing robot; y is outward."""
HAND_M_S = 0.32
"""Mean pace of a hand over a long way."""
LEAST_S = 0.35
CORRECT_1_S = 2.5
"""How fast a hand is brought to where it is seen to be missing [1/s]."""
MOST_CORRECTION_M = 0.06
HEIGHT_M_S = 0.10
"""Mean pace of squatting and rising."""
HEIGHT_NEAR_M, HEIGHT_WAIT_S = 0.02, 2.5
"""Near enough to the height that was asked for, and how long to wait for it."""
GRIP_S = 0.7
HESITATION_S = (0.2, 0.7)

Goal = Callable[[], pin.SE3]


def palm(place_m: np.ndarray, yaw_rad: float = 0.0, pitch_rad: float = 0.0, roll_rad: float = 0.0) -> pin.SE3:
    """Return T_world_palm: x along the fingers, the palm upright and facing inward unless turned."""
    return pin.SE3(pin.rpy.rpyToMatrix(roll_rad, pitch_rad, yaw_rad), np.asarray(place_m, float))


def pause(operator: Operator, seconds: float) -> Script:
    """Keep still."""
    for _ in range(round(seconds / operator.period_s)):
        yield


def react(operator: Operator) -> Script:
    """Take a moment before the next motion; sometimes a longer one."""
    style, rng = operator.style, operator.rng
    seconds = style.reaction_s * rng.uniform(0.5, 1.0)
    if rng.random() < style.hesitation:
        seconds += rng.uniform(*HESITATION_S)
    yield from pause(operator, seconds)


def reach(operator: Operator, goals: dict[str, Goal], pace: float = 1.0, settle_s: float = 0.0) -> Script:
    """Move hands to their goals on curved paths, then correct by sight for `settle_s`.

    Args:
        operator: Who moves.
        goals: T_world_palm of each side that moves.
        pace: Of this motion, times the operator's own; careful ones are below 1.
        settle_s: Time for closing in on the goal by sight.
    """
    style, rng = operator.style, operator.rng
    start = {side: operator.T[side] for side in goals}
    way_m = {
        side: _wrist(operator, side, goals[side]).translation - start[side].translation for side in goals
    }
    length_m = max(float(np.linalg.norm(way)) for way in way_m.values())
    seconds = max(LEAST_S, LEAST_S + length_m / HAND_M_S) / (pace * style.speed)
    bulge_m = {side: _across(rng, way) * style.curve * rng.normal() for side, way in way_m.items()}
    beyond = style.overshoot * rng.normal() if length_m > 0.1 else 0.0
    count = max(2, round(seconds / operator.period_s))
    for step in range(1, count + 1):
        x = step / count
        blend = x * x * x * (10 - 15 * x + 6 * x * x)
        wave = np.sin(np.pi * x) ** 2
        for side, goal in goals.items():
            T_goal = _wrist(operator, side, goal)
            T = pin.SE3.Interpolate(start[side], T_goal, blend)
            straight = start[side].translation + blend * (T_goal.translation - start[side].translation)
            aside = wave * (bulge_m[side] + beyond * x * way_m[side])
            operator.T[side] = pin.SE3(T.rotation, straight + aside)
        yield
    yield from correct(operator, goals, settle_s)


def correct(operator: Operator, goals: dict[str, Goal], seconds: float) -> Script:
    """Close the gap between where the palms are seen and where they should be."""
    offset_m = {side: np.zeros(3) for side in goals}
    base = {side: operator.T[side] for side in goals}
    for _ in range(round(seconds / operator.period_s)):
        R_footprint_world = operator.eyes.T_world_footprint.rotation.T
        for side, goal in goals.items():
            missing_m = R_footprint_world @ (goal().translation - operator.eyes.palm_m(side))
            moved = offset_m[side] + missing_m * CORRECT_1_S * operator.period_s
            offset_m[side] = np.clip(moved, -MOST_CORRECTION_M, MOST_CORRECTION_M)
            operator.T[side] = pin.SE3(base[side].rotation, base[side].translation + offset_m[side])
        yield


def move_by(operator: Operator, ways_m: dict[str, np.ndarray], asked: bool = False) -> Script:
    """Move hands by (3,) vectors in the heading frame, as they are turned now.

    Args:
        operator: Who moves.
        ways_m: The way of each side that moves.
        asked: Start from where the hands are sent, not from where they are seen: keeps what they press.
    """
    goals = {}
    for side, way_m in ways_m.items():
        T_footprint = operator.T[side]
        if not asked:
            T_footprint = operator.eyes.T_world_footprint.inverse() * operator.eyes.wrist(side)
        palm_m = T_footprint.act(np.array(PALM_M[side])) + way_m
        goals[side] = _carried_along(operator, pin.SE3(T_footprint.rotation, palm_m))
    yield from reach(operator, goals)


def raise_hands(operator: Operator, sides: tuple[str, ...] = ("left", "right")) -> Script:
    """Raise hands close to the body, so that the fingers clear the edge of a table."""
    low = [side for side in sides if operator.eyes.palm_m(side)[2] < READY_M[2] - 0.03]
    places = {side: palm(np.array(READY_M) * (1, OUT[side], 1)) for side in low}
    if low:
        yield from reach(operator, {side: _carried_along(operator, T) for side, T in places.items()})


def change_height(operator: Operator, height_m: float, along: tuple[str, ...] = ()) -> Script:
    """Squat or rise to a pelvis height; the hands of `along` go down and up with the body."""
    start_m = operator.eyes.state.base_height_m if operator.height_m is None else operator.height_m
    before = {side: operator.T[side] for side in along}
    count = max(2, round(abs(height_m - start_m) / (HEIGHT_M_S * operator.style.speed) / operator.period_s))
    for step in range(1, count + 1):
        x = step / count
        change_m = (height_m - start_m) * x * x * (3 - 2 * x)
        operator.height_m = start_m + change_m
        for side in along:
            T = before[side]
            operator.T[side] = pin.SE3(T.rotation, T.translation + np.array([0.0, 0.0, change_m]))
        yield
    for _ in range(round(HEIGHT_WAIT_S / operator.period_s)):
        if abs(operator.eyes.state.base_height_m - height_m) < HEIGHT_NEAR_M:
            break
        yield


def grip(operator: Operator, closures: dict[str, float], seconds: float = GRIP_S) -> Script:
    """Pull or release triggers gradually."""
    start = dict(operator.grip)
    count = max(2, round(seconds / operator.style.speed / operator.period_s))
    for step in range(1, count + 1):
        for side, closure in closures.items():
            operator.grip[side] = start[side] + (closure - start[side]) * step / count
        yield


def _wrist(operator: Operator, side: str, goal: Goal) -> pin.SE3:
    """Return T_footprint_wrist at which the palm is at its goal."""
    T_wrist_palm = pin.SE3(np.eye(3), np.array(PALM_M[side]))
    return operator.eyes.T_world_footprint.inverse() * goal() * T_wrist_palm.inverse()


def _carried_along(operator: Operator, T_footprint_palm: pin.SE3) -> Goal:
    """Return a goal that stays where it is beside the robot."""
    return lambda: operator.eyes.T_world_footprint * T_footprint_palm


def _across(rng: np.random.Generator, way_m: np.ndarray) -> np.ndarray:
    """Return a vector as long as `way_m`, at right angles to it in a random direction."""
    length = float(np.linalg.norm(way_m))
    if length < 1e-6:
        return np.zeros(3)
    ahead = way_m / length
    side = rng.normal(size=3)
    side -= ahead * (ahead @ side)
    return side / np.linalg.norm(side) * length
