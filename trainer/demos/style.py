"""How one person differs from another, and from themselves."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Style:
    """Habits of one scripted operator for one take; drawn by seed."""

    reaction_s: float
    """From seeing something to acting on it."""
    speed: float
    """Pace of every motion; 1 is usual."""
    curve: float
    """Sideways bulge of a path, as a share of its length (standard deviation)."""
    overshoot: float
    """How far a motion goes beyond its goal before it comes back, as a share of its length."""
    tremor_m: float
    """Unsteadiness of a hand (standard deviation)."""
    aim_m: float
    """How far off the ideal place an object is taken (standard deviation)."""
    hesitation: float
    """Chance to stop and look before a motion."""

    @classmethod
    def draw(cls, rng: np.random.Generator) -> "Style":
        """Return somebody."""
        return cls(
            reaction_s=float(rng.uniform(0.10, 0.22)),
            speed=float(rng.uniform(0.85, 1.15)),
            curve=float(rng.uniform(0.02, 0.08)),
            overshoot=float(rng.uniform(0.0, 0.04)),
            tremor_m=float(rng.uniform(0.0004, 0.0012)),
            aim_m=float(rng.uniform(0.002, 0.005)),
            hesitation=float(rng.uniform(0.0, 0.12)),
        )


class Tremor:
    """Slow noise in three directions, as of a hand that is held out."""

    RATE_1_S = 18.0

    def __init__(self, rng: np.random.Generator, deviation_m: float, period_s: float) -> None:
        self._rng = rng
        self._keep = float(np.exp(-self.RATE_1_S * period_s))
        self._kick_m = deviation_m * float(np.sqrt(1 - self._keep**2))
        self._value_m = np.zeros(3)

    def next_m(self) -> np.ndarray:
        """Return the (3,) displacement of the next sample."""
        self._value_m = self._keep * self._value_m + self._kick_m * self._rng.normal(size=3)
        return self._value_m
