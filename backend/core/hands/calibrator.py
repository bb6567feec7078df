"""Guides one hand through open, fist and pinch, and judges whether the person really did it."""

from collections import deque
from typing import Literal

import numpy as np

from backend.core.contracts.record import Array
from backend.core.hands.calibration import HandCalibration
from backend.core.hands.human import ANGLES, FINGERS, STEPS, bending, node

HOLD_NS = 1_000_000_000
"""How long a pose must be held still."""
SAMPLES = 20
"""Fewer samples than this are no measurement; where they come slowly, a pose is held for longer."""
STILL_DEG = 6.0
"""Between the 5th and 95th percentile of an angle while it is held."""
STRAIGHT_DEG = 75.0
"""Sum of a finger's bends up to which it counts as straight, before anything is calibrated."""
FIST_DEG = 100.0
"""By how much more a finger must be bent in a fist than open, summed over its joints."""
THUMB_DEG = 20.0
"""By how much the thumb's bends must change between open and fist, summed."""
PINCH_DEG = 25.0
MEETING_M = 0.035
"""Finger tips further apart than this do not touch, whatever the glove's error."""
USED = ("thumb", "index", "middle")
"""Fingers that the robot has; the others are recorded but not judged."""

INSTRUCTIONS = {
    "open": "Hold your hand flat with the fingers straight and together, the thumb out to the side.",
    "fist": "Make a fist, with the thumb over the fingers.",
    "pinch": "Touch the tip of your index finger with the thumb; let the other fingers relax.",
}


class HandCalibrator:
    """Collects samples of one hand, step by step.

    Add every sample; `trouble` says what is still wrong with the present step, `finish_step` takes it.
    """

    def __init__(self, side: Literal["left", "right"]) -> None:
        self._side = side
        self._done: dict[str, Array] = {}
        self._touch_m: float | None = None
        self._held: deque[tuple[int, Array, float | None]] = deque()

    @property
    def step(self) -> str:
        """The pose that is asked for; empty when all are done."""
        return next((step for step in STEPS if step not in self._done), "")

    @property
    def instruction(self) -> str:
        """What to do now, in words."""
        return INSTRUCTIONS.get(self.step, "")

    @property
    def progress(self) -> float:
        """How much of the samples and the time asked for has come, 0 to 1."""
        if not self._held:
            return 0.0
        return min((self._held[-1][0] - self._held[0][0]) / HOLD_NS, len(self._held) / SAMPLES, 1.0)

    def add(self, t_ns: int, angles_deg: Array, nodes: Array | None = None) -> None:
        """Take a sample: (20,) angles [degrees] and, if there are any, (25, 7) joints [m]."""
        if self._held and t_ns <= self._held[-1][0]:
            return
        self._held.append((t_ns, angles_deg, None if nodes is None else tip_distance_m(nodes, "index")))
        while len(self._held) > SAMPLES and t_ns - self._held[1][0] >= HOLD_NS:
            self._held.popleft()

    def trouble(self) -> str:
        """Return in words why the step cannot be taken yet; empty when it can."""
        if self.progress < 1.0:
            return f"Hold it for {HOLD_NS / 1e9:g} s."
        angles = np.array([sample for _, sample, _ in self._held])
        low, high = np.percentile(angles, (5, 95), axis=0)
        restless = int(np.argmax(np.where(_used(), high - low, 0.0)))
        if high[restless] - low[restless] > STILL_DEG:
            finger = ANGLES[restless].partition("_")[0]
            return f"Hold still: the {finger} moved by {high[restless] - low[restless]:.0f} degrees."
        return {"open": self._open, "fist": self._fist, "pinch": self._pinch}[self.step]()

    def finish_step(self) -> str:
        """Take the present step and go on; returns why not, or an empty string."""
        if not self.step:
            return "All steps are done."
        if why := self.trouble():
            return why
        self._done[self.step] = self._median()
        if self.step == "":
            touches = [touch for _, _, touch in self._held if touch is not None]
            self._touch_m = float(np.median(touches)) if touches else None
        self._held.clear()
        return ""

    def again(self) -> None:
        """Forget all steps."""
        self._done.clear()
        self._held.clear()
        self._touch_m = None

    def result(self, wall_ns: int) -> HandCalibration | None:
        """Return the calibration, stamped with `wall_ns`; None while steps are missing."""
        if self.step:
            return None
        angles = {f"{step}_deg": self._done[step] for step in STEPS}
        return HandCalibration(side=self._side, touch_m=self._touch_m, wall_ns=wall_ns, **angles)

    def _median(self) -> Array:
        return np.median([sample for _, sample, _ in self._held], axis=0)

    def _open(self) -> str:
        now = self._median()
        for finger in USED[1:]:
            bent = now[bending(finger)].sum()
            if bent > STRAIGHT_DEG:
                return f"Straighten the {finger} finger: it is bent by {bent:.0f} degrees in all."
        return ""

    def _fist(self) -> str:
        moved = self._median() - self._done["open"]
        for finger in USED[1:]:
            bent = moved[bending(finger)].sum()
            if bent < FIST_DEG:
                return f"Close the {finger} finger: it bent by {bent:.0f} degrees; needed: {FIST_DEG:.0f}."
        turned = np.abs(moved[_places("thumb")]).sum()
        if turned < THUMB_DEG:
            return (
                f"Bend the thumb over the fingers: it moved by {turned:.0f} degrees; needed: {THUMB_DEG:.0f}."
            )
        return ""

    def _pinch(self) -> str:
        moved = self._median() - self._done["open"]
        index, middle = (moved[bending(finger)].sum() for finger in USED[1:])
        fist = (self._done["fist"] - self._done["open"])[bending("index")].sum()
        if index < PINCH_DEG:
            return f"Bend the index finger to the thumb: it bent by {index:.0f} degrees."
        if index > 0.9 * fist:
            return "That is a fist: touch thumb and index finger with their tips only."
        if middle > index:
            return "Pinch with the index finger; the middle finger is bent more."
        if np.abs(moved[_places("thumb")]).sum() < PINCH_DEG / 2:
            return "Bring the thumb to the index finger: it has not moved since the hand was open."
        touches = [touch for _, _, touch in self._held if touch is not None]
        if touches and np.median(touches) > MEETING_M:
            return f"Let the tips touch: they are {np.median(touches) * 1e3:.0f} mm apart."
        return ""


def tip_distance_m(nodes: Array, finger: str) -> float:
    """Return how far a finger's tip is from the thumb's in (25, 7) joints [m]."""
    return float(np.linalg.norm(nodes[node(f"{finger}_tip"), :3] - nodes[node("thumb_tip"), :3]))


def _places(finger: str) -> slice:
    first = FINGERS.index(finger) * 4
    return slice(first, first + 4)


def _used() -> Array:
    return np.array([name.partition("_")[0] in USED for name in ANGLES])
