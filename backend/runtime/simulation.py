"""Robot, scene and locomotion controller in one simulated world, without processes or clocks.

The world process drives it in real time; soak tests and headless rollouts drive it as fast as it goes.
"""

from typing import Any

import mujoco
import numpy as np

from backend.core.contracts.command import Command, MotorCommand
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.contracts.world import SceneShapes, WorldState
from backend.core.locomotion.controller import LocomotionController
from backend.runtime.scene_shapes import scene_shapes
from backend.runtime.sim_sensors import Sensors
from backend.runtime.watchdog import CommandWatch


class Simulation:
    """Steps physics; runs the controller at its own rate; watches the age of the commands.

    Args:
        spec: The robot.
        model: Compiled robot and scene, with motors named after `spec.joints`.
        scene: The scene that furnished the model: `objects` and `reset`.
        controller: Locomotion controller.
        seed: Of the object placement.
    """

    def __init__(
        self,
        spec: RobotSpec,
        model: mujoco.MjModel,
        scene: Any,
        controller: LocomotionController,
        seed: int = 0,
    ) -> None:
        self.spec = spec
        self.model = model
        self.data = mujoco.MjData(model)
        self.controller = controller
        self.dt_s: float = model.opt.timestep
        self._scene = scene
        self._sensors = Sensors(spec, model, scene.objects)
        self._every = max(1, round(1.0 / (controller.manifest.rate_hz * self.dt_s)))
        self._motor_ids = np.array([model.actuator(name).id for name in spec.joints])
        self._robot_geoms = np.isin(model.geom_bodyid, _subtree(model, "pelvis"))
        self._floor_geoms = model.geom_type == mujoco.mjtGeom.mjGEOM_PLANE
        self._watch = CommandWatch()
        self._seq = 0
        self._measured: dict[str, Any] | None = None
        self.reset_scene(seed)

    def command(self, command: Command, now_ns: int) -> None:
        """Take the newest command. Repeating one does not keep the watchdog quiet."""
        self._watch.take(command, now_ns)

    def step(self, now_ns: int) -> None:
        """Advance physics by `dt_s`; `now_ns` is the age reference of commands."""
        if self._tick % self._every == 0:
            self.stopped_by_watchdog = self._watch.stopped(now_ns)
            command = self._watch.current(now_ns)
            self._motors = self.controller.update(self._measure(now_ns), command, self._every * self.dt_s)
        self._tick += 1
        motors, data = self._motors, self.data
        q, dq = data.qpos[self._sensors.q_index], data.qvel[self._sensors.v_index]
        data.ctrl[self._motor_ids] = (
            motors.tau_nm + motors.kp * (motors.q_rad - q) + motors.kd * (motors.dq_rad_s - dq)
        )
        mujoco.mj_step(self.model, data)
        self._measured = None

    def state(self, now_ns: int) -> RobotState:
        """Measure the robot, for publishing: every call counts up `seq`."""
        self._seq += 1
        return self._measure(now_ns)

    def _measure(self, now_ns: int) -> RobotState:
        # What is published after a step is what the controller sees before the next one: measured once.
        if self._measured is None:
            self._measured = self._sensors.measure(self.data)
        return RobotState(
            t_ns=now_ns,
            seq=self._seq,
            **self._measured,
            locomotion=self.controller.mode,
            locomotion_note=self.controller.note,
            command_seq=self._watch.seq,
            stopped_by_watchdog=self.stopped_by_watchdog,
        )

    def world_state(self, now_ns: int, seq: int, real_time_factor: float = 1.0) -> WorldState:
        """Return objects and the full configuration."""
        return self._sensors.world_state(self.data, now_ns, seq, real_time_factor)

    def shapes(self) -> SceneShapes:
        """Return what stands around the robot, to be drawn."""
        return scene_shapes(self.model, "pelvis", self._scene.objects)

    def reset_scene(self, seed: int) -> None:
        """Put objects and robot back to their starts."""
        mujoco.mj_resetData(self.model, self.data)
        self._scene.reset(self.model, self.data, np.random.default_rng(seed))
        self._stand(np.zeros(2), 0.0)

    def reset_robot(self) -> bool:
        """Stand the robot up where it is, or at its start when something is in the way there.

        Returns:
            Whether it could stay where it was.
        """
        self._measured = None  # It may have been put somewhere else without a step.
        state = self._measure(0)
        x, y, _, qx, qy, qz, qw = state.T_world_pelvis
        yaw = np.arctan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz))
        self._stand(np.array([x, y]), float(yaw))
        if not self._blocked():
            return True
        self._stand(np.zeros(2), 0.0)
        return False

    def _stand(self, place_m: Array, yaw_rad: float) -> None:
        """Put the robot on its feet in its neutral pose, at rest."""
        data, sensors = self.data, self._sensors
        data.qpos[sensors.q_index] = self.spec.neutral_rad
        data.qvel[sensors.v_index] = 0.0
        base = slice(sensors.base_q, sensors.base_q + 7)
        turn = (np.cos(yaw_rad / 2), 0.0, 0.0, np.sin(yaw_rad / 2))
        data.qpos[base] = (*place_m, self.spec.nominal_height_m, *turn)
        data.qvel[sensors.base_v : sensors.base_v + 6] = 0.0
        data.ctrl[:] = 0.0
        mujoco.mj_forward(self.model, data)
        data.qpos[sensors.base_q + 2] -= sensors.lowest_sole_m(data)
        mujoco.mj_forward(self.model, data)
        self._tick = 0
        self._measured = None
        self._watch.forget()
        self.stopped_by_watchdog = False
        self._motors: MotorCommand | None = None
        self.controller.reset(self._measure(0))

    def _blocked(self) -> bool:
        """Return whether the robot touches anything but the floor and itself."""
        pairs = self.data.contact.geom
        robot = self._robot_geoms[pairs]
        other = ~robot & ~self._floor_geoms[pairs]
        return bool(np.any(robot.any(axis=1) & other.any(axis=1)))


def _subtree(model: mujoco.MjModel, root: str) -> list[int]:
    """Return the ids of a body and everything attached to it."""
    root_id = model.body(root).id
    return [body for body in range(model.nbody) if model.body_rootid[body] == root_id]
