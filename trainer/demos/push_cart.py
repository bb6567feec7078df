"""How the cart is taken by its handle and pushed to the mark."""

import numpy as np
import pinocchio as pin

from backend.core.contracts.task import Task
from trainer.demos.motions import OUT, Goal, grip, move_by, palm, pause, raise_hands, reach, react
from trainer.demos.operator import SIDES, Operator, Script
from trainer.demos.walking import walk_while

APART_M = 0.15
"""From the middle of the handle to each hand."""
BAR_IN_PALM_M = np.array([0.070, 0.0, -0.050])
"""Where the bar is in the frame of a palm that faces down, x along the fingers."""
DOWN_RAD = np.pi / 2
PUSH_M_S = 0.22
SLOW_M_S = 0.10
SLOW_M = 0.25
"""From here on to the mark it goes slowly."""
STOP_M = 0.03


def push_cart(operator: Operator, task: Task) -> Script:
    """Take the handle, walk until the cart is on the mark, let go and step back."""
    yield from raise_hands(operator)
    yield from react(operator)
    yield from reach(operator, {side: _at_handle(operator, task, side, 0.08, 0.05) for side in SIDES})
    yield from reach(operator, {side: _at_handle(operator, task, side, 0.0, 0.0) for side in SIDES}, 0.8, 0.4)
    yield from grip(operator, dict.fromkeys(SIDES, 1.0))
    yield from pause(operator, 0.3)

    def missing_m() -> float:
        return float(task.goal_m[0] - operator.eyes.thing("cart").translation[0])

    def velocity() -> np.ndarray | None:
        left_m = missing_m()
        if left_m < STOP_M:
            return None
        ahead = operator.style.speed * (PUSH_M_S if left_m > SLOW_M else SLOW_M_S)
        yaw = pin.rpy.matrixToRpy(operator.eyes.T_world_footprint.rotation)[2]
        return np.array([ahead, 0.0, float(np.clip(-1.0 * yaw, -0.15, 0.15))])

    yield from walk_while(operator, velocity)
    yield from pause(operator, 0.6)
    yield from grip(operator, dict.fromkeys(SIDES, 0.0))
    yield from move_by(operator, {side: np.array([-0.02, 0.0, 0.06]) for side in SIDES})
    yield from move_by(operator, {side: np.array([-0.12, OUT[side] * 0.04, 0.03]) for side in SIDES})


def _at_handle(operator: Operator, task: Task, side: str, behind_m: float, above_m: float) -> Goal:
    """Return the goal of a hand over its place on the bar, palm down."""

    def goal() -> pin.SE3:
        T_cart = operator.eyes.thing("cart")
        x_m, z_m = task.handle_m
        bar_m = T_cart.act(np.array([x_m, OUT[side] * APART_M, z_m]))
        yaw = pin.rpy.matrixToRpy(T_cart.rotation)[2]
        turn = pin.rpy.rpyToMatrix(0.0, 0.0, yaw)
        place_m = bar_m + turn @ (np.array([-behind_m, 0.0, above_m]) - BAR_IN_PALM_M)
        return palm(place_m, yaw, roll_rad=OUT[side] * DOWN_RAD)

    return goal
