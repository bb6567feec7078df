"""A gantry: a soft rope that keeps the pelvis up and upright where it started."""

import mujoco
import numpy as np

from backend.runtime.simulation import Simulation

STIFFNESS_N_M = 4000.0
DAMPING_N_S_M = 600.0
STIFFNESS_NM_RAD = 400.0
DAMPING_NM_S = 40.0


class Gantry:
    """Pulls the pelvis of a simulated robot to the place where it stood when the gantry was made."""

    def __init__(self, simulation: Simulation) -> None:
        self._data = simulation.data
        self._pelvis = simulation.model.body("pelvis").id
        self._home_m = self._data.xpos[self._pelvis].copy()
        self._velocity = np.zeros(6)
        self._model = simulation.model

    def pull(self) -> None:
        """Set the force of the next physics step."""
        data, pelvis = self._data, self._pelvis
        mujoco.mj_objectVelocity(self._model, data, mujoco.mjtObj.mjOBJ_XBODY, pelvis, self._velocity, 0)
        turn, move = self._velocity[:3], self._velocity[3:]
        tilt = np.cross(data.xmat[pelvis].reshape(3, 3)[:, 2], (0.0, 0.0, 1.0))
        force = STIFFNESS_N_M * (self._home_m - data.xpos[pelvis]) - DAMPING_N_S_M * move
        data.xfrc_applied[pelvis] = (*force, *(STIFFNESS_NM_RAD * tilt - DAMPING_NM_S * turn))
