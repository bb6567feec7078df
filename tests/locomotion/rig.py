"""A simulated G1 on a plain floor, driven through the real safety limits."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import mujoco
import numpy as np

from backend.core.contracts.command import JointTarget
from backend.core.contracts.robot import RobotState
from backend.core.locomotion.controller import LocomotionController
from backend.core.locomotion.dcm_wbc import DcmWholeBody
from backend.core.safety.safety import Safety
from backend.runtime.simulation import Simulation
from devices.robots.sim_g1 import SimG1
from devices.scenes.empty import Empty

SPEC = SimG1.spec
LAYOUT = SPEC.layout
CONTROL_S = 0.01


@lru_cache
def floor_model() -> mujoco.MjModel:
    return Empty().furnish(SimG1.build_body(SPEC)).compile()


class Rig:
    """Drives a `Simulation` with an operator's wishes in simulated time."""

    def __init__(
        self,
        controller: LocomotionController | None = None,
        model: mujoco.MjModel | None = None,
        scene: Any = None,
    ) -> None:
        self.world = Simulation(
            SPEC, model or floor_model(), scene or Empty(), controller or DcmWholeBody(SPEC)
        )
        self.safety = Safety(SPEC, CONTROL_S)
        self.action = self.safety.action.copy()
        """The wish; change it at will, but heading and velocity are `run`'s."""
        self.connected = True
        self.steps = 0
        self.watch: Callable[[], None] = lambda: None
        """Called after every physics step."""

    @property
    def now_ns(self) -> int:
        return round(self.steps * self.world.dt_s * 1e9)

    @property
    def state(self) -> RobotState:
        return self.world.state(self.now_ns)

    @property
    def place(self) -> np.ndarray:
        """x, y [m] and yaw [rad] of the pelvis."""
        x, y, _, qx, qy, qz, qw = self.state.T_world_pelvis
        return np.array([x, y, np.arctan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz))])

    def run(
        self,
        duration_s: float,
        velocity: tuple[float, float, float] = (0.0, 0.0, 0.0),
        push_n: tuple[float, float, float] = (0.0, 0.0, 0.0),
        push_s: float = 0.1,
    ) -> None:
        """Drive on at `velocity`, with a push on the torso at the beginning."""
        self.action[LAYOUT.velocity] = velocity
        torso = self.world.model.body(SPEC.torso_link).id
        every = round(CONTROL_S / self.world.dt_s)
        for step in range(round(duration_s / self.world.dt_s)):
            if self.steps % every == 0 and self.connected:
                self.action[LAYOUT.target_yaw] += velocity[2] * CONTROL_S
                target = JointTarget(t_ns=self.now_ns, action=self.action.copy())
                self.world.command(self.safety.follow(target, self.now_ns)[0], self.now_ns)
            self.world.data.xfrc_applied[torso, :3] = np.array(push_n) * (step * self.world.dt_s < push_s)
            self.world.step(self.now_ns)
            self.steps += 1
            self.watch()

    def glide(self, part: slice, goal: np.ndarray | float, duration_s: float) -> None:
        """Move one part of the wish to `goal` at a steady rate while standing."""
        start = self.action[part].copy()
        ticks = round(duration_s / CONTROL_S)
        for tick in range(1, ticks + 1):
            self.action[part] = start + (goal - start) * tick / ticks
            self.run(CONTROL_S)
