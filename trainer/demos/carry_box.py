"""How a carton is lifted between both palms, carried sideways and put down."""

import numpy as np

from backend.core.contracts.task import Task
from trainer.demos.handling import standing_m
from trainer.demos.motions import OUT, Goal, move_by, palm, pause, raise_hands, reach, react
from trainer.demos.operator import SIDES, Operator, Script
from trainer.demos.walking import walk_to

BESIDE_M = 0.10
"""How far outside the sides the palms come down."""
PRESS_M = 0.025
"""How far inside the sides the palms are sent, to press."""
BEHIND_M, ABOVE_M = 0.08, 0.0
"""Where the palms press, seen from the carton's middle."""
PALM_M = 0.03
"""From the palm's frame to its surface."""
LIFT_M = 0.12
PULL_M = 0.06
"""Towards the body while it is lifted: near it the arms are stronger."""
STEP_BACK_M = 0.10


def carry_box(operator: Operator, task: Task) -> Script:
    """Press, lift, step back, walk left, step ahead, put down, let go."""
    eyes = operator.eyes
    carton = eyes.thing("carton").translation
    half_height_m = carton[2] - task.support_m
    begin = eyes.T_world_footprint.translation.copy()

    spot_m = carton.copy()

    def beside(out_m: float, behind_m: float, above_m: float) -> dict[str, Goal]:
        def goal(side: str) -> Goal:
            return lambda: palm(
                spot_m + np.array([-behind_m, OUT[side] * (task.half_width_m + PALM_M + out_m), above_m])
            )

        return {side: goal(side) for side in SIDES}

    yield from raise_hands(operator)
    yield from react(operator)
    yield from reach(operator, beside(BESIDE_M, 0.22, 0.08))
    yield from reach(operator, beside(BESIDE_M, BEHIND_M, ABOVE_M), settle_s=0.3)
    yield from reach(operator, beside(-PRESS_M, BEHIND_M, ABOVE_M), pace=0.7)
    yield from pause(operator, 0.3)
    yield from move_by(operator, dict.fromkeys(SIDES, np.array([-PULL_M, 0.0, LIFT_M])), asked=True)
    yield from react(operator)

    across_m = task.goal_m[1] - carton[1]
    yield from walk_to(operator, (begin[0] - STEP_BACK_M, begin[1], 0.0))
    yield from walk_to(operator, (begin[0] - STEP_BACK_M, begin[1] + across_m, 0.0))
    ahead_m = task.goal_m[0] - eyes.thing("carton").translation[0]
    here = eyes.T_world_footprint.translation
    yield from walk_to(operator, (here[0] + min(ahead_m, STEP_BACK_M), begin[1] + across_m, 0.0))
    yield from pause(operator, 0.4)
    missing_m = standing_m(task.goal_m, half_height_m) - eyes.thing("carton").translation
    yield from move_by(operator, dict.fromkeys(SIDES, missing_m * (1, 1, 0)), asked=True)
    down_m = standing_m(task.goal_m, half_height_m)[2] - eyes.thing("carton").translation[2]
    yield from move_by(operator, dict.fromkeys(SIDES, np.array([0.0, 0.0, down_m])), asked=True)
    yield from pause(operator, 0.3)
    yield from move_by(operator, {side: np.array([0.0, OUT[side] * 0.14, 0.0]) for side in SIDES}, asked=True)
    yield from move_by(operator, {side: np.array([-0.20, 0.0, 0.05]) for side in SIDES}, asked=True)
