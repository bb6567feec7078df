"""An empty floor: for tests of the legs and for newcomers who only want to walk."""

import mujoco
import numpy as np


class Empty:
    """A floor and a light."""

    objects: tuple[str, ...] = ()

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def furnish(self, body: mujoco.MjSpec) -> mujoco.MjSpec:
        """Put the floor under the robot."""
        body.worldbody.add_geom(
            name="floor",
            type=mujoco.mjtGeom.mjGEOM_PLANE,
            size=[0.0, 0.0, 0.05],
            friction=[1.0, 0.02, 0.001],
            rgba=[0.55, 0.57, 0.6, 1.0],
        )
        body.worldbody.add_light(
            pos=[0.0, 0.0, 3.5],
            dir=[0.0, 0.0, -1.0],
            type=mujoco.mjtLightType.mjLIGHT_DIRECTIONAL,
            castshadow=False,
        )
        return body

    def reset(self, model: mujoco.MjModel, data: mujoco.MjData, rng: np.random.Generator) -> None:
        """Do nothing: there are no objects to place."""
