"""Which tracker is worn where, found out by moving it."""

from collections.abc import Mapping

import msgspec
import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.rig import Role

WATCH_S = 4.0
MOVED_M = 0.15
"""The one that is meant is moved at least so far."""
CLEARLY = 2.0
"""And so many times further than any other."""
SEEN = 0.5
"""A tracker that was there in less than this part of the time cannot be judged."""


class Roles(msgspec.Struct):
    """The rig's own file: serial numbers by role."""

    serials: dict[Role, str] = msgspec.field(default_factory=dict)
    mirrored: bool = False
    """The trackers' poses are left-handed, with z forward, unlike the head's."""

    def role_of(self, serial: str) -> Role | None:
        """Return where a tracker is worn."""
        return next((role for role, worn in self.serials.items() if worn == serial), None)

    def assign(self, role: Role, serial: str) -> None:
        """Wear `serial` at `role`, and nowhere else."""
        self.serials = {r: s for r, s in self.serials.items() if s != serial and r is not role}
        self.serials[role] = serial


class Mover:
    """Watches all trackers for `WATCH_S` and says which one moved clearly, or why it cannot say."""

    def __init__(self) -> None:
        self._start_ns: int | None = None
        self._samples = 0
        self._paths: dict[str, list[Array]] = {}

    def add(self, poses: Mapping[str, Array], t_ns: int) -> bool:
        """Take the (7,) poses of the trackers seen at `t_ns`; return whether it has seen enough."""
        if self._start_ns is None:
            self._start_ns = t_ns
        self._samples += 1
        for serial, pose in poses.items():
            self._paths.setdefault(serial, []).append(pose[:3])
        return t_ns - self._start_ns >= WATCH_S * 1e9

    def verdict(self) -> tuple[str, str]:
        """Return the serial number of the tracker that moved, and why nobody when it is empty."""
        if not self._paths:
            return "", "No tracker is seen. Switch them on, and choose Motion in the headset's app."
        reach = {
            serial: _extent(path) for serial, path in self._paths.items() if len(path) >= SEEN * self._samples
        }
        unsteady = sorted(set(self._paths) - set(reach))
        if unsteady:
            return (
                "",
                f"{', '.join(unsteady)} was lost while watching. Keep the trackers in the headset's view.",
            )
        ranked = sorted(reach, key=reach.__getitem__, reverse=True)
        first, most = ranked[0], reach[ranked[0]]
        if most < MOVED_M:
            return (
                "",
                f"Nothing moved by more than {100 * most:.0f} cm. Move it by {100 * MOVED_M:.0f} cm or more.",
            )
        if len(ranked) > 1 and most < CLEARLY * reach[ranked[1]]:
            second = ranked[1]
            return "", (
                f"{first} moved by {100 * most:.0f} cm, but {second} by {100 * reach[second]:.0f} cm. "
                "Keep all others still."
            )
        return first, ""


def _extent(path: list[Array]) -> float:
    """Return the diagonal of the box that a path fills [m]."""
    points = np.array(path)
    return float(np.linalg.norm(points.max(axis=0) - points.min(axis=0)))
