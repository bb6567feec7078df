"""What is kept of an operator from day to day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    # Whoever only reads what is kept needs no kinematics.
    from backend.core.rig.calibration import Neutral

TALLER_M = 0.06
"""A neutral pose that differs by more than this from the last one was not upright, or is somebody else's."""


class Operator(msgspec.Struct):
    """Measures of one person; the neutral pose itself ends with the headset's origin."""

    name: str
    taken_wall_ns: int
    """Wall-clock time of the last neutral pose [ns]."""
    head_m: float
    waist_m: float | None
    arm_m: float | None
    checks: dict[str, str] = msgspec.field(default_factory=dict)
    """Sign checks that were passed, with what was seen."""

    @classmethod
    def of(cls, name: str, neutral: Neutral, wall_ns: int) -> Operator:
        """Return the measures in a neutral pose."""
        return cls(name, wall_ns, neutral.head_m, neutral.waist_m, neutral.arm_m)

    @property
    def words(self) -> str:
        """Everything in one sentence."""
        parts = [f"eyes at {self.head_m:.2f} m"]
        if self.waist_m is not None:
            parts.append(f"waist at {self.waist_m:.2f} m")
        if self.arm_m is not None:
            parts.append(f"arms {self.arm_m:.2f} m")
        seen = ", ".join(self.checks).replace("_", " ")
        checked = f"checked: {seen}" if seen else "directions not checked"
        return f"{self.name}: {', '.join(parts)}; {checked}."

    def differs(self, neutral: Neutral) -> str:
        """Return in words how a new neutral pose differs from the last one, or an empty string."""
        change_m = neutral.head_m - self.head_m
        if abs(change_m) <= TALLER_M:
            return ""
        way = "higher" if change_m > 0 else "lower"
        return f"Your eyes are {100 * abs(change_m):.0f} cm {way} than last time. Did you stand upright?"
