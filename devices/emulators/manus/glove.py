"""One emulated glove: a hand that moves, seen through sensors."""

import numpy as np

from backend.core.hands.human import ANGLES, SIDES
from devices.emulators.manus.hand_model import joints
from devices.emulators.manus.motions import at, poses
from devices.inputs.manus.wire import GloveData, GloveInfo

NOISE_DEG = 0.15
DECIMALS = 2
"""Gloves report angles so finely."""


class EmulatedGlove:
    """Angles and joints of one hand at any time.

    Attributes:
        pose: A pose that is held; empty for the whole round of poses.
        plugged: It is there at all.
        frozen: Its sensors have stopped: it keeps sending what it sent last.
        quiet: It is there, but sends nothing.
        offset_deg: Added to all angles, as by a sensor that jumps.
    """

    def __init__(self, glove: int, side: str, haptics: bool, noise_deg: float, seed: int) -> None:
        self.info = GloveInfo(glove, side, haptics)
        self.pose = ""
        self.plugged = True
        self.frozen = self.quiet = False
        self.offset_deg = 0.0
        self._noise_deg = noise_deg
        self._rng = np.random.default_rng(seed)
        self._sent: GloveData | None = None

    def data(self, t_s: float) -> GloveData | None:
        """Return new values, or None when they have not changed since the last ones."""
        if not self.plugged or self.quiet:
            return None
        if self.frozen and self._sent is not None:
            return self._sent
        angles_deg = poses()[self.pose] if self.pose else at(t_s)[0]
        noise_deg = self._rng.normal(0.0, self._noise_deg, len(ANGLES)) if self._noise_deg else 0.0
        angles_deg = np.round(angles_deg + self.offset_deg + noise_deg, DECIMALS)
        both = np.zeros((2, len(ANGLES)))
        both[SIDES.index(self.info.side)] = angles_deg
        angles = both.ravel().tolist()
        if self._sent is not None and angles == self._sent.angles_deg:
            return None
        self._sent = GloveData(self.info.id, angles, joints(angles_deg, self.info.side).tolist())
        return self._sent
