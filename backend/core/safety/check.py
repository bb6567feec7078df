"""An independent judge of commands: plain arithmetic on what was sent, nothing of the limiter."""

from collections.abc import Sequence

import numpy as np

from backend.core.contracts.command import Command
from backend.core.safety.limits import Limits

TOLERANCE = 1e-7
"""Rounding of finite differences: 1e-16 rad over the square of a 10 ms period."""


def check(limits: Limits, commands: Sequence[Command]) -> list[str]:
    """Return every violation in up to three consecutive commands, in words; empty when there is none.

    One command is judged by position, two also by velocity, three also by acceleration.

    Args:
        limits: The limits to judge by.
        commands: Consecutive commands, oldest first; the last one is judged.
    """
    if not 1 <= len(commands) <= 3:
        raise ValueError(f"{len(commands)} commands given; allowed: 1 to 3")
    newest = commands[-1]
    if newest.action.shape != (len(limits.names),) or not np.isfinite(newest.action).all():
        return ["the action is not a finite vector of the right length"]
    h = limits.period_s
    positions = np.array([command.action for command in commands])
    found = _beyond(limits, "position", positions[-1], limits.lower, limits.upper)
    if len(commands) > 1:
        if newest.seq != commands[-2].seq + 1:
            found.append(f"sequence number {newest.seq} follows {commands[-2].seq}")
        rates = np.diff(positions, axis=0) / h
        found += _beyond(limits, "velocity", rates[-1], -limits.velocity, limits.velocity)
        ahead = newest.joint_velocity_rad_s - rates[-1][limits.joints]
        if not np.all(np.abs(ahead) <= TOLERANCE / h):
            found.append("the feed-forward velocity is not the rate of change of the joints")
    if len(commands) > 2:
        changes = (rates[-1] - rates[-2]) / h
        found += _beyond(limits, "acceleration", changes, -limits.acceleration, limits.acceleration)
    return found


def _beyond(limits: Limits, kind: str, values: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> list[str]:
    slack = TOLERANCE * np.maximum(1.0, np.abs(values))
    bad = np.flatnonzero((values < lower - slack) | (values > upper + slack))
    return [
        f"{kind} of {limits.names[i]} is {values[i]:.6g}; allowed: {lower[i]:.6g} to {upper[i]:.6g}"
        for i in bad
    ]
