"""How a box is picked from the table with the right hand and placed on the small shelf."""

from backend.core.contracts.task import Task
from trainer.demos.handling import let_go, put, standing_m, take
from trainer.demos.operator import Operator, Script


def pick_place(operator: Operator, task: Task) -> Script:
    """Grasp, lift, carry, place, let go, and take the hand back."""
    half_height_m = operator.eyes.thing("box").translation[2] - task.support_m
    yield from take(operator, "box", "right")
    yield from put(operator, "box", "right", standing_m(task.goal_m, half_height_m))
    yield from let_go(operator, "right")
