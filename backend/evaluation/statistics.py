"""What a handful of trials can tell, and what it cannot."""

from collections.abc import Sequence
from math import comb, sqrt
from statistics import NormalDist

import msgspec
import numpy as np

CONFIDENCE = 0.95
SIGNIFICANT = 0.05


class Proportion(msgspec.Struct, frozen=True, kw_only=True):
    """`successes` out of `trials`, with the interval that holds the true rate 19 times out of 20."""

    successes: int
    trials: int
    low: float
    high: float


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """Middle and quartiles of a measured value."""

    median: float
    lower: float
    upper: float
    count: int


def wilson(successes: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return Wilson's score interval of a rate; without trials, anything is possible.

    Raises:
        ValueError: not 0 <= successes <= trials.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no proportion; allowed: 0 to {trials}")
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate = successes / trials
    middle = rate + z * z / (2 * trials)
    half = z * sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def proportion(outcomes: Sequence[bool]) -> Proportion:
    """Return how many are true, with Wilson's interval."""
    low, high = wilson(sum(outcomes), len(outcomes))
    return Proportion(successes=sum(outcomes), trials=len(outcomes), low=low, high=high)


def mcnemar(first_only: int, second_only: int) -> float:
    """Return the two-sided p-value of McNemar's exact test.

    Args:
        first_only: Pairs in which only the first succeeded.
        second_only: Pairs in which only the second did. Pairs in which both did the same say nothing.
    """
    pairs = first_only + second_only
    tail = sum(comb(pairs, k) for k in range(min(first_only, second_only) + 1))
    return min(1.0, 2 * tail / 2**pairs)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for being several (Holm's method), in the same order."""
    adjusted = [0.0] * len(p_values)
    most = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        most = max(most, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = most
    return adjusted


def spread(values: Sequence[float]) -> Spread | None:
    """Return median and quartiles; None of nothing."""
    if not values:
        return None
    lower, median, upper = (float(value) for value in np.percentile(values, (25, 50, 75)))
    return Spread(median=median, lower=lower, upper=upper, count=len(values))
