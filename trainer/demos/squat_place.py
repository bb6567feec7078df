"""How a box is taken from a high stand and placed on a low one by squatting."""

import numpy as np

from backend.core.contracts.task import Task
from trainer.demos.handling import let_go, put, standing_m, take
from trainer.demos.motions import change_height, move_by, raise_hands, react
from trainer.demos.operator import SIDES, Operator, Script

LOW_M = 0.56
"""Pelvis height at which the low stand is in reach."""


def squat_place(operator: Operator, task: Task) -> Script:
    """Grasp, lift, squat, place, let go, rise."""
    half_height_m = operator.eyes.thing("box").translation[2] - task.support_m
    height_m = operator.eyes.state.base_height_m
    yield from take(operator, "box", "right")
    way_m = np.array(task.goal_m) - operator.eyes.thing("box").translation
    yield from move_by(operator, {"right": way_m * (1, 1, 0)})
    yield from react(operator)
    yield from change_height(operator, LOW_M, along=SIDES)
    yield from put(operator, "box", "right", standing_m(task.goal_m, half_height_m))
    yield from let_go(operator, "right")
    yield from raise_hands(operator, ("right",))
    yield from change_height(operator, height_m, along=("left",))
