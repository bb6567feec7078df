"""Everything a headset tracks, each with its own state."""

from collections.abc import Iterator

from backend.core.contracts.record import Array
from backend.core.contracts.rig import Role, TrackState, TrackStatus
from backend.core.rig.roles import Roles
from backend.core.rig.trust import Track
from devices.inputs.pico.tracking import MAX_TRACKERS, Sample

PULLED, LET_GO = 0.7, 0.4
"""A grip counts as held from the first to below the second."""


class Tracks:
    """Head, controllers and trackers; trackers are known by their serial numbers."""

    def __init__(self) -> None:
        self.head = Track()
        self._controllers = {"left": Track(), "right": Track()}
        self._trackers: dict[str, Track] = {}
        self._held = dict.fromkeys(self._controllers, False)

    def update(self, sample: Sample) -> None:
        """Take a sample."""
        now_ns = sample.t_ns
        self.head.update(sample.head, now_ns)
        for side, track in self._controllers.items():
            controller = sample.controllers.get(side)
            track.update(None if controller is None else controller.pose, now_ns)
            grip = 0.0 if controller is None else controller.grip
            self._held[side] = grip >= (LET_GO if self._held[side] else PULLED)
        for serial, pose in sample.trackers.items():
            if serial in self._trackers or len(self._trackers) < MAX_TRACKERS:
                self._trackers.setdefault(serial, Track()).update(pose, now_ns)

    def deadman(self, now_ns: int) -> bool:
        """Return whether a controller's grip is held; one that is not tracked now does not count."""
        return any(
            held and self._controllers[side].state(now_ns) is TrackState.LIVE
            for side, held in self._held.items()
        )

    def poses(self, now_ns: int) -> dict[str, Array]:
        """Return the (7,) poses of all trackers that can be trusted now, by serial number."""
        poses = {serial: track.pose(now_ns) for serial, track in self._trackers.items()}
        return {serial: pose for serial, pose in poses.items() if pose is not None}

    def worn(self, roles: Roles, now_ns: int) -> dict[Role, Array]:
        """Return the poses that can be trusted now, by where the trackers are worn."""
        poses = self.poses(now_ns)
        return {role: poses[serial] for role, serial in roles.serials.items() if serial in poses}

    def state(self, serial: str, now_ns: int) -> TrackState:
        """Return the state of a tracker."""
        track = self._trackers.get(serial)
        return TrackState.NEVER if track is None else track.state(now_ns)

    def knows(self, serial: str) -> bool:
        """Return whether a tracker was ever seen."""
        return serial in self._trackers

    def statuses(self, roles: Roles, now_ns: int) -> tuple[TrackStatus, ...]:
        """Return how everything is doing, also trackers with a role that were never seen."""
        return tuple(
            TrackStatus(
                name=name,
                role=roles.role_of(name) or "",
                state=track.state(now_ns),
                age_ms=track.age_ns(now_ns) * 1e-6 if track.last_pose is not None else 0.0,
                pose=track.last_pose,
            )
            for name, track in self._all(roles)
        )

    def _all(self, roles: Roles) -> Iterator[tuple[str, Track]]:
        yield "head", self.head
        for side, track in self._controllers.items():
            yield f"{side}_controller", track
        yield from self._trackers.items()
        for serial in roles.serials.values():
            if serial not in self._trackers:
                yield serial, Track()
