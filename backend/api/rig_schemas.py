"""Shapes of the worn rig."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from backend.api.schemas import Shape

Motion = Literal["right_hand", "step_forward"]
Side = Literal["left", "right"]


class RigSetup(Shape):
    """What the rig is made of; how it is doing now is in the telemetry."""

    devices: list[str]
    """Names of its devices as `BUNRAKU_RIG` gives them; empty when there is no rig."""
    available: list[str]
    """Every device that it could have."""
    headset_address: str
    """Where a headset connects to, HOST:PORT."""
    gloves_address: str
    """Where a glove bridge is expected."""
    angles: list[str]
    """Names of the 20 angles of a hand, in the order of `HandStatus.angles_deg`."""


class KeptHand(Shape):
    """A glove's calibration."""

    side: Side
    made_at: datetime


class KeptOperator(Shape):
    """What is kept of one person from day to day."""

    name: str
    measured_at: datetime | None
    """When they last took a neutral pose; null when never."""
    head_m: float | None
    """Height of their eyes [m]."""
    waist_m: float | None
    arm_m: float | None
    """Shoulder to wrist [m]."""
    checks: dict[Motion, str]
    """Known motions that were seen as they should be, and what was seen."""
    hands: list[KeptHand]


class RigClient(Shape):
    """Who asks: the client id of a connected page."""

    client: str = Field(min_length=1, max_length=64)


class RoleIn(RigClient):
    """A tracker to wear."""

    serial: str = Field(min_length=1, max_length=64)


class MirroredIn(RigClient):
    """How the trackers' axes are taken."""

    mirrored: bool


class NeutralIn(RigClient):
    """A neutral pose to take."""

    stature_m: float | None = Field(None, ge=1.2, le=2.3)
    """The operator's height; needed only without foot trackers."""


class RigAnswer(Shape):
    """What happens next."""

    text: str
    """In words."""
    task: int | None
    """Number of the task that began; its course is in the telemetry. Null when none began."""
