"""A synthetic operator: where head, wrists, waist and feet are, moment by moment.

Poses are the truth, in the project's axes (x forward, y left, z up, metres) with the ground at 0.
"""

import math
from dataclasses import dataclass

import numpy as np
import pinocchio as pin

from devices.emulators.pico.steps import Steps

EYE_M, WAIST_M, ANKLE_M = 1.62, 1.00, 0.10
HANG = np.array([0.03, 0.24, 0.80])
READY = np.array([0.35, 0.22, 1.05])
RAISED = np.array([0.20, 0.25, 1.75])
QUICK_1_S = 8.0
"""How quickly arms and knees follow what is wanted."""
TRACKERS = ("left_wrist", "right_wrist", "waist", "left_foot", "right_foot")
MOUNTS = {
    "left_wrist": (0.2, 1.1, -0.4),
    "right_wrist": (-0.3, 0.9, 0.5),
    "waist": (0.0, 1.4, 3.0),
    "left_foot": (1.2, 0.1, 0.7),
    "right_foot": (1.4, -0.2, -0.8),
}
"""Roll, pitch, yaw by which each tracker is strapped on: nobody straps them on straight."""


class Soft:
    """A value that follows another without overshooting."""

    def __init__(self, value: np.ndarray) -> None:
        self.value, self.wanted = value.astype(float), value.astype(float)
        self._rate = np.zeros_like(self.value)

    def advance(self, dt_s: float) -> None:
        """Let `dt_s` pass."""
        pull = QUICK_1_S**2 * (self.wanted - self.value) - 2 * QUICK_1_S * self._rate
        self._rate = self._rate + pull * dt_s
        self.value = self.value + self._rate * dt_s


@dataclass
class Habit:
    """How restless the operator is, and how noisy the tracking.

    sway_m: amplitude with which hips sway while the feet stand.
    noise_m, noise_rad: standard deviation of every sample.
    """

    sway_m: float = 0.0
    noise_m: float = 0.0003
    noise_rad: float = 0.0005


class Body:
    """The operator. `advance` lets time pass, `poses` is where everything is."""

    def __init__(self, habit: Habit, seed: int = 0) -> None:
        self.habit = habit
        self.steps = Steps()
        self.hands = {"left": Soft(HANG * (1, 1, 1)), "right": Soft(HANG * (1, -1, 1))}
        self.squat = Soft(np.zeros(1))
        self.lean = Soft(np.zeros(1))
        self.look = Soft(np.zeros(2))
        """Yaw and pitch of the head [rad]."""
        self.circling = Soft(np.zeros(1))
        """Radius of circles that both hands draw [m]."""
        self.shaken = ""
        """A tracker that is being shaken."""
        self._rng = np.random.default_rng(seed)
        self._t_s = 0.0

    def advance(self, dt_s: float) -> None:
        """Let `dt_s` pass."""
        self._t_s += dt_s
        self.steps.advance(dt_s)
        for part in (*self.hands.values(), self.squat, self.lean, self.look, self.circling):
            part.advance(dt_s)

    def poses(self) -> dict[str, np.ndarray]:
        """Return (7,) poses of the head and of all trackers as they are measured."""
        down, aside = float(self.squat.value[0]), float(self.lean.value[0])
        yaw, pitch = self.look.value
        sway = self._sway()
        placed = {
            "head": (np.array([0.08, aside, EYE_M - down]) + 1.5 * sway, (0.0, pitch, yaw)),
            "waist": (np.array([0.0, aside, WAIST_M - down]) + sway, (0.0, 0.0, 0.0)),
        }
        for side, hand in self.hands.items():
            placed[f"{side}_wrist"] = (hand.value + self._circle(side) + sway - (0, 0, down), (0.0, 0.0, 0.0))
        poses = {}
        for name, (position, rpy) in placed.items():
            x, y, heading = self.steps.base
            T_base = pin.SE3(pin.rpy.rpyToMatrix(0.0, 0.0, heading), np.array([x, y, 0.0]))
            poses[name] = T_base * pin.SE3(pin.rpy.rpyToMatrix(*rpy), position)
        for name, foot in zip(("left_foot", "right_foot"), self.steps.feet, strict=True):
            # Knees go ahead of the toes when squatting, and take the shins along.
            R_foot = pin.rpy.rpyToMatrix(0.0, 0.6 * down, foot[3])
            knee = 0.1 * down * np.array([math.cos(foot[3]), math.sin(foot[3]), 0.0])
            ankle = foot[:3] + knee + 0.05 * sway + np.array([0.0, 0.0, ANKLE_M])
            poses[name] = pin.SE3(R_foot, ankle)
        if self.shaken:
            poses[self.shaken].translation += (0.15 * math.sin(2 * math.pi * 1.2 * self._t_s), 0.0, 0.0)
        return {name: self._measured(name, T) for name, T in poses.items()}

    def _measured(self, name: str, T: pin.SE3) -> np.ndarray:
        mount = pin.rpy.rpyToMatrix(*MOUNTS.get(name, (0.0, 0.0, 0.0)))
        tremor = pin.exp3(self._rng.normal(0.0, self.habit.noise_rad, 3))
        shift = self._rng.normal(0.0, self.habit.noise_m, 3)
        return pin.SE3ToXYZQUAT(pin.SE3(tremor @ T.rotation @ mount, T.translation + shift))

    def _sway(self) -> np.ndarray:
        a, t = self.habit.sway_m, 2 * math.pi * self._t_s
        return a * np.array(
            [
                0.7 * math.sin(0.31 * t) + 0.3 * math.sin(0.57 * t + 1.0),
                0.7 * math.sin(0.23 * t + 2.0) + 0.3 * math.sin(0.71 * t),
                0.1 * math.sin(0.9 * t),
            ]
        )

    def _circle(self, side: str) -> np.ndarray:
        angle = 2 * math.pi * 0.5 * self._t_s + (0.0 if side == "left" else math.pi)
        return self.circling.value[0] * np.array([0.0, math.cos(angle), math.sin(angle)])
