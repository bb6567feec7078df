"""A G1 whose pelvis is bolted down in the workshop: arms and hands by joint PD, nothing else helps."""

import mujoco
import numpy as np

from backend.core.hands.dex3 import hand_pose
from backend.core.locomotion.dcm_wbc import HAND_SERVO
from devices.robots.sim_g1 import SimG1
from devices.scenes.workshop import Workshop

# Stiff arms on a bolted pelvis; the hands' gains are those the robot runs with.
ARM_KP, ARM_KD = 120.0, 2.5
WRIST_KP, WRIST_KD = 40.0, 0.8
WAIST_KP, WAIST_KD = 400.0, 8.0


class Rig:
    """Moves both palms along straight lines and opens and closes the hands."""

    def __init__(self, seed: int = 0) -> None:
        self.spec = SimG1.spec
        body = SimG1.build_body(self.spec, None)
        body.delete(next(joint for joint in body.joints if joint.type == mujoco.mjtJoint.mjJNT_FREE))
        self.scene = Workshop()
        self.model = self.scene.furnish(body).compile()
        self.data = mujoco.MjData(self.model)
        self.scene.reset(self.model, self.data, np.random.default_rng(seed))
        self._q = np.array([self.model.joint(name).qposadr[0] for name in self.spec.joints])
        self._v = np.array([self.model.joint(name).dofadr[0] for name in self.spec.joints])
        self._arm = np.array([name in self.spec.arm_joints or "waist" in name for name in self.spec.joints])
        self.target_rad = self.spec.neutral_rad.copy()
        self.data.qpos[self._q] = self.target_rad
        self._kp, self._kd = np.array([_gains(name) for name in self.spec.joints]).T
        mujoco.mj_forward(self.model, self.data)

    def step(self, seconds: float) -> None:
        """Run physics with joint PD towards `target_rad` and gravity compensation."""
        for _ in range(round(seconds / self.model.opt.timestep)):
            error = self.target_rad - self.data.qpos[self._q]
            torque = self._kp * error - self._kd * self.data.qvel[self._v] + self.data.qfrc_bias[self._v]
            self.data.ctrl[:] = torque
            mujoco.mj_step(self.model, self.data)

    def palm(self, side: str) -> np.ndarray:
        """Return the palm's position in the world."""
        return self.data.body(f"{side}_hand_palm_link").xpos.copy()

    def body(self, name: str) -> np.ndarray:
        """Return the position of a body in the world."""
        return self.data.body(name).xpos.copy()

    def grip(self, side: str, closure: float, seconds: float = 0.8, pinch: float = 0.0) -> None:
        """Close a hand as an operator does, from 0 (open) to 1, gradually."""
        names = tuple(name for name in self.spec.hand_joints if name.startswith(side))
        index = np.array([self.spec.index(name) for name in names])
        begin, end = self.target_rad[index], hand_pose(names, closure, pinch)
        for fraction in np.linspace(0, 1, 20):
            self.target_rad[index] = begin + fraction * (end - begin)
            self.step(seconds / 20)

    def move(self, goals: dict[str, np.ndarray], seconds: float, yaw_rad: float = 0.0) -> None:
        """Move palms to `goals` (side: position in the world), palms upright and `yaw_rad` turned inward."""
        starts = {side: self._planned_palm(side) for side in goals}
        count = max(2, round(seconds / 0.02))
        for fraction in np.linspace(0, 1, count):
            blend = fraction * fraction * (3 - 2 * fraction)
            wanted = {side: starts[side] + blend * (goals[side] - starts[side]) for side in goals}
            self._solve(wanted, yaw_rad)
            self.step(seconds / count)

    def _planned_palm(self, side: str) -> np.ndarray:
        plan = self._plan()
        return plan.body(f"{side}_hand_palm_link").xpos.copy()

    def _plan(self) -> mujoco.MjData:
        plan = mujoco.MjData(self.model)
        plan.qpos[:] = self.data.qpos
        plan.qpos[self._q] = self.target_rad
        mujoco.mj_kinematics(self.model, plan)
        mujoco.mj_comPos(self.model, plan)
        return plan

    def _solve(self, wanted: dict[str, np.ndarray], yaw_rad: float) -> None:
        """Damped least squares over waist and arms, on the target alone."""
        plan = self._plan()
        columns = np.flatnonzero(self._arm)
        for _ in range(20):
            rows, errors = [], []
            for side, position in wanted.items():
                body = self.model.body(f"{side}_hand_palm_link").id
                jacobian = np.zeros((6, self.model.nv))
                mujoco.mj_jacBody(self.model, plan, jacobian[:3], jacobian[3:], body)
                turn = yaw_rad if side == "right" else -yaw_rad
                goal = np.array([np.cos(turn / 2), 0, 0, np.sin(turn / 2)])
                rotation, inverse = np.zeros(3), np.zeros(4)
                mujoco.mju_negQuat(inverse, plan.xquat[body])
                mujoco.mju_mulQuat(goal, goal.copy(), inverse)
                mujoco.mju_quat2Vel(rotation, goal, 1.0)
                rows.append(jacobian[:, self._v[columns]])
                errors.append(np.concatenate([position - plan.xpos[body], 0.5 * rotation]))
            jacobian, error = np.concatenate(rows), np.concatenate(errors)
            damping = 1e-3 * np.eye(len(error))
            step = jacobian.T @ np.linalg.solve(jacobian @ jacobian.T + damping, error)
            moved = self.target_rad[columns] + np.clip(step, -0.1, 0.1)
            self.target_rad[columns] = np.clip(
                moved, self.spec.lower_rad[columns], self.spec.upper_rad[columns]
            )
            plan.qpos[self._q] = self.target_rad
            mujoco.mj_kinematics(self.model, plan)
            mujoco.mj_comPos(self.model, plan)


def _gains(joint: str) -> tuple[float, float]:
    for part, gains in (
        ("hand", HAND_SERVO),
        ("wrist", (WRIST_KP, WRIST_KD)),
        ("waist", (WAIST_KP, WAIST_KD)),
    ):
        if part in joint:
            return gains
    return ARM_KP, ARM_KD
