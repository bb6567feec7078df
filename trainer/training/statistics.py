"""Statistics that a policy normalises with, from the rows it is trained on."""

from typing import Any

import numpy as np

SMALLEST_SPREAD = 0.01
"""Rad, m, m/s or rad/s: about what sensors and tracking leave of a value that stands still.

An entry that hardly moves in the demonstrations (fingers of the idle hand, a velocity nobody used) has a
spread of almost nothing. Divided by that, a thousandth of a radian on the robot would look to the policy like
something it never saw.
"""
QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}
BOUNDS = (("min", "max"), ("q01", "q99"), ("q10", "q90"))


def vector_statistics(values: np.ndarray) -> dict[str, np.ndarray]:
    """Return LeRobot's statistics of a column, with no entry narrower than `SMALLEST_SPREAD`.

    Args:
        values: (rows, entries)
    """
    stats: dict[str, np.ndarray] = {
        "min": values.min(axis=0),
        "max": values.max(axis=0),
        "mean": values.mean(axis=0, dtype=np.float64),
        "std": np.maximum(values.std(axis=0, dtype=np.float64), SMALLEST_SPREAD),
        **{name: np.quantile(values, share, axis=0) for name, share in QUANTILES.items()},
    }
    for low, high in BOUNDS:
        missing = np.maximum(SMALLEST_SPREAD - (stats[high] - stats[low]), 0.0) / 2
        stats[low], stats[high] = stats[low] - missing, stats[high] + missing
    return {name: value.astype(np.float32) for name, value in stats.items()} | {
        "count": np.array([len(values)])
    }


def picture_statistics(stats: dict[str, Any]) -> dict[str, np.ndarray]:
    """Return the statistics of a camera, (3, 1, 1) each, with ImageNet's mean and standard deviation.

    Args:
        stats: what the dataset version says about the camera.
    """
    from lerobot.utils.constants import IMAGENET_STATS

    return {name: np.asarray(value, np.float32) for name, value in stats.items()} | {
        name: np.asarray(value, np.float32) for name, value in IMAGENET_STATS.items()
    }
