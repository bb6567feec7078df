"""One QP per tick: both wrists, torso, height and posture, inside every limit."""

from dataclasses import dataclass

import numpy as np
import pink
import pinocchio as pin
import qpsolvers
from pink.tasks import FrameTask, PostureTask, Task

from backend.core.contracts.intent import Intent
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.contracts.tick import IkReport
from backend.core.ik.approach import approach
from backend.core.ik.joint_box import JointBox
from backend.core.ik.model import BODY_JOINTS, BodyModel
from backend.core.ik.reach import Reach
from backend.core.ik.self_collision import SelfCollision
from backend.core.pose import transform
from backend.core.safety.limits import Limits

HELD_RAD = 1e-4
"""A policy's action that is changed by more than this is reported."""


@dataclass(frozen=True)
class IkConfig:
    """Weights and speeds. Costs are per metre or radian of displacement in one tick.

    The torso and the height weigh little beside the wrists: they help as soon as the arms alone
    cannot reach, and return to what the operator asked when they can.
    """

    wrist_position_cost: float = 8.0
    wrist_rotation_cost: float = 2.0
    torso_cost: float = 0.5
    height_cost: float = 1.5
    """Leaning is cheaper than squatting."""
    posture_cost: float = 0.03
    posture_rate_1_s: float = 1.0
    """How fast free motion of the elbows decays towards the neutral pose [1/s]."""
    lm_damping: float = 10.0
    """Below 1 the joints chatter when a target is out of reach; at 10 they rest."""
    wrist_speed: tuple[float, float] = (1.2, 5.0)
    """Linear [m/s] and angular [rad/s]."""
    wrist_acceleration: tuple[float, float] = (8.0, 40.0)
    """Linear [m/s^2] and angular [rad/s^2]."""


