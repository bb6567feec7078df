"""From the angles of a human hand to the Dex3-1, joint by joint, by name.

Each finger of the robot bends as far between its open hand, its pinch and its fist as the person's finger
does between theirs. `thumb_0` has no counterpart that gloves measure well: it turns the thumb towards the
finger that is bent further, so that a pinch with the index finger meets the index finger and one with the
middle finger the middle finger; in a fist the thumb lies between them.
"""

import numpy as np

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.hands.calibration import HandCalibration
from backend.core.hands.dex3 import GRIP, PINCH
from backend.core.hands.dex3_limits import clamped, hand_joints, hand_limits
from backend.core.hands.human import ANGLES, angle

SOURCES = {
    "thumb_1": ("thumb_mcp_stretch",),
    "thumb_2": ("thumb_pip_stretch", "thumb_dip_stretch"),
    "index_0": ("index_mcp_stretch",),
    "index_1": ("index_pip_stretch", "index_dip_stretch"),
    "middle_0": ("middle_mcp_stretch",),
    "middle_1": ("middle_pip_stretch", "middle_dip_stretch"),
}
"""Which angles bend which joint; several count by how far they go from open hand to fist."""
TWIN = {"middle_0": "index_0", "middle_1": "index_1"}
"""Nobody pinches with the middle finger while calibrating: it is taken to pinch as the index finger does."""
APART = 0.15
"""A pinch nearer than this to open hand or fist, as a fraction of the way, cannot be told from them."""


class AngleRetargeting:
    """Maps (20,) angles [degrees] to (7,) joints [rad] of one hand, in the order of `hand_joints`."""

    def __init__(self, spec: RobotSpec, calibration: HandCalibration) -> None:
        side = calibration.side
        self.joints = hand_joints(spec, side)
        self._limits = hand_limits(spec, side)
        self._weights, self._offsets = _bending(calibration)
        self._ways = {name: _way(name, self._bends(calibration.pinch_deg)) for name in SOURCES}
        # Bending mirrors from left to right, turning the thumb about its own length does not.
        short = [joint.removeprefix(f"{side}_hand_").removesuffix("_joint") for joint in self.joints]
        self._places = {name: short.index(name) for name in short}
        mirror = 1.0 if side == "left" else -1.0
        self._signs = np.array([1.0 if name == "thumb_0" else mirror for name in short])
        self._pinched = self._lead(self._left_hand(self._bends(calibration.pinch_deg)))

    def retarget(self, angles_deg: Array) -> Array:
        """Return the (7,) joints [rad], inside the limits, for (20,) angles [degrees]."""
        left = self._left_hand(self._bends(angles_deg))
        turn = self._lead(left) / self._pinched if abs(self._pinched) > APART else 0.0
        left["thumb_0"] = (
            PINCH["thumb_0"] * min(max(turn, -1.0), 1.0) * min(_closing(left, "thumb", 1, 2), 1.0)
        )
        hand = np.empty(len(self.joints))
        for name, place in self._places.items():
            hand[place] = left[name]
        return clamped(self._signs * hand, self._limits)

    def _bends(self, angles_deg: Array) -> dict[str, float]:
        """Return how far each joint's angles are from open hand (0) to fist (1)."""
        return dict(zip(SOURCES, (self._weights @ angles_deg + self._offsets).tolist(), strict=True))

    def _left_hand(self, bends: dict[str, float]) -> dict[str, float]:
        """Return the joints of a left hand but for `thumb_0`."""
        return {name: float(np.interp(bends[name], *self._ways[name])) for name in SOURCES}

    @staticmethod
    def _lead(left: dict[str, float]) -> float:
        """Return how much further the index finger is closed than the middle finger."""
        return _closing(left, "index", 0, 1) - _closing(left, "middle", 0, 1)


def _closing(left: dict[str, float], finger: str, *joints: int) -> float:
    """Return how far a finger is closed, 0 open to 1 as in a pinch."""
    shares = []
    for joint in joints:
        pinched = f"{'index' if finger == 'middle' else finger}_{joint}"
        shares.append(left[f"{finger}_{joint}"] / PINCH[pinched])
    return sum(shares) / len(shares)


def _bending(calibration: HandCalibration) -> tuple[Array, Array]:
    """Return (6, 20) weights and (6,) offsets from angles to how far the joints of SOURCES are bent."""
    gain, offset = calibration.scale
    reach = np.abs(calibration.fist_deg - calibration.open_deg) * (gain != 0.0)
    weights, offsets = np.zeros((len(SOURCES), len(ANGLES))), np.zeros(len(SOURCES))
    for row, names in enumerate(SOURCES.values()):
        places = [angle(name) for name in names]
        share = reach[places] / max(reach[places].sum(), 1e-9)
        weights[row, places] = share * gain[places]
        offsets[row] = share @ offset[places]
    return weights, offsets


def _way(name: str, pinch: dict[str, float]) -> tuple[list[float], list[float]]:
    """Return the robot's left joint [rad] over how far the person's angles are bent."""
    twin = TWIN.get(name, name)
    knots = {0.0: 0.0, 1.0: GRIP[name]}
    if all(abs(pinch[twin] - known) > APART for known in knots) and pinch[twin] > 0.0:
        knots[pinch[twin]] = PINCH[twin]
    order = sorted(knots)
    return order, [knots[at] for at in order]
