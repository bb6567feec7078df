"""Whether the robot can be driven, judged by its newest state."""

import numpy as np

from backend.core.contracts.robot import RobotSpec, RobotState

ROBOT_LOST_NS = 250_000_000
"""A robot that has not been heard of for this long is lost."""

AHEAD_NS = 50_000_000


def state_problem(spec: RobotSpec, state: RobotState | None, now_ns: int) -> str:
    """Return why a state cannot be used, in words; empty when it can."""
    if state is None:
        return "The robot has not reported yet."
    age_ns = now_ns - state.t_ns
    if age_ns >= ROBOT_LOST_NS:
        return f"The robot has been silent for {age_ns / 1e6:.0f} ms."
    if age_ns < -AHEAD_NS:
        return f"The robot's state is stamped {-age_ns / 1e6:.0f} ms in the future."
    joints = len(spec.joints)
    for name, size in (("q_rad", joints), ("dq_rad_s", joints), ("T_world_pelvis", 7), ("torso_rpy_rad", 3)):
        array = getattr(state, name)
        if array.shape != (size,) or not np.isfinite(array).all():
            return f"The robot reported an unusable {name}."
    if not 0.9 < np.linalg.norm(state.T_world_pelvis[3:]) < 1.1:
        return "The robot reported an unusable T_world_pelvis."
    if not np.isfinite(state.base_height_m):
        return "The robot reported an unusable base_height_m."
    return ""