class WholeBodyIk:
    """Turns an Intent into arms, torso and height of the action, one small step per tick.

    It starts every tick from the action that was really sent, so nothing can wind up.
    """

    def __init__(self, spec: RobotSpec, limits: Limits, config: IkConfig | None = None) -> None:
        self._config = config = config or IkConfig()
        self._h = limits.period_s
        self.body = BodyModel(spec)
        place = self.body.to_action
        self.box = JointBox(
            limits.lower[place], limits.upper[place], limits.velocity[place], limits.acceleration[place]
        )
        self.self_collision = SelfCollision(spec, self.body, self.box)
        self._reach = Reach(spec, limits.lower[place], limits.upper[place], limits.period_s)
        neutral = np.zeros(len(place))
        neutral[0] = spec.nominal_height_m
        neutral[len(BODY_JOINTS) :] = [spec.neutral_rad[spec.index(name)] for name in spec.arm_joints]
        self.neutral = neutral
        self.configuration = pink.Configuration(self.body.model, self.body.model.createData(), neutral)
        self.wrist_tasks = [
            FrameTask(
                link,
                position_cost=config.wrist_position_cost,
                orientation_cost=config.wrist_rotation_cost,
                lm_damping=config.lm_damping,
            )
            for link in (spec.left_wrist_link, spec.right_wrist_link)
        ]
        cost = np.full(len(place), config.posture_cost)
        cost[: len(BODY_JOINTS)] = (config.height_cost, *[config.torso_cost] * 3)
        self._posture = PostureTask(cost=cost)
        self._imitation = PostureTask(cost=1.0)
        body = self.body.to_action[: len(BODY_JOINTS)]
        # Rows of `_aim`: both wrists' positions, both rotations, then height, yaw, pitch and roll.
        self._speed = np.hstack([np.repeat(config.wrist_speed, 2), limits.velocity[body]])
        self._acceleration = np.hstack([np.repeat(config.wrist_acceleration, 2), limits.acceleration[body]])
        self._previous: tuple[list[pin.SE3], Array] | None = None
        self.T_neutral = self.wrists(neutral)

    def wrists(self, q: Array) -> tuple[pin.SE3, pin.SE3]:
        """Return T_footprint_left and T_footprint_right for an (18,) configuration."""
        self.configuration.update(q)
        left, right = (
            self.configuration.get_transform_frame_to_world(task.frame) for task in self.wrist_tasks
        )
        return left, right

    def wrists_of(self, action: Array) -> tuple[pin.SE3, pin.SE3]:
        """Return T_footprint_left and T_footprint_right for a (36,) action."""
        return self.wrists(self.body.configuration(action))

    def release(self) -> None:
        """Nobody drives: forget the previous target."""
        self._previous = None

    def solve(self, intent: Intent, action: Array, velocity: Array, scale: float) -> tuple[Array, IkReport]:
        """Take one step towards the intent.

        Args:
            intent: What the driver wants.
            action: (36,) action sent last.
            velocity: (36,) its rate of change [1/s].
            scale: Fraction of full speed, 0 to 1.

        Returns:
            The (36,) action with arms, torso and height replaced, and a report. When the QP has no
            solution the joints brake to rest, and the report says so; it never raises for that.
        """
        place = self.body.to_action
        q = action[place]
        targets = [transform(intent.T_footprint_left), transform(intent.T_footprint_right)]
        now = self.wrists(q)
        self._aim(intent, targets, now, q, scale)
        self.box.update(q, velocity[place], self._h)
        dq = self._solve([*self.wrist_tasks, self._posture])
        solved = dq is not None
        if dq is None:
            dq = np.minimum(np.maximum(0.0, self.box.slowest), self.box.fastest)
        reached = self.wrists(q + dq)
        asked = action.copy()
        asked[place] = q + dq
        aims = [task.transform_target_to_world for task in self.wrist_tasks]
        touching = self.self_collision.touching
        return asked, self._reach.report(targets, aims, now, reached, q + dq, touching, solved)

    def keep_apart(self, asked: Array, action: Array, velocity: Array) -> tuple[Array, IkReport | None]:
        """Change an action that was not found by `solve` as little as keeps arms, body and legs apart.

        Args:
            asked: (36,) action of this tick.
            action: (36,) action sent last.
            velocity: (36,) its rate of change [1/s].

        Returns:
            The (36,) action, and a report where something would have touched.
        """
        place = self.body.to_action
        q = action[place]
        self.configuration.update(q)
        if not self.self_collision.near(self.configuration.data, q[0]):
            return asked, None
        self.box.update(q, velocity[place], self._h)
        self._imitation.target_q = asked[place]
        dq = self._solve([self._imitation])
        solved = dq is not None
        if dq is None:
            dq = np.minimum(np.maximum(0.0, self.box.slowest), self.box.fastest)
        apart = asked.copy()
        apart[place] = q + dq
        pairs = self.self_collision.touching
        if solved and (not pairs or np.abs(apart - asked).max() < HELD_RAD):
            return apart, None
        note = "; ".join(f"{a} and {b} would touch" for a, b in pairs) or "the arms come to rest"
        return apart, IkReport(
            position_error_m=np.zeros(2),
            rotation_error_rad=np.zeros(2),
            note=f"The policy is held back: {note}",
            solved=solved,
        )

    def _aim(
        self, intent: Intent, targets: list[pin.SE3], now: tuple[pin.SE3, pin.SE3], q: Array, scale: float
    ) -> None:
        """Set the tasks to where wrists, body and elbows should be after this tick."""
        h, n = self._h, len(BODY_JOINTS)
        body = np.array([intent.base_height_m, *intent.torso_rpy_rad[::-1]])
        targets_before, body_before = self._previous or (targets, body)
        lag, step = np.zeros((4 + n, 3)), np.zeros((4 + n, 3))
        for i, (T_now, T_before, T_target) in enumerate(zip(now, targets_before, targets, strict=True)):
            lag[i] = T_before.translation - T_now.translation
            step[i] = T_target.translation - T_before.translation
            lag[2 + i] = pin.log3(T_before.rotation @ T_now.rotation.T)
            step[2 + i] = pin.log3(T_target.rotation @ T_before.rotation.T)
        lag[4:, 0], step[4:, 0] = body_before - q[:n], body - body_before
        move = approach(lag, step, scale * self._speed, self._acceleration, h)
        for i, (task, T_now) in enumerate(zip(self.wrist_tasks, now, strict=True)):
            task.transform_target_to_world = pin.SE3(
                pin.exp3(move[2 + i]) @ T_now.rotation, T_now.translation + move[i]
            )
        goal = q + (self.neutral - q) * (self._config.posture_rate_1_s * scale * h)
        goal[:n] = q[:n] + move[4:, 0]
        self._posture.target_q = goal
        self._previous = targets, body

    def _solve(self, tasks: list[Task]) -> Array | None:
        problem = pink.build_ik(
            self.configuration,
            tasks,
            self._h,
            limits=[self.self_collision],
            damping=1e-6,
        )
        problem.lb, problem.ub = self.box.slowest, self.box.fastest
        dq = self._solution(problem, "daqp")
        if dq is None and problem.h is not None:
            # Not every pair that is too near can be driven apart at once; but none comes nearer.
            problem.h = np.maximum(problem.h, 0.0)
            dq = self._solution(problem, "daqp")
        return self._solution(problem, "proxqp") if dq is None else dq

    def _solution(self, problem: qpsolvers.Problem, solver: str) -> Array | None:
        solution = qpsolvers.solve_problem(problem, solver=solver)
        return solution.x if solution.found and np.isfinite(solution.x).all() else None
