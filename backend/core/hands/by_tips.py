"""From the finger tips of a human hand to the Dex3-1: least squares over its seven joints.

    min_q  sum_f |tip_f(q) - target_f|^2 / r^2                     index, middle: in the plane they bend in
         + sum_f w_f (|tip_f(q) - thumb(q)| - wanted_f)^2 / r^2    thumb to index, thumb to middle
         + s |q - q_before|^2 + n |q_thumb - q_rest|^2

`target_f` is the person's finger from knuckle to tip, lengthened to the robot's. `wanted_f` grows from the
distance of touching tips with the distance of the person's; w_f is large where tips meet, so that a pinch is
a pinch although the hands differ (after Handa et al., DexPilot, 2020, which projects short distances to
zero). A few steps of Gauss and Newton inside the joint limits, from the solution before.
"""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.hands.calibration import USUAL_TOUCH_M, HandCalibration
from backend.core.hands.dex3 import hand_pose
from backend.core.hands.dex3_limits import clamped, hand_limits
from backend.core.hands.dex3_model import TIP_RADIUS_M, TIPS, Dex3Model
from backend.core.hands.human import FINGER_NODES, node

STEPS = 3
FINGER_M = 0.0458 + 0.044
"""From the robot's knuckle to its finger tip."""
NEAR, FAR = 0.15, 0.5
"""Distances of the person's tips, as a share of an index finger, from which on a pinch fades and is gone."""
OPEN_FINGERS = 1.25
"""How far the person's thumb is from the other tips in an open hand, in lengths of the index finger."""
W_PINCH, W_APART = 30.0, 0.4
W_THUMB, W_BEFORE = 0.2, 0.01
RESOLUTION_M = 0.02
LEAST_M = 0.01
"""No palm and no finger is smaller."""
MOST_RAD = 0.5
"""Furthest that one step goes."""
RELAXED = 0.2
"""The thumb's rest and the first guess, as a share of a fist; a straight finger would not know which way to
bend."""


