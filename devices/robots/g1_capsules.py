"""Capsules around the G1's links, measured from its meshes, and the pairs that must stay apart."""

from itertools import product

import numpy as np

from backend.core.contracts.robot import Capsule

Point = tuple[float, float, float]

# name, link, start, end [m, in the link's frame], radius [m]
TRUNK: tuple[tuple[str, str, Point, Point, float], ...] = (
    ("left torso", "torso_link", (0.005, 0.035, 0.07), (0.005, 0.035, 0.24), 0.075),
    ("right torso", "torso_link", (0.005, -0.035, 0.07), (0.005, -0.035, 0.24), 0.075),
    ("head", "head_link", (0.005, 0.0, 0.40), (0.005, 0.0, 0.46), 0.080),
    ("pelvis", "pelvis", (0.0, -0.11, -0.10), (0.0, 0.11, -0.10), 0.065),
)
# Of the left side; y changes sign on the right.
LIMBS: tuple[tuple[str, str, Point, Point, float], ...] = (
    ("thigh", "hip_yaw_link", (-0.03, 0.0, -0.02), (-0.07, 0.0, -0.18), 0.065),
    ("shin", "knee_link", (0.01, 0.0, 0.0), (0.0, 0.0, -0.28), 0.050),
    ("upper arm", "shoulder_yaw_link", (0.0, 0.0, 0.03), (0.005, 0.0, -0.09), 0.045),
    ("forearm", "elbow_link", (0.0, 0.0, -0.01), (0.10, 0.0, 0.0), 0.038),
    ("wrist", "wrist_pitch_link", (-0.03, 0.0, 0.0), (0.05, 0.0, 0.0), 0.034),
    ("hand", "hand_palm_link", (0.03, -0.005, 0.0), (0.13, -0.010, 0.0), 0.048),
)


def g1_capsules() -> tuple[Capsule, ...]:
    """Return the capsules of trunk, legs and arms."""
    rows = list(TRUNK)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for name, link, start, end, radius in LIMBS:
            mirrored = [(x, sign * y, z) for x, y, z in (start, end)]
            rows.append((f"{side} {name}", f"{side}_{link}", mirrored[0], mirrored[1], radius))
    return tuple(
        Capsule(name=name, link=link, start_m=np.array(start), end_m=np.array(end), radius_m=radius)
        for name, link, start, end, radius in rows
    )


def keep_apart() -> tuple[tuple[str, str], ...]:
    """Return the pairs that joint limits alone do not keep apart."""
    pairs: list[tuple[str, str]] = []
    arms = [[f"{side} {part}" for part in ("forearm", "wrist", "hand")] for side in ("left", "right")]
    trunk = [row[0] for row in TRUNK]
    for side, other, outer in (("left", "right", arms[0]), ("right", "left", arms[1])):
        pairs += product(outer, [*trunk, "left thigh", "right thigh"])
        pairs += product([f"{side} hand"], ["left shin", "right shin", f"{side} upper arm"])
        pairs += product(outer, [f"{other} upper arm"])
    pairs += product(
        *([f"{side} {part}" for part in ("forearm", "wrist", "hand")] for side in ("left", "right"))
    )
    return tuple(pairs)
