"""How a box is taken from a high stand and placed on a low one by squatting."""

import numpy as np

from backend.core.contracts.task import Task
from trainer.demos.handling import let_go, put, standing_m, take
from trainer.demos.motions import change_height, move_by, react
from trainer.demos.operator import Operator, Script

LOW_M = 0.56
"""Pelvis height at which the low stand is in reach."""
BACK_M = np.array([-0.08, 0.10, 0.0])
"""Way by which the box leaves the high stand: back and to the middle."""


def squat_place(operator: Operator, task: Task) -> Script:
    """Grasp, lift, squat, place, let go, rise."""
    half_height_m = operator.eyes.thing("box").translation[2] - task.support_m
    height_m = operator.eyes.state.base_height_m
    yield from take(operator, "box", "right")
    yield from move_by(operator, {"right": BACK_M})
    yield from react(operator)
    yield from change_height(operator, LOW_M, along=("right",))
    yield from put(operator, "box", "right", standing_m(task.goal_m, half_height_m))
    yield from let_go(operator, "right")
    yield from change_height(operator, height_m, along=("right",))
