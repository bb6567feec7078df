"""What the headset app makes of its trackers: one JSON object per picture, with the app's own habits.

Its list of trackers has no gaps: when one is not tracked, all later ones move up by a place, and the list
keeps its length, so that what stood at its end stands there still. Only `len` tells how many are of this
moment.
"""

from typing import Any

import numpy as np

from devices.emulators.pico.body import TRACKERS
from devices.emulators.pico.wire import pose_text

NOT_TRACKED = "0,0,0,0,0,0,0"


class Headset:
    """The app's tracking data.

    Args:
        serial: Serial number of the headset; those of the trackers begin with it.
        mirrored: Give the trackers, but not the head, with z forward.
        origin: `floor`, or `head` when the origin is where the head was at the start of the app.
    """

    def __init__(self, serial: str, mirrored: bool = False, origin: str = "floor") -> None:
        self.serials = {name: f"{serial}T{number}" for number, name in enumerate(TRACKERS, 1)}
        self.missing: set[str] = set()
        """Trackers that are not tracked now."""
        self.frozen: set[str] = set()
        """What repeats its last pose: a tracker, or head."""
        self.never: set[str] = set()
        """Trackers that report zeros, as before their first fix."""
        self.swapped: dict[str, str] = {}
        """On whose place a tracker is worn instead of its own."""
        self.grip = {"left": 0.0, "right": 0.0}
        self._mirrored = mirrored
        self._from_head = origin == "head"
        self._origin: np.ndarray | None = None
        self._joints: list[dict[str, str]] = []
        self._last: dict[str, str] = {}

    def tracking(self, poses: dict[str, np.ndarray], stamp_ns: int) -> dict[str, Any]:
        """Return the value of a Tracking message.

        Args:
            poses: (7,) true poses by name, ground at 0.
            stamp_ns: The headset's wall clock [ns].
        """
        if self._origin is None:
            self._origin = poses["head"][:3].copy() if self._from_head else np.zeros(3)
        head = self._text("head", poses["head"])
        return {
            "predictTime": stamp_ns / 1e3 + 20e3,
            "appState": {"focus": True},
            "Head": {"pose": head, "status": 3},
            "Controller": {side: self._controller(side, poses["waist"]) for side in ("left", "right")},
            "Motion": self._motion(poses),
            "timeStampNs": stamp_ns,
            "Input": 1,
        }

    def _motion(self, poses: dict[str, np.ndarray]) -> dict[str, Any]:
        count = 0
        for name, serial in self.serials.items():
            if name in self.missing:
                continue
            pose = self._text(name, poses[self.swapped.get(name, name)])
            joint = {"p": pose, "va": "0,0,0,0,0,0", "wva": "0,0,0,0,0,0", "sn": serial}
            if count < len(self._joints):
                self._joints[count] = joint
            else:
                self._joints.append(joint)
            count += 1
        return {"joints": self._joints, "len": count}

    def _controller(self, side: str, waist: np.ndarray) -> dict[str, Any]:
        """Return a controller that hangs at the belt."""
        pose = waist.copy()
        pose[1] += 0.2 if side == "left" else -0.2
        return {
            "axisX": 0.0,
            "axisY": 0.0,
            "axisClick": False,
            "grip": self.grip[side],
            "trigger": 0.0,
            "primaryButton": False,
            "secondaryButton": False,
            "menuButton": False,
            "pose": self._text(f"{side}_controller", pose),
        }

    def _text(self, name: str, pose: np.ndarray) -> str:
        if name in self.never:
            return NOT_TRACKED
        if name not in self.frozen or name not in self._last:
            seen = pose.copy()
            seen[:3] -= self._origin
            self._last[name] = pose_text(seen, self._mirrored and name in self.serials)
        return self._last[name]
