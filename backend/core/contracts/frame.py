"""One sample of one input device."""

import re
from typing import Protocol

from backend.core.contracts.record import Array, Record

POLICY_PREFIX = "policy:"
"""Names of drivers that are policies begin with this; all others are people."""


LONGEST_NAME = 80
"""Characters of a policy's name; every name and number of the registry fits."""


def policy_driver(name: str) -> str:
    """Return the name under which a policy drives: its own, with a dash for what names may not hold."""
    return POLICY_PREFIX + (re.sub(r"[^A-Za-z0-9_.-]+", "-", name)[:LONGEST_NAME] or "unnamed")


def is_policy(driver: str) -> bool:
    """Return whether a driver's name is that of a policy."""
    return driver.startswith(POLICY_PREFIX)


class ArmInput(Record):
    """What a device says about one arm and hand; a channel it does not have is None."""

    clutch: bool = False
    """Poses count only while this is held; pressing it anchors hand to robot without a jump."""
    pose: Array | None = None
    """(7,) T_source_wrist: x y z [m], qx qy qz qw, in the device's own frame (x forward, z up)."""
    twist: Array | None = None
    """(6,) linear [m/s] and angular [rad/s] velocity of the wrist, in the heading frame."""
    grip: float | None = None
    """0 open to 1 closed, all fingers."""
    pinch: float | None = None
    """0 open to 1 closed, thumb against index."""
    fingers_rad: Array | None = None
    """(7,) hand joints of `RobotSpec`, from a glove."""


class DeviceFrame(Record):
    """One sample of one input device, stamped on arrival. Frames of one driver are fused together."""

    source: str
    """Name of the device, unique per driver: keyboard, gamepad, pointer, pico, ..."""
    driver: str
    """Who is driving: a lease id, or `policy:` and a policy's name."""
    t_ns: int
    """Host monotonic time of arrival [ns]."""
    seq: int
    source_t_ns: int
    """Time in the device's own clock [ns]."""
    deadman: bool = False
    """Motion is allowed only while this is held."""
    moving: bool = False
    """The person is commanding motion with this device now; enables the frozen-value watchdog."""
    trouble: str = ""
    """Why the device itself says that it cannot be trusted now, in words: a tracker that steers is lost.
    Control holds at once if the robot's motion depends on it."""
    left: ArmInput | None = None
    right: ArmInput | None = None
    head: Array | None = None
    """(7,) T_source_head."""
    torso_rate_rad_s: Array | None = None
    """(3,) roll, pitch, yaw rate."""
    torso_rpy_rad: Array | None = None
    """(3,) absolute torso roll, pitch, yaw relative to the heading frame."""
    height_rate_m_s: float | None = None
    base_height_m: float | None = None
    base_velocity: Array | None = None
    """(3,) vx, vy [m/s], yaw rate [rad/s], in the heading frame."""
    action: Array | None = None
    """(36,) whole-body action of a policy in the order of `ActionLayout.action_names`; with it, fusion and
    inverse kinematics have nothing to add."""


class Input(Protocol):
    """An input device: keeps the newest frame of each of its sources, never blocks."""

    def open(self) -> None:
        """Connect; raises ConnectionError with what to do."""

    def latest(self) -> tuple[DeviceFrame, ...]:
        """Return the newest frame of every source seen so far."""

    def close(self) -> None:
        """Disconnect."""
