"""How a box is picked from the table with the right hand and placed on the small shelf."""

import numpy as np

from backend.core.contracts.task import Task
from trainer.demos.handling import LIFT_M, has, let_go, put, standing_m, take
from trainer.demos.motions import move_by
from trainer.demos.operator import Operator, Script


def pick_place(operator: Operator, task: Task) -> Script:
    """Grasp, lift, carry, place, let go, and take the hand back; begin with what is not done yet."""
    if has(operator, "box", "right"):
        yield from move_by(operator, {"right": np.array([0.0, 0.0, LIFT_M])})
    else:
        yield from take(operator, "box", "right")
    yield from put(operator, "box", "right", standing_m(task.goal_m, task.half_height_m))
    yield from let_go(operator, "right")
