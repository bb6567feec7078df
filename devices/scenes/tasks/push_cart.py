"""Take the handle of the cart and push it onto the mark on the floor."""

from collections.abc import Iterable

import mujoco
import numpy as np

from backend.core.contracts.task import Situation, Subtask
from devices.scenes.furniture import CART_HANDLE_M, add_cart, reset_cart
from devices.scenes.objects import Thing
from devices.scenes.tasks.base import SPREAD, TaskScene
from devices.scenes.tasks.fixtures import add_mark, add_mark_material
from devices.scenes.tasks.predicates import AT_REST_M_S, free, held

CART_M = (0.78, 0.0)
CART_SPREAD_M = (0.03, 0.02)
CART_SPREAD_RAD = 0.04
MARK_M = (1.75, 0.0)
MARK_HALF_M = (0.42, 0.34)
ON_MARK_M = 0.16
"""How far the middle of the cart may be from that of the mark, along and across."""
ROLLING_M = 0.25
WHEEL_FRICTION_NM = 0.08
"""Soft tyres: a cart that is let go comes to rest within centimetres."""


def _on_mark(now: Situation) -> bool:
    return bool(np.all(np.abs(now.place_m("cart")[:2] - MARK_M) < ON_MARK_M))


def _taken(now: Situation) -> bool:
    return held(now, "left") and held(now, "right")


def _rolling(now: Situation) -> bool:
    return now.place_m("cart")[0] > CART_M[0] + ROLLING_M


def _left(now: Situation) -> bool:
    return _on_mark(now) and now.speed_m_s("cart") < AT_REST_M_S and free(now, "left", "right")


class PushCart(TaskScene):
    """A cart ahead of the robot, a mark a metre further: both hands, and steps."""

    name = "push_cart"
    title = "Push the cart"
    instructions = (
        "Push the cart onto the red mark.",
        "Take the handle and push the cart to the mark on the floor.",
    )
    time_limit_s = 45.0
    goal_m = (*MARK_M, 0.0)
    """Where the middle of the cart is to be."""
    handle_m = CART_HANDLE_M
    """x and z of the handle bar in the cart's frame."""
    subtasks = (
        Subtask(
            "grasp", "take the handle with both hands", lambda now: held(now, "left") and held(now, "right")
        ),
        Subtask("push", "set the cart rolling", _rolling),
        Subtask("arrive", "bring the cart onto the mark", _on_mark),
        Subtask("leave", "let go; the cart rests on the mark", _left, hold_s=0.5),
    )

    def make_things(self, rng: np.random.Generator) -> Iterable[Thing]:
        """Yield nothing: the cart is furniture on wheels."""
        return ()

    def build(self, body: mujoco.MjSpec, paint: np.random.Generator) -> None:
        """Add the cart and the mark."""
        add_cart(body, paint)
        for side in ("left", "right"):
            body.joint(f"cart_wheel_{side}").frictionloss = WHEEL_FRICTION_NM
        add_mark_material(body, paint)
        add_mark(body, "floor_mark", MARK_M, MARK_HALF_M, 0.0)

    @property
    def objects(self) -> tuple[str, ...]:
        """The cart, and what has no part in the task."""
        return ("cart", *super().objects)

    def reset(self, model: mujoco.MjModel, data: mujoco.MjData, rng: np.random.Generator) -> None:
        """Put the cart near its place, at rest."""
        super().reset(model, data, rng)
        spread = SPREAD[self.level]
        place_m = np.array(CART_M) + spread * rng.uniform(-1, 1, 2) * CART_SPREAD_M
        reset_cart(model, data, tuple(place_m.tolist()), float(spread * rng.uniform(-1, 1) * CART_SPREAD_RAD))