class TipRetargeting:
    """Maps (25, 7) joints of a human hand [m] to (7,) joints [rad] of one robot hand."""

    def __init__(self, spec: RobotSpec, calibration: HandCalibration) -> None:
        side = calibration.side
        self._model = Dex3Model(spec, side)
        self._limits = hand_limits(spec, side)
        touch_m = calibration.touch_m
        self._touch_m = USUAL_TOUCH_M if touch_m is None else max(touch_m, USUAL_TOUCH_M)
        joints = self._model.joints
        self._damping = np.array([W_THUMB if "_thumb_" in joint else 0.0 for joint in joints])
        self._relaxed = clamped(RELAXED * hand_pose(joints, 1.0, 0.0), self._limits)
        pinch = hand_pose(joints, 0.0, 1.0)
        self._pinch = pinch - self._relaxed
        self._across = np.array([1.0 if joint == f"{side}_hand_thumb_0_joint" else 0.0 for joint in joints])
        self._turn = float(self._across @ pinch)
        self._q = self._relaxed
        open_tips = self._model.tips_m(np.zeros(len(joints)))
        self._widest_m = np.linalg.norm(open_tips[1:] - open_tips[0], axis=1)
        self._J, self._r = np.zeros((10, len(joints))), np.zeros(10)

    def reset(self) -> None:
        """Forget the solution before."""
        self._q = self._relaxed

    def retarget(self, nodes: Array) -> Array:
        """Return the (7,) joints [rad], inside the limits, for (25, 7) joints in any frame [m].

        Joints that cannot be a hand's, such as all at one place, leave the hand as it is.
        """
        if not _is_hand(nodes[:, :3]):
            return self._q
        targets, wanted, near = self._goals(nodes[:, :3])
        weights = W_APART + (W_PINCH - W_APART) * near**2
        # The thumb bends as it does when it pinches, and turns to the finger that it is nearer to.
        rest = self._relaxed + float(near.max()) * (1.0 - self._across) * self._pinch
        rest += self._across * self._turn * float(near[0] - near[1])
        before = q = self._q
        for _ in range(STEPS):
            q = self._step(q, before, rest, targets, wanted, weights)
        self._q = q
        return q

    def _goals(self, points: Array) -> tuple[Array, Array, Array]:
        """Return (2, 2) tips in x and y [m], (2,) distances to the thumb [m] and nearness to it, 0 to 1."""
        to_palm = palm_axes(points)
        targets, wanted, near = np.empty((2, 2)), np.empty(2), np.empty(2)
        index_m = _length(points, "index")
        thumb = points[node("thumb_tip")]
        for i, finger in enumerate(TIPS[1:]):
            reach = to_palm @ (points[node(f"{finger}_tip")] - points[node(f"{finger}_proximal")])
            targets[i] = self._model.roots_m[finger][:2] + reach[:2] * FINGER_M / _length(points, finger)
            apart = max(float(np.linalg.norm(points[node(f"{finger}_tip")] - thumb)) - self._touch_m, 0.0)
            wanted[i] = min(
                2 * TIP_RADIUS_M + apart / (OPEN_FINGERS * index_m) * self._widest_m[i], self._widest_m[i]
            )
            near[i] = min(max((FAR - apart / index_m) / (FAR - NEAR), 0.0), 1.0)
        return targets, wanted, near

    def _step(
        self, q: Array, before: Array, rest: Array, targets: Array, wanted: Array, weights: Array
    ) -> Array:
        tips, slopes = self._model.tips_and_jacobian(q)
        J, r = self._J, self._r
        for i in (0, 1):
            J[2 * i : 2 * i + 2], r[2 * i : 2 * i + 2] = slopes[i + 1, :2], targets[i] - tips[i + 1, :2]
            way = tips[i + 1] - tips[0]
            # The whole vector and not its length alone, whose slope turns about where tips pass each other.
            longer = wanted[i] / (float(np.sqrt(way @ way)) + 1e-9) - 1.0
            root, rows = float(np.sqrt(weights[i])), slice(4 + 3 * i, 7 + 3 * i)
            J[rows], r[rows] = root * (slopes[i + 1] - slopes[0]), root * longer * way
        H = J.T @ J / RESOLUTION_M**2 + np.diag(W_BEFORE + self._damping)
        g = J.T @ r / RESOLUTION_M**2 + W_BEFORE * (before - q) + self._damping * (rest - q)
        lower, upper = self._limits
        # A joint that is pushed against its limit stays there: its row says "do not move".
        stuck = (q <= lower) & (g < 0) | (q >= upper) & (g > 0)
        H[stuck], H[:, stuck], g[stuck] = 0.0, 0.0, 0.0
        H[stuck, stuck] = 1.0
        change = np.linalg.solve(H, g)
        return clamped(q + np.minimum(np.maximum(change, -MOST_RAD), MOST_RAD), self._limits)


def palm_axes(points: Array) -> Array:
    """Return the (3, 3) rotation from the joints' frame to the palm's: x to the fingers, z to the thumb.

    It is made from the joints themselves, so that it does not matter how a glove sets its axes.
    """
    x = points[node("middle_proximal")] - points[node("wrist")]
    x = x / np.linalg.norm(x)
    z = points[node("index_proximal")] - points[node("pinky_proximal")]
    z = z - (z @ x) * x
    z = z / np.linalg.norm(z)
    return np.array([x, np.cross(z, x), z])


def _is_hand(points: Array) -> bool:
    """Return whether the palm has a length and a width, and the fingers a length."""
    length = points[node("middle_proximal")] - points[node("wrist")]
    width = points[node("index_proximal")] - points[node("pinky_proximal")]
    area = float(np.linalg.norm(np.cross(length, width)))
    return area > LEAST_M * float(np.linalg.norm(length)) > LEAST_M**2 and all(
        _length(points, finger) > LEAST_M for finger in TIPS[1:]
    )


def _length(points: Array, finger: str) -> float:
    """Return the length of a finger from its knuckle to its tip, along its bones [m]."""
    chain = points[[node(f"{finger}_{name}") for name in FINGER_NODES[1:]]]
    return float(np.linalg.norm(np.diff(chain, axis=0), axis=1).sum())
