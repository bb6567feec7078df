"""A human hand: from the 20 angles of a glove to its 25 joints.

In the wrist's frame x points along the fingers and z to the thumb's side; the palm faces -y on the left hand
and +y on the right. Lengths are those of an adult's hand (segment means after Buryanov and Kotiuk,
Proportions of hand segments, 2010). It knows nothing of the robot.
"""

import numpy as np

from backend.core.contracts.record import Array

# Thumb, index, middle, ring, pinky: where each begins to bend, in the wrist's frame, and its segments [m].
ROOTS_M = np.array(
    [[0.022, -0.012, 0.026], [0.090, 0, 0.024], [0.092, 0, 0.002], [0.086, 0, -0.019], [0.078, 0, -0.037]]
)
SEGMENTS_M = np.array(
    [
        [0.046, 0.032, 0.024],
        [0.040, 0.023, 0.020],
        [0.045, 0.027, 0.021],
        [0.041, 0.026, 0.021],
        [0.033, 0.019, 0.019],
    ]
)
METACARPAL = 0.25
"""Where between wrist and knuckle a finger's metacarpal begins."""


def _unit(*rows: tuple[float, float, float]) -> Array:
    table = np.array(rows)
    return table / np.linalg.norm(table, axis=1, keepdims=True)


_THUMB = _unit((0.72, -0.10, 0.68))[0]
ALONG = np.vstack([_THUMB, np.tile([1.0, 0.0, 0.0], (4, 1))])
"""Where each finger points with all angles at zero."""
BEND_AXES = np.vstack([_unit(np.cross(_THUMB, [0.25, -0.35, -1.0])), np.tile([0.0, 0.0, -1.0], (4, 1))])
"""Fingers bend to the palm; the thumb sweeps across it."""
SPREAD_AXES = np.vstack(
    [_unit(np.cross(_THUMB, [0.0, -1.0, 0.0])), *([[0, -sign, 0]] for sign in (1.0, 1.0, -1.0, -1.0))]
)
"""Fingers spread away from the middle of the hand; the thumb leaves the palm's plane."""


def _quaternions(axes: Array, angles_rad: Array) -> Array:
    """Return rotations about unit axes (..., 3) as x y z w."""
    half = angles_rad[..., None] / 2
    return np.concatenate([np.sin(half) * axes, np.cos(half)], axis=-1)


def _product(a: Array, b: Array) -> Array:
    av, aw, bv, bw = a[..., :3], a[..., 3:], b[..., :3], b[..., 3:]
    vector = aw * bv + bw * av + np.cross(av, bv)
    return np.concatenate([vector, aw * bw - np.sum(av * bv, axis=-1, keepdims=True)], axis=-1)


def _turned(q: Array, vectors: Array) -> Array:
    twice = 2 * np.cross(q[..., :3], vectors)
    return vectors + q[..., 3:] * twice + np.cross(q[..., :3], twice)


def joints(angles_deg: Array, side: str, scale: float = 1.0) -> Array:
    """Return the (25, 7) joints of a hand in its wrist's frame: x y z [m], qx qy qz qw.

    Args:
        angles_deg: (20,) in the order of `human.ANGLES`.
        side: left or right; the right hand is the left one's mirror image.
        scale: Size of the hand against an adult's mean.
    """
    angles_rad = np.deg2rad(angles_deg).reshape(5, 4)
    spread = _quaternions(SPREAD_AXES, angles_rad[:, 0])
    # A finger's joints all bend about one axis, so that their bends add up: (5, 3).
    bends = _quaternions(BEND_AXES[:, None], np.cumsum(angles_rad[:, 1:], axis=1))
    turns = _product(np.broadcast_to(spread[:, None], bends.shape), bends)
    along = _turned(turns, np.broadcast_to(ALONG[:, None], (5, 3, 3)))
    places = ROOTS_M[:, None] + np.cumsum(along * SEGMENTS_M[..., None], axis=1)
    poses = np.zeros((25, 7))
    poses[:, 6] = 1.0
    row = 1
    for finger in range(5):
        if finger:
            poses[row, :3] = METACARPAL * ROOTS_M[finger]
            row += 1
        poses[row, :3] = ROOTS_M[finger]
        poses[row + 1 : row + 4, :3] = places[finger]
        poses[row : row + 3, 3:] = turns[finger]
        poses[row + 3, 3:] = turns[finger, 2]
        row += 4
    poses[:, :3] *= scale
    if side == "right":
        # The mirror image at the plane y = 0.
        poses[:, [1, 3, 5]] *= -1
    return poses
