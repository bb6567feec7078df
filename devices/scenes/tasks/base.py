"""What all task scenes share: the workshop's room, things placed at random, and the levels of variation."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

import mujoco
import numpy as np

from backend.core.contracts.task import LEVELS, Subtask
from devices.scenes.furniture import TABLE_TOP_M, add_room, add_steel
from devices.scenes.objects import Thing
from devices.scenes.options import place, set_options
from devices.scenes.tasks.variation import distractors, move_cameras, repaint

PAINT_SEED = 7
"""At level 0 the look of the room is the same whatever the seed."""
DROP_M = 0.001
SPREAD = (1.0, 1.3, 1.6)
"""How far things are moved from their homes at each level, in units of the home's own spread."""
DISTRACTOR_PLACES_M = ((0.72, -0.45), (0.80, 0.0), (0.72, 0.45))


@dataclass(frozen=True)
class Home:
    """Where a thing stands: centre x, y and height of the support [m], heading, and spreads at level 0."""

    x_m: float
    y_m: float
    support_m: float
    spread_m: tuple[float, float]
    spread_rad: float
    yaw_rad: float = 0.0


class TaskScene(ABC):
    """A scene with a goal; see `backend.core.contracts.task.Task`.

    A task fills the class variables and says in `build` what stands in the room.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    instructions: ClassVar[tuple[str, ...]]
    time_limit_s: ClassVar[float]
    subtasks: ClassVar[tuple[Subtask, ...]]

    def __init__(self, seed: int = 0, level: int = 0) -> None:
        """Draw what this scene is made of.

        Args:
            seed: Of looks and shapes; where things stand is drawn by `reset`.
            level: One of `LEVELS`.

        Raises:
            ValueError: `level` is none of `LEVELS`; says which are.
        """
        if level not in LEVELS:
            raise ValueError(f"no level {level!r}; allowed: {', '.join(map(str, LEVELS))}")
        self.seed = seed
        self.level = level
        rng = self._rng("things")
        self.homes: dict[str, Home] = {}
        self.things = tuple(self.make_things(rng))
        self._distractors: tuple[Thing, ...] = distractors(rng) if level >= 2 else ()

    @property
    def objects(self) -> tuple[str, ...]:
        """Bodies that can move."""
        return tuple(thing.name for thing in (*self.things, *self._distractors))

    @abstractmethod
    def make_things(self, rng: np.random.Generator) -> Iterable[Thing]:
        """Yield what can be moved, and enter where it stands into `homes`."""

    @abstractmethod
    def build(self, body: mujoco.MjSpec, paint: np.random.Generator) -> None:
        """Add the furniture to `body`."""

    def furnish(self, body: mujoco.MjSpec) -> mujoco.MjSpec:
        """Add the scene around `body` (a robot at the origin facing +x); return it."""
        set_options(body)
        paint = np.random.default_rng(PAINT_SEED)
        for thing in (*self.things, *self._distractors):
            thing.add_to(body, paint)
        add_steel(body)
        self.build(body, paint)
        add_room(body, paint)
        rng = self._rng("looks")
        if self.level >= 1:
            repaint(body, rng)
        if self.level >= 2:
            move_cameras(body, rng)
        return body

    def reset(self, model: mujoco.MjModel, data: mujoco.MjData, rng: np.random.Generator) -> None:
        """Put everything near its home, at rest."""
        spread = SPREAD[self.level]
        for thing in self.things:
            home = self.homes[thing.name]
            x, y = np.array([home.x_m, home.y_m]) + spread * rng.uniform(-1, 1, 2) * home.spread_m
            yaw = home.yaw_rad + spread * rng.uniform(-1, 1) * home.spread_rad
            place(model, data, thing.name, _standing(x, y, home.support_m + thing.half_height_m, yaw))
        places = rng.permutation(np.array(DISTRACTOR_PLACES_M))
        for thing, (x, y) in zip(self._distractors, places, strict=False):
            pose = _standing(x, y, TABLE_TOP_M + thing.half_height_m, rng.uniform(-np.pi, np.pi))
            place(model, data, thing.name, pose)

    def _rng(self, purpose: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, *purpose.encode()])


def _standing(x: float, y: float, z: float, yaw: float) -> tuple[float, ...]:
    return (float(x), float(y), z + DROP_M, float(np.cos(yaw / 2)), 0.0, 0.0, float(np.sin(yaw / 2)))
