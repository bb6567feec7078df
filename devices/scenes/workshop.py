"""The default scene: a workshop with a table, a shelf, a push cart and things to grasp."""

import mujoco
import numpy as np

from devices.scenes.furniture import (
    CART_START_M,
    SHELF_BOARDS_M,
    SHELF_CENTRE_M,
    TABLE_TOP_M,
    add_cart,
    add_room,
    add_shelf,
    add_steel,
    add_table,
    reset_cart,
)
from devices.scenes.objects import workshop_things
from devices.scenes.options import place, set_options

PAINT_SEED = 7
"""The look of the room is the same whatever the seed of its objects."""
JITTER_M = 0.015
JITTER_RAD = 0.35
DROP_M = 0.001
"""Things start this far above their support, so that they never start inside it."""

# name: x, y [m] and height of the support [m]; the table's front edge is at x = 0.35.
HOMES = {
    "tea_box": (0.41, 0.17, TABLE_TOP_M),
    "soup_can": (0.41, -0.15, TABLE_TOP_M),
    "ball": (0.42, 0.01, TABLE_TOP_M),
    "mug": (0.56, 0.12, TABLE_TOP_M),
    "bottle": (0.58, -0.22, TABLE_TOP_M),
    "block": (0.54, -0.06, TABLE_TOP_M),
    "carry_box": (0.52, 0.50, TABLE_TOP_M),
    "parcel": (SHELF_CENTRE_M[0] - 0.2, SHELF_CENTRE_M[1] - 0.05, SHELF_BOARDS_M[0]),
    "paint_tin": (SHELF_CENTRE_M[0] + 0.2, SHELF_CENTRE_M[1] - 0.06, SHELF_BOARDS_M[1]),
}


class Workshop:
    """Furnishes a robot's MuJoCo body with a room, and places the objects by seed."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self._things = workshop_things()
        self.objects: tuple[str, ...] = (*(thing.name for thing in self._things), "cart")

    def furnish(self, body: mujoco.MjSpec) -> mujoco.MjSpec:
        """Add the room, furniture and objects around `body` (a robot at the origin facing +x); return it."""
        paint = np.random.default_rng(PAINT_SEED)
        set_options(body)
        # Drawn in this order: what is near hides what is behind it, so that a CPU need not paint it.
        for thing in self._things:
            thing.add_to(body, paint)
            x, y, support_m = HOMES[thing.name]
            body.body(thing.name).pos = [x, y, support_m + thing.half_height_m + DROP_M]
        add_steel(body)
        add_table(body, paint)
        add_cart(body, paint)
        add_shelf(body, paint)
        add_room(body, paint)
        return body

    def reset(self, model: mujoco.MjModel, data: mujoco.MjData, rng: np.random.Generator) -> None:
        """Put every object near its home, at rest, moved and turned a little at random."""
        for thing in self._things:
            x, y, support_m = HOMES[thing.name]
            dx, dy = rng.uniform(-JITTER_M, JITTER_M, 2)
            yaw = rng.uniform(-JITTER_RAD, JITTER_RAD)
            pose = (
                x + dx,
                y + dy,
                support_m + thing.half_height_m + DROP_M,
                np.cos(yaw / 2),
                0,
                0,
                np.sin(yaw / 2),
            )
            place(model, data, thing.name, pose)
        reset_cart(model, data, CART_START_M)
