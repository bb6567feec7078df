"""A task in simulation: a scene with a goal, its ordered subtasks, and how to see that each is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotState
from backend.core.contracts.world import WorldState

LEVELS = (0, 1, 2)
"""How much varies: 0 poses a little; 1 poses more, colours, light; 2 shapes, cameras and clutter as well."""


@dataclass(frozen=True)
class Situation:
    """World and robot at one instant, with the world a moment earlier to tell what moves."""

    world: WorldState
    state: RobotState
    earlier: WorldState

    def pose(self, thing: str) -> Array:
        """Return T_world_thing (7,); raises ValueError with the names there are."""
        return self._pose(self.world, thing)

    def place_m(self, thing: str) -> Array:
        """Return where a thing is, (3,) in the world."""
        return self.pose(thing)[:3]

    def upright(self, thing: str) -> float:
        """Return the cosine of a thing's tilt: 1 when it stands as at the beginning."""
        _, _, _, qx, qy, _, _ = self.pose(thing)
        return float(1 - 2 * (qx * qx + qy * qy))

    def speed_m_s(self, thing: str) -> float:
        """Return how fast a thing has moved since `earlier`."""
        dt_s = max(self.world.t_ns - self.earlier.t_ns, 1) * 1e-9
        return float(np.linalg.norm(self.place_m(thing) - self._pose(self.earlier, thing)[:3])) / dt_s

    def squeeze_n(self, side: str) -> float:
        """Return with what force a hand (`left`, `right`) holds something between thumb and fingers."""
        thumb, middle, index = self._fingers_n(side)
        return float(min(thumb, max(middle, index)))

    def touch_n(self, side: str) -> float:
        """Return the sum of the contact forces on the fingers of a hand."""
        return float(self._fingers_n(side).sum())

    def _fingers_n(self, side: str) -> Array:
        return self.state.hand_force_n.reshape(2, -1)[("left", "right").index(side)]

    @staticmethod
    def _pose(world: WorldState, thing: str) -> Array:
        if thing not in world.objects:
            raise ValueError(f"no object {thing!r} in this world; it has {', '.join(world.objects)}")
        return world.object_poses.reshape(-1, 7)[world.objects.index(thing)]


@dataclass(frozen=True)
class Subtask:
    """One step of a task, done when `done` has held for `hold_s` without a break."""

    name: str
    text: str
    """In words, for reports: `lift the box`."""
    done: Callable[[Situation], bool]
    hold_s: float = 0.1


class Task(Protocol):
    """A scene (`furnish`, `objects`, `reset`) with a goal; built with a seed and a level.

    What a model looks like and is made of is fixed by the constructor, where things stand by `reset`.
    """

    name: str
    """Its name in the catalogue."""
    title: str
    instructions: tuple[str, ...]
    """Ways to say what is to be done; the first is the standard one."""
    time_limit_s: float
    subtasks: tuple[Subtask, ...]
    """In the order in which they must be done; the last one is the goal."""
    objects: tuple[str, ...]
    """Bodies that can move."""
    seed: int
    level: int

    def furnish(self, body: Any) -> Any:
        """Add the scene around `body`, the robot's MuJoCo spec; return it."""

    def reset(self, model: Any, data: Any, rng: np.random.Generator) -> None:
        """Put everything where it starts, at rest."""
