"""Furniture that only tasks need: stands and marks."""

import mujoco
import numpy as np

from devices.scenes.textures import add_material, wood

BOARD_HALF_M = 0.008
SIDE_HALF_M = 0.006
MARK_HALF_M = 0.0005

_BOX = mujoco.mjtGeom.mjGEOM_BOX


def add_mark_material(body: mujoco.MjSpec, paint: np.random.Generator) -> None:
    """Add the red wood of which everything is made that a task's goal is on."""
    add_material(body, "mark", wood((0.85, 0.30, 0.16), paint, planks=2, size=128), specular=0.2)


def add_stand(
    body: mujoco.MjSpec,
    name: str,
    place_m: tuple[float, float],
    half_m: tuple[float, float],
    top_m: float,
    foot_m: float = 0.0,
    material: str = "mark",
) -> None:
    """Add a board on two sides.

    Args:
        body: Where to add it.
        name: Of its body.
        place_m: x, y of its middle.
        half_m: Half sizes of the board.
        top_m: Height of the top of the board.
        foot_m: Height of what it stands on.
        material: Of board and sides.
    """
    stand = body.worldbody.add_body(name=name, pos=[*place_m, 0])
    half_x, half_y = half_m
    stand.add_geom(
        name=f"{name}_board",
        type=_BOX,
        size=[half_x, half_y, BOARD_HALF_M],
        pos=[0, 0, top_m - BOARD_HALF_M],
        material=material,
        friction=[0.9, 0.01, 0.001],
    )
    side_m = (top_m - 2 * BOARD_HALF_M - foot_m) / 2
    for y in (-1, 1):
        stand.add_geom(
            type=_BOX,
            size=[half_x, SIDE_HALF_M, side_m],
            pos=[0, y * (half_y - SIDE_HALF_M), foot_m + side_m],
            material=material,
        )


def add_mark(
    body: mujoco.MjSpec, name: str, place_m: tuple[float, float], half_m: tuple[float, float], height_m: float
) -> None:
    """Add a painted rectangle that nothing touches."""
    body.worldbody.add_geom(
        name=name,
        type=_BOX,
        size=[*half_m, MARK_HALF_M],
        pos=[*place_m, height_m + MARK_HALF_M],
        material="mark",
        contype=0,
        conaffinity=0,
    )
