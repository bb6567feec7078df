"""Pick a box from the table and place it on the small shelf that stands there."""

from collections.abc import Iterable

import mujoco
import numpy as np

from backend.core.contracts.task import Situation, Subtask
from devices.scenes.furniture import TABLE_TOP_M, add_table
from devices.scenes.objects import Thing, carton
from devices.scenes.tasks.base import Home, TaskScene
from devices.scenes.tasks.fixtures import add_mark_material, add_stand
from devices.scenes.tasks.predicates import free, held, standing, within
from devices.scenes.tasks.variation import TEA, painter, resized

SHELF_M = (0.45, 0.085)
SHELF_HALF_M = (0.08, 0.08)
SHELF_TOP_M = TABLE_TOP_M + 0.06
HALF_M = (0.030, 0.028, 0.055)
LIFTED_M = 0.03


def _over_shelf(now: Situation) -> bool:
    return within(now, "box", SHELF_M, SHELF_HALF_M) and now.place_m("box")[2] > SHELF_TOP_M + 0.02


def _lifted(now: Situation) -> bool:
    return now.place_m("box")[2] > TABLE_TOP_M + HALF_M[2] + LIFTED_M and held(now, "right")


def _placed(now: Situation) -> bool:
    return _over_shelf(now) and standing(now, "box", SHELF_TOP_M + HALF_M[2]) and free(now, "right")


class PickPlace(TaskScene):
    """A box at the right of the table, a small shelf ahead: one hand, no steps."""

    name = "pick_place"
    title = "Pick and place"
    instructions = (
        "Pick up the box and put it on the small shelf.",
        "Take the box from the table and place it on the board.",
        "Put the box on the little wooden shelf.",
    )
    time_limit_s = 25.0
    goal_m = (*SHELF_M, SHELF_TOP_M)
    """Where the bottom of the box is to be."""
    support_m = TABLE_TOP_M
    """Height of what the box stands on at first."""
    subtasks = (
        Subtask("grasp", "grasp the box", lambda now: held(now, "right"), hold_s=0.2),
        Subtask("lift", "lift the box off the table", _lifted, hold_s=0.2),
        Subtask("carry", "bring the box over the shelf", _over_shelf),
        Subtask("place", "let the box stand on the shelf, released", _placed, hold_s=0.5),
    )

    @property
    def half_height_m(self) -> float:
        """Height of the middle of the box above what it stands on."""
        return self.things[0].half_height_m

    def make_things(self, rng: np.random.Generator) -> Iterable[Thing]:
        """Yield the box."""
        self.homes["box"] = Home(0.43, -0.14, self.support_m, spread_m=(0.035, 0.055), spread_rad=0.3)
        yield carton("box", resized(HALF_M, self.level, rng), 0.15, painter(TEA, self.level, rng))

    def build(self, body: mujoco.MjSpec, paint: np.random.Generator) -> None:
        """Add the table and the shelf on it."""
        add_table(body, paint)
        add_mark_material(body, paint)
        add_stand(body, "small_shelf", SHELF_M, SHELF_HALF_M, SHELF_TOP_M, foot_m=TABLE_TOP_M)
