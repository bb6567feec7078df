"""Closest points of line segments."""

import numpy as np

from backend.core.contracts.record import Array

PARALLEL = 1e-9
"""Squared sine below which two directions count as parallel; then any start serves."""


def closest_points(start_a: Array, end_a: Array, start_b: Array, end_b: Array) -> tuple[Array, Array]:
    """Return the closest points of n pairs of segments.

    Each point is found on its own segment given the other, after the unconstrained optimum was clipped
    (Ericson, Real-Time Collision Detection, 5.1.9).

    Args:
        start_a: (n, 3) where the first segments start [m].
        end_a: (n, 3) where they end.
        start_b: (n, 3) where the second segments start [m].
        end_b: (n, 3) where they end.

    Returns:
        (n, 3) point on each first and (n, 3) point on each second segment.
    """
    along_a, along_b, gap = end_a - start_a, end_b - start_b, start_a - start_b
    aa, bb = np.einsum("ij,ij->i", along_a, along_a), np.einsum("ij,ij->i", along_b, along_b)
    ab = np.einsum("ij,ij->i", along_a, along_b)
    ag, bg = np.einsum("ij,ij->i", along_a, gap), np.einsum("ij,ij->i", along_b, gap)
    cross = aa * bb - ab * ab
    s = np.where(cross > PARALLEL * aa * bb, (ab * bg - ag * bb) / np.maximum(cross, 1e-300), 0.0)
    s = np.minimum(np.maximum(s, 0.0), 1.0)
    t = np.minimum(np.maximum((ab * s + bg) / bb, 0.0), 1.0)
    s = np.minimum(np.maximum((ab * t - ag) / aa, 0.0), 1.0)
    return start_a + s[:, None] * along_a, start_b + t[:, None] * along_b
