"""What the simulated robot measures, read out of MuJoCo."""

import math
from typing import Any

import mujoco
import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.world import WorldState

FINGERS = ("thumb", "middle", "index")
SIDES = ("left", "right")


class Sensors:
    """Knows where everything is in MuJoCo's vectors."""

    def __init__(self, spec: RobotSpec, model: mujoco.MjModel, objects: tuple[str, ...]) -> None:
        self._model = model
        self.q_index: Array = np.array([model.joint(name).qposadr[0] for name in spec.joints])
        self.v_index: Array = np.array([model.joint(name).dofadr[0] for name in spec.joints])
        self._torso = model.body(spec.torso_link).id
        self._pelvis = model.body("pelvis").id
        free = model.body_jntadr[self._pelvis]
        self.base_q = int(model.jnt_qposadr[free])
        self.base_v = int(model.jnt_dofadr[free])
        self._objects = objects
        self._object_ids = np.array([model.body(name).id for name in objects], dtype=int)
        feet = [model.body(link).id for link in (spec.left_foot_link, spec.right_foot_link)]
        self._soles = np.flatnonzero(np.isin(model.geom_bodyid, feet) & (model.geom_contype > 0))
        self._finger = _finger_of_geom(model)

    def measure(self, data: mujoco.MjData) -> dict[str, Any]:
        """Return every measured field of `RobotState`; its arrays are read-only."""
        base = data.qpos[self.base_q : self.base_q + 7]
        rotation = data.xmat[self._pelvis].reshape(3, 3)
        speed = data.qvel[self.base_v : self.base_v + 6]
        yaw = math.atan2(rotation[1, 0], rotation[0, 0])
        measured = {
            "q_rad": data.qpos[self.q_index],
            "dq_rad_s": data.qvel[self.v_index],
            "tau_nm": data.qfrc_actuator[self.v_index],
            "T_world_pelvis": base[[0, 1, 2, 4, 5, 6, 3]],
            "base_twist": np.concatenate((speed[:3], rotation @ speed[3:])),
            "torso_rpy_rad": _rpy_rad(_yaw_matrix(-yaw) @ data.xmat[self._torso].reshape(3, 3)),
            "hand_force_n": self._hand_force_n(data),
        }
        for array in measured.values():
            array.setflags(write=False)
        return measured | {"base_height_m": float(base[2])}

    def world_state(self, data: mujoco.MjData, now_ns: int, seq: int, real_time_factor: float) -> WorldState:
        """Return poses of the objects and the full configuration."""
        poses = np.hstack((data.xpos[self._object_ids], data.xquat[self._object_ids][:, [1, 2, 3, 0]]))
        return WorldState(
            t_ns=now_ns,
            seq=seq,
            objects=self._objects,
            object_poses=poses.ravel(),
            qpos=data.qpos.copy(),
            real_time_factor=real_time_factor,
        )

    def lowest_sole_m(self, data: mujoco.MjData) -> float:
        """Return the height of the lowest point of both feet."""
        return float(np.min(data.geom_xpos[self._soles, 2] - self._model.geom_size[self._soles, 0]))

    def _hand_force_n(self, data: mujoco.MjData) -> Array:
        force = np.zeros(len(SIDES) * len(FINGERS))
        fingers = self._finger[data.contact.geom].max(axis=1)
        wrench = np.zeros(6)
        for contact in np.flatnonzero(fingers >= 0):
            mujoco.mj_contactForce(self._model, data, contact, wrench)
            force[fingers[contact]] += np.linalg.norm(wrench[:3])
        return force


def _finger_of_geom(model: mujoco.MjModel) -> Array:
    """Return for each geom the number of the finger it belongs to, or -1."""
    names = [f"{side}_hand_{finger}" for side in SIDES for finger in FINGERS]
    bodies = [model.body(body).name for body in model.geom_bodyid]
    return np.array(
        [next((i for i, name in enumerate(names) if body.startswith(name)), -1) for body in bodies]
    )


def _yaw_matrix(yaw_rad: float) -> Array:
    c, s = math.cos(yaw_rad), math.sin(yaw_rad)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def _rpy_rad(rotation: Array) -> Array:
    """Return roll, pitch, yaw of R = Rz(yaw) Ry(pitch) Rx(roll)."""
    return np.array(
        [
            math.atan2(rotation[2, 1], rotation[2, 2]),
            math.asin(min(max(-rotation[2, 0], -1.0), 1.0)),
            math.atan2(rotation[1, 0], rotation[0, 0]),
        ]
    )
