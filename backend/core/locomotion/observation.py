"""Named observation terms of learned locomotion policies, and how they are stacked over time."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backend.core.contracts.record import Array, Record
from backend.core.contracts.robot import RobotState
from backend.core.locomotion.reference import Reference, wrap_rad

YAW_GAIN = 1.0
"""Yaw rate [rad/s] commanded for each radian of heading error, beside the feed-forward rate."""


@dataclass(frozen=True)
class Situation:
    """All that a term may be made of; joint vectors are in the policy's own order."""

    state: RobotState
    reference: Reference
    q_rad: Array
    dq_rad_s: Array
    default_rad: Array
    last_action: Array
    time_s: float
    period_s: float
    """Of the gait clock."""

    @property
    def rotation(self) -> Array:
        """(3, 3) R_world_pelvis."""
        x, y, z, w = self.state.T_world_pelvis[3:]
        return np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        )

    @property
    def yaw_error_rad(self) -> float:
        """Reference heading minus measured heading."""
        rotation = self.rotation
        return wrap_rad(self.reference.yaw_rad - float(np.arctan2(rotation[1, 0], rotation[0, 0])))

    @property
    def yaw_rate_rad_s(self) -> float:
        """Turn rate that follows the reference heading."""
        feedback = YAW_GAIN * self.yaw_error_rad if self.reference.moving else 0.0
        return self.reference.turn_rate_rad_s + feedback

    @property
    def phase_rad(self) -> float:
        """Gait clock."""
        return 2 * np.pi * self.time_s / self.period_s


TERMS: dict[str, Callable[[Situation], Array]] = {
    "base_angular_velocity": lambda s: s.rotation.T @ s.state.base_twist[3:],
    "base_linear_velocity": lambda s: s.rotation.T @ s.state.base_twist[:3],
    "projected_gravity": lambda s: -s.rotation[2],
    "command_velocity": lambda s: np.append(s.reference.velocity_m_s, s.yaw_rate_rad_s),
    "command_height": lambda s: np.array([s.reference.height_m]),
    "command_torso_rpy": lambda s: s.reference.torso_rpy_rad,
    "yaw_error": lambda s: np.array([s.yaw_error_rad]),
    "joint_position": lambda s: s.q_rad - s.default_rad,
    "joint_velocity": lambda s: s.dq_rad_s,
    "last_action": lambda s: s.last_action,
    "gait_phase": lambda s: np.array([np.sin(s.phase_rad), np.cos(s.phase_rad)]),
}


class TermConfig(Record):
    """One entry of the observation: a name of `TERMS`, and what it is multiplied by."""

    term: str
    scale: float | list[float] = 1.0


class ObservationBuilder:
    """Builds the flat observation; history is filled with the first frame at a reset.

    Args:
        terms: Entries in the order the policy was trained with.
        history: Number of frames, the oldest first.
        by_term: Stack each term over time, then the terms; else whole frames one after the other.
    """

    def __init__(self, terms: list[TermConfig], history: int, by_term: bool) -> None:
        unknown = [entry.term for entry in terms if entry.term not in TERMS]
        if unknown:
            raise ValueError(f"unknown observation terms {unknown}; allowed: {', '.join(TERMS)}")
        if history < 1:
            raise ValueError(f"history is {history}; allowed: 1 or more")
        self._terms = [(TERMS[entry.term], np.asarray(entry.scale)) for entry in terms]
        self._by_term = by_term
        self._frames: deque[list[Array]] = deque(maxlen=history)

    def reset(self) -> None:
        """Forget the past."""
        self._frames.clear()

    def build(self, situation: Situation) -> Array:
        """Return the (n,) observation for the present situation."""
        frame = [term(situation) * scale for term, scale in self._terms]
        self._frames.append(frame)
        while len(self._frames) < self._frames.maxlen:
            self._frames.append(frame)
        if self._by_term:
            return np.concatenate([part for parts in zip(*self._frames, strict=True) for part in parts])
        return np.concatenate([part for parts in self._frames for part in parts])
