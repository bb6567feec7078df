"""Samples by way of the vendor's PC service and its package `xrobotoolkit_sdk`.

What the package leaves out is said in the status: three trackers at most, no word when one is lost, and no
way to tell whether a headset is connected, but for its time stamp.
"""

from types import ModuleType

import numpy as np

from backend.core import clock
from backend.core.contracts.record import Array
from backend.core.rig.clock_map import ClockMap
from devices.inputs.pico.axes import to_project
from devices.inputs.pico.tracking import Controller, Sample

SILENT_NS = 500_000_000
LIMITS = (
    "By way of the vendor's service: at most 3 trackers, so that waist or wrists are missing of the five.",
    "It keeps the pose of a tracker that is lost; here it counts as frozen after 150 ms.",
)


class SdkSource:
    """A `SampleSource` that asks the vendor's service."""

    def __init__(self) -> None:
        self.clock = ClockMap()
        self.mirrored = False
        self.session = 1
        self.headset = "the service's"
        self.dropped = 0
        self._sdk: ModuleType | None = None
        self._stamp_ns = 0
        self._heard_ns = 0

    def open(self) -> None:
        """Connect to the service on this machine; raises ConnectionError with what to do."""
        try:
            import xrobotoolkit_sdk
        except ImportError as error:
            raise ConnectionError(
                f"xrobotoolkit_sdk cannot be used: {error}. Install it with `pip install xrobotoolkit-sdk`, "
                "or set BUNRAKU_RIG=pico, which needs no service."
            ) from error
        self._sdk = xrobotoolkit_sdk
        try:
            self._sdk.init()
        except RuntimeError as error:
            raise ConnectionError(
                f"the XRoboToolkit PC service does not answer: {error}. Start it, then this again."
            ) from error

    def fileno(self) -> int:
        """Return -1: it must be polled."""
        return -1

    def read(self, now_ns: int) -> list[Sample]:
        """Return the newest sample, unless it was given already."""
        sdk = self._sdk
        stamp_ns = int(sdk.get_time_stamp_ns())
        if stamp_ns in (0, self._stamp_ns):
            return []
        now_ns = clock.now_ns()
        if self._heard_ns and now_ns - self._heard_ns > SILENT_NS:
            self.session += 1
        self._stamp_ns, self._heard_ns = stamp_ns, now_ns
        return [
            Sample(
                t_ns=now_ns,
                source_t_ns=stamp_ns,
                head=_pose(sdk.get_headset_pose()),
                controllers={
                    side: Controller(
                        pose=_pose(getattr(sdk, f"get_{side}_controller_pose")()),
                        grip=float(getattr(sdk, f"get_{side}_grip")()),
                    )
                    for side in ("left", "right")
                },
                trackers=self._trackers(),
            )
        ]

    def _trackers(self) -> dict[str, Array]:
        """Return the trackers' poses by serial number.

        A serial number that comes twice stands where it was before another tracker was lost: the second one
        is old.
        """
        trackers: dict[str, Array] = {}
        serials = self._sdk.get_motion_tracker_serial_numbers()
        for serial, pose in zip(serials, self._sdk.get_motion_tracker_pose(), strict=False):
            if serial:
                trackers.setdefault(str(serial), _pose(pose, self.mirrored))
        return trackers

    def state(self, now_ns: int) -> str:
        """Return `ok`, or what is wrong and what to do."""
        if not self._heard_ns:
            return "The vendor's service has no headset yet. Start it, and connect the app to it."
        silence_ns = now_ns - self._heard_ns
        if silence_ns >= SILENT_NS:
            return (
                f"The vendor's service has had nothing new for {silence_ns / 1e9:.1f} s. Is the headset worn?"
            )
        return "ok"

    def notes(self, now_ns: int) -> tuple[str, ...]:
        """Return the limits of this way."""
        return LIMITS

    def close(self) -> None:
        """Leave the service, which has one place only."""
        if self._sdk is not None:
            self._sdk.close()
            self._sdk = None


def _pose(numbers: object, mirrored: bool = False) -> Array:
    """Return seven numbers as a (7,) pose; one of zeros stays so: it is not tracked."""
    pose = np.asarray(numbers, dtype=np.float64)
    return to_project(pose, mirrored) if pose[3:].any() else pose
