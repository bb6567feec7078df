"""Take a box from a high stand, squat, and place it on a low one."""

from collections.abc import Iterable

import mujoco
import numpy as np

from backend.core.contracts.task import Situation, Subtask
from devices.scenes.objects import Thing, carton
from devices.scenes.tasks.base import Home, TaskScene
from devices.scenes.tasks.fixtures import add_mark_material, add_stand
from devices.scenes.tasks.predicates import free, held, standing, within
from devices.scenes.tasks.variation import TEA, painter, resized
from devices.scenes.textures import add_material, wood

HIGH_M, HIGH_HALF_M, HIGH_TOP_M = (0.46, -0.24), (0.13, 0.09), 0.77
LOW_M, LOW_HALF_M, LOW_TOP_M = (0.46, 0.06), (0.11, 0.11), 0.45
HALF_M = (0.030, 0.028, 0.055)
LIFTED_M = 0.03
CROUCHED_M = 0.66
"""Pelvis lower than this: the robot squats."""


def _lifted(now: Situation) -> bool:
    return now.place_m("box")[2] > HIGH_TOP_M + HALF_M[2] + LIFTED_M and held(now, "right")


def _crouched(now: Situation) -> bool:
    return now.state.base_height_m < CROUCHED_M and held(now, "right")


def _placed(now: Situation) -> bool:
    on_stand = within(now, "box", LOW_M, LOW_HALF_M) and standing(now, "box", LOW_TOP_M + HALF_M[2])
    return on_stand and free(now, "right")


class SquatPlace(TaskScene):
    """A high stand at the right, a low one ahead: one hand, and the legs."""

    name = "squat_place"
    title = "Squat and place"
    instructions = (
        "Take the box and put it on the low stand.",
        "Squat and place the box on the low board.",
    )
    time_limit_s = 35.0
    goal_m = (*LOW_M, LOW_TOP_M)
    """Where the bottom of the box is to be."""
    support_m = HIGH_TOP_M
    """Height of what the box stands on at first."""
    subtasks = (
        Subtask("grasp", "grasp the box", lambda now: held(now, "right"), hold_s=0.2),
        Subtask("lift", "lift the box off the stand", _lifted, hold_s=0.2),
        Subtask("squat", "squat with the box in hand", _crouched, hold_s=0.2),
        Subtask("place", "let the box stand on the low board, released", _placed, hold_s=0.5),
        Subtask("rise", "stand up again", lambda now: now.state.base_height_m > 0.70, hold_s=0.3),
    )

    def make_things(self, rng: np.random.Generator) -> Iterable[Thing]:
        """Yield the box."""
        self.homes["box"] = Home(0.43, -0.205, self.support_m, spread_m=(0.015, 0.025), spread_rad=0.2)
        yield carton("box", resized(HALF_M, self.level, rng), 0.15, painter(TEA, self.level, rng))

    def build(self, body: mujoco.MjSpec, paint: np.random.Generator) -> None:
        """Add both stands."""
        add_mark_material(body, paint)
        add_material(body, "oak", wood((0.80, 0.58, 0.36), paint, planks=2, size=128), specular=0.25)
        add_stand(body, "high_stand", HIGH_M, HIGH_HALF_M, HIGH_TOP_M, material="oak")
        add_stand(body, "low_stand", LOW_M, LOW_HALF_M, LOW_TOP_M)
