"""A restless operator: random walking, posture, arm motion and payloads, through the real safety limits."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from backend.core.contracts.command import Command, JointTarget
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.safety.safety import Safety

PERIOD_S = 0.01
ARM_REACH_RAD = 0.7
MAX_PAYLOAD_KG = 1.0
TRIES = 20
LOWER_CROUCH_SHARE = 0.3
"""How often the operator goes all the way down."""


@dataclass
class Glide:
    """Minimum-jerk motion of a vector from one random goal to the next."""

    value: Array
    start: Array = field(init=False)
    goal: Array = field(init=False)
    elapsed_s: float = 0.0
    duration_s: float = 1.0

    def __post_init__(self) -> None:
        self.start = self.goal = self.value

    def towards(self, goal: Array, duration_s: float) -> None:
        """Leave for `goal`, to arrive after `duration_s`."""
        self.start, self.goal = self.value, goal
        self.elapsed_s, self.duration_s = 0.0, duration_s

    def step(self) -> Array:
        """Return the value one period later."""
        self.elapsed_s += PERIOD_S
        s = min(self.elapsed_s / self.duration_s, 1.0)
        self.value = self.start + (self.goal - self.start) * (s**3 * (10 - 15 * s + 6 * s * s))
        return self.value


class RandomOperator:
    """Commands at 100 Hz, and the weights in the hands, from one seed.

    Args:
        spec: The robot.
        seed: Of everything random.
        arms_free: Whether the (28,) hand and arm joints keep clear of the body; IK sees to that in the
            app, so goals that do not are drawn again.
    """

    def __init__(self, spec: RobotSpec, seed: int, arms_free: Callable[[Array], bool]) -> None:
        self._arms_free = arms_free
        self._random = np.random.default_rng(seed)
        self._layout = spec.layout
        self._safety = Safety(spec, PERIOD_S)
        limits = self._safety.limits
        self._lower, self._upper = limits.lower, limits.upper
        self._neutral = self._safety.action.copy()
        self._joints = Glide(self._neutral[self._layout.joints])
        self._body = Glide(self._neutral[self._layout.torso.start : self._layout.height.stop])
        self._velocity = np.zeros(3)
        self._yaw_rad = 0.0
        self._next_s = {"arms": 0.0, "body": 0.0, "walk": 1.0, "load": 2.0}
        self.payload_kg = np.zeros(2)
        """Weight in the left and the right hand."""
        self.time_s = 0.0

    def command(self) -> Command:
        """Return the next command; call it every 10 ms."""
        self.time_s += PERIOD_S
        for name, change in (
            ("arms", self._move_arms), ("body", self._move_body), ("walk", self._walk), ("load", self._load),
        ):  # fmt: skip
            if self.time_s >= self._next_s[name]:
                self._next_s[name] = self.time_s + change()
        layout = self._layout
        action = np.zeros(len(layout.action_names))
        action[layout.joints] = self._joints.step()
        action[layout.torso.start : layout.height.stop] = self._body.step()
        action[layout.velocity] = self._velocity
        self._yaw_rad += self._velocity[2] * PERIOD_S
        action[layout.target_yaw] = self._yaw_rad
        t_ns = round(self.time_s * 1e9)
        command, _ = self._safety.follow(JointTarget(t_ns=t_ns, action=action), t_ns)
        return command

    def _move_arms(self) -> float:
        joints = slice(0, self._layout.arms.stop)
        duration = self._random.uniform(0.4, 2.0)
        for _ in range(TRIES):
            reach = self._random.uniform(-ARM_REACH_RAD, ARM_REACH_RAD, joints.stop)
            goal = np.clip(self._neutral[joints] + reach, self._lower[joints], self._upper[joints])
            if self._arms_free(goal):
                self._joints.towards(goal, duration)
                break
        return duration + self._random.choice([0.0, self._random.uniform(0.0, 2.0)])

    def _move_body(self) -> float:
        part = slice(self._layout.torso.start, self._layout.height.stop)
        lower, upper = self._lower[part].copy(), self._upper[part]
        if self._random.random() > LOWER_CROUCH_SHARE:
            lower[3] += 0.5 * (upper[3] - lower[3])
        goal = self._random.uniform(lower, upper)
        if self._random.random() < 0.4:
            goal = self._neutral[part]
        duration = self._random.uniform(0.8, 3.0)
        self._body.towards(goal, duration)
        return duration + self._random.uniform(0.0, 4.0)

    def _walk(self) -> float:
        """Stand, one direction, or several at once; sticks are let go and thrown over at once."""
        part = self._layout.velocity
        moves = self._random.uniform(self._lower[part], self._upper[part])
        kind = self._random.choice(["stand", "one", "two", "all"], p=[0.3, 0.3, 0.2, 0.2])
        keep = {"stand": 0, "one": 1, "two": 2, "all": 3}[kind]
        mask = np.zeros(3)
        mask[self._random.permutation(3)[:keep]] = 1.0
        self._velocity = moves * mask
        return self._random.uniform(0.5, 6.0)

    def _load(self) -> float:
        loaded = self._random.random(2) < 0.5
        self.payload_kg = loaded * self._random.uniform(0.0, MAX_PAYLOAD_KG, 2)
        return self._random.uniform(3.0, 10.0)


class SteadyOperator:
    """Commands the neutral pose and one velocity, at 100 Hz."""

    def __init__(self, spec: RobotSpec, velocity: Array) -> None:
        self._safety = Safety(spec, PERIOD_S)
        self._yaw_rate_rad_s = velocity[2]
        self._action = self._safety.action.copy()
        self._action[spec.layout.velocity] = velocity
        self._yaw = spec.layout.target_yaw.start
        self._t_ns = 0

    def command(self) -> Command:
        """Return the next command; call it every 10 ms."""
        self._t_ns += round(PERIOD_S * 1e9)
        self._action[self._yaw] += self._yaw_rate_rad_s * PERIOD_S
        target = JointTarget(t_ns=self._t_ns, action=self._action)
        return self._safety.follow(target, self._t_ns)[0]
