"""Take a carton between both palms, walk with it along the table and put it down on the mark."""

from collections.abc import Iterable

import mujoco
import numpy as np

from backend.core.contracts.task import Situation, Subtask
from devices.scenes.furniture import TABLE_TOP_M, add_table
from devices.scenes.objects import Thing, carton
from devices.scenes.tasks.base import Home, TaskScene
from devices.scenes.tasks.fixtures import add_mark, add_mark_material
from devices.scenes.tasks.predicates import free, standing, within
from devices.scenes.tasks.variation import painter, resized
from devices.scenes.textures import cardboard

MARK_M = (0.48, 0.52)
MARK_HALF_M = (0.12, 0.18)
HALF_M = (0.09, 0.13, 0.09)
LIFTED_M = 0.03
ON_MARK_M = (0.12, 0.14)
WALKED_M = 0.2


def _lifted(now: Situation) -> bool:
    return now.place_m("carton")[2] > TABLE_TOP_M + HALF_M[2] + LIFTED_M


def _carried(now: Situation) -> bool:
    return _lifted(now) and now.state.T_world_pelvis[1] > WALKED_M


def _over_mark(now: Situation) -> bool:
    return within(now, "carton", MARK_M, ON_MARK_M)


def _placed(now: Situation) -> bool:
    at_rest = standing(now, "carton", TABLE_TOP_M + HALF_M[2])
    return _over_mark(now) and at_rest and free(now, "left", "right")


class CarryBox(TaskScene):
    """A carton ahead, the mark half a metre to the left: both arms, and steps sideways."""

    name = "carry_box"
    title = "Carry a carton"
    instructions = (
        "Carry the carton with both arms to the red mark.",
        "Lift the carton, walk left and put it on the mark.",
    )
    time_limit_s = 50.0
    goal_m = (*MARK_M, TABLE_TOP_M)
    """Where the bottom of the carton is to be."""
    support_m = TABLE_TOP_M
    """Height of what the carton stands on at first."""
    half_width_m = HALF_M[1]
    """Of the carton, from its middle to the sides that the palms press."""
    subtasks = (
        Subtask("lift", "lift the carton off the table", _lifted, hold_s=0.3),
        Subtask("walk", "carry it to the left", _carried),
        Subtask("arrive", "bring it over the mark", _over_mark),
        Subtask("place", "let it stand on the mark, released", _placed, hold_s=0.5),
    )

    def make_things(self, rng: np.random.Generator) -> Iterable[Thing]:
        """Yield the carton."""
        self.homes["carton"] = Home(0.455, 0.0, self.support_m, spread_m=(0.015, 0.02), spread_rad=0.06)
        yield carton("carton", resized(HALF_M, self.level, rng), 0.4, painter(cardboard, self.level, rng))

    def build(self, body: mujoco.MjSpec, paint: np.random.Generator) -> None:
        """Add the table and the mark on it."""
        add_table(body, paint)
        add_mark_material(body, paint)
        add_mark(body, "table_mark", MARK_M, MARK_HALF_M, TABLE_TOP_M)
