"""Walking by the stick, to where the operator sees it has to go."""

from collections.abc import Callable

import numpy as np

from backend.core.pose import yaw_of
from trainer.demos.motions import pause, react
from trainer.demos.operator import Operator, Script

GAIN_1_S = 1.2
FASTEST = np.array([0.28, 0.20, 0.40])
"""Stick at its stop: vx, vy [m/s], yaw rate [rad/s], times the operator's own pace."""
SLOWEST_M_S = 0.07
NEAR_M, NEAR_RAD = 0.04, 0.06
STAND_S = 4.0
"""The robot stands this long after the stick is let go, at most."""

Stick = Callable[[], np.ndarray | None]


def walk_while(operator: Operator, stick: Stick, timeout_s: float = 30.0) -> Script:
    """Hold the stick as `stick` says until it says None; then wait until the robot stands."""
    for _ in range(round(timeout_s / operator.period_s)):
        wanted = stick()
        if wanted is None:
            break
        operator.velocity = wanted
        yield
    operator.velocity = np.zeros(3)
    for _ in range(round(STAND_S / operator.period_s)):
        yield
        if operator.eyes.state.locomotion == "stand":
            break
    yield from pause(operator, 0.2)


def walk_to(operator: Operator, place: tuple[float, float, float], timeout_s: float = 15.0) -> Script:
    """Walk until the robot is near x, y [m] and heading [rad] in the world."""
    fastest = FASTEST * operator.style.speed

    def stick() -> np.ndarray | None:
        pelvis = operator.eyes.state.T_world_pelvis
        yaw = yaw_of(pelvis[3:])
        c, s = np.cos(yaw), np.sin(yaw)
        gap = np.array([[c, s], [-s, c]]) @ (np.array(place[:2]) - pelvis[:2])
        turn = float(np.angle(np.exp(1j * (place[2] - yaw))))
        if np.linalg.norm(gap) < NEAR_M and abs(turn) < NEAR_RAD:
            return None
        ahead = np.clip(GAIN_1_S * gap, -fastest[:2], fastest[:2])
        pace = np.linalg.norm(ahead)
        if np.linalg.norm(gap) > NEAR_M and pace < SLOWEST_M_S:
            ahead *= SLOWEST_M_S / pace
        return np.array([*ahead, np.clip(GAIN_1_S * turn, -fastest[2], fastest[2])])

    yield from react(operator)
    yield from walk_while(operator, stick, timeout_s)
