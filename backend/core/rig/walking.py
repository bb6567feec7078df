"""Walking and squatting commands from the operator's body.

After Psi-Zero (arXiv 2603.12263, VIII-C): the waist gives the translational velocity, the feet the
turning, clipped and filtered against the sway of a body that stands. Sway of hips reaches the speeds of slow
steps, so no dead band alone tells them apart: here, the base moves only while a foot steps.

    waist --slope over 0.25 s--> heading frame --dead band, main direction--> clip --> vx, vy
    feet  --mean yaw, slope over 0.4 s--> dead band --> clip --> yaw rate
    feet  --a foot leaves where it stood--> gate, kept open for 0.35 s
    waist (or head) height - neutral --dead band, scale--> base height
"""

import math

import numpy as np

from backend.core.contracts.record import Array, Record
from backend.core.pose import yaw_of
from backend.core.rig.calibration import Neutral
from backend.core.rig.foot import Foot
from backend.core.rig.slope import Slope

WALK_WINDOW_S = 0.25
TURN_WINDOW_S = 0.4
"""As long as a step: the feet turn one after the other."""
GATE_S = 0.35
"""The gate stays open after a step for as long as the body takes to come to rest."""
DEAD_M_S = 0.1
DEAD_RAD_S = 0.15
MOST = np.array([0.5, 0.3, 0.8])
"""Clipping: vx, vy [m/s], yaw rate [rad/s]."""
MAIN = 0.5
"""Of the two directions, the one slower than this part of the other is taken for the waddle of walking."""
DEAD_HEIGHT_M = 0.03
JUMP_M = 0.25
"""A waist that moves further between two samples has lost itself."""
FOLLOW_S = 0.15
"""Time constant with which the operator's footprint follows a walking body."""


class BodyCommand(Record):
    """What the body says at one instant."""

    velocity: Array
    """(3,) vx, vy [m/s] and yaw rate [rad/s] in the operator's heading frame; exactly zero between steps."""
    height_m: float | None
    """Of the robot's pelvis."""
    stepping: bool
    footprint: Array
    """(3,) x, y [m] and heading [rad] of the operator in the calibrated frame. It moves only while they
    step, so that hands do not follow a swaying body."""


class Walking:
    """Turns waist, feet and head into base velocity and height.

    Latency of the velocity: 125 ms (`Slope` over 0.25 s), of the yaw rate 200 ms; a first step is seen about
    0.1 s after the foot leaves the ground, which runs in parallel.

    Args:
        robot_height_m: Nominal height of the robot's pelvis.
    """

    def __init__(self, robot_height_m: float) -> None:
        self._robot_height_m = robot_height_m
        self._feet = (Foot(), Foot())
        self._walk, self._turn = Slope(WALK_WINDOW_S), Slope(TURN_WINDOW_S)
        self.reset()

    def reset(self) -> None:
        """Start anew: another operator, another calibration, or the trackers were away."""
        for part in (*self._feet, self._walk, self._turn):
            part.reset()
        self._open_until_s = -math.inf
        self._last_s: float | None = None
        self._waist: Array | None = None
        self._yaw = 0.0
        self._footprint: Array | None = None

    @property
    def latency_s(self) -> tuple[float, float]:
        """Latency of velocity and of yaw rate [s]."""
        return self._walk.latency_s, self._turn.latency_s

    def update(
        self,
        t_s: float,
        neutral: Neutral,
        waist: Array | None,
        feet: tuple[Array | None, Array | None],
        head: Array | None,
    ) -> BodyCommand:
        """Take one sample of (7,) poses in the calibrated frame (`Neutral.calibrated`).

        Args:
            t_s: The source's time [s].
            neutral: The operator's neutral pose.
            waist: Of the waist's tracker; None when it cannot be trusted.
            feet: Of the left and the right foot's tracker.
            head: Of the headset.
        """
        dt_s = 0.0 if self._last_s is None else min(max(t_s - self._last_s, 0.0), 0.1)
        self._last_s = t_s
        stepping = self._watch_feet(t_s, feet)
        walk = self._walk_of(t_s, waist)
        turn = self._turn_of(t_s, feet)
        body = waist if waist is not None else head
        if body is not None:
            self._carry(body, neutral, stepping, dt_s)
        velocity = np.zeros(3)
        if stepping:
            heading = self._yaw
            c, s = math.cos(heading), math.sin(heading)
            velocity[:2] = _main(np.array([c * walk[0] + s * walk[1], c * walk[1] - s * walk[0]]))
            velocity[2] = turn if abs(turn) >= DEAD_RAD_S else 0.0
        return BodyCommand(
            velocity=np.clip(velocity, -MOST, MOST),
            height_m=self._height(neutral, waist, head),
            stepping=stepping,
            footprint=np.zeros(3) if self._footprint is None else self._footprint,
        )

    def _watch_feet(self, t_s: float, feet: tuple[Array | None, Array | None]) -> bool:
        if any(pose is None for pose in feet):
            for foot in self._feet:
                foot.reset()
            self._open_until_s = -math.inf
            return False
        for foot, pose in zip(self._feet, feet, strict=True):
            foot.update(t_s, pose)
        if any(foot.stepping for foot in self._feet):
            self._open_until_s = t_s + GATE_S
        return t_s < self._open_until_s

    def _walk_of(self, t_s: float, waist: Array | None) -> Array:
        if waist is None:
            self._walk.reset()
            self._waist = None
            return np.zeros(2)
        if self._waist is not None and np.linalg.norm(waist[:3] - self._waist[:3]) > JUMP_M:
            self._walk.reset()
        self._waist = waist
        return self._walk.update(t_s, waist[:2])

    def _turn_of(self, t_s: float, feet: tuple[Array | None, Array | None]) -> float:
        if any(pose is None for pose in feet):
            self._turn.reset()
            return 0.0
        left, right = (yaw_of(pose[3:]) for pose in feet)
        mean = right + math.remainder(left - right, math.tau) / 2
        self._yaw += math.remainder(mean - self._yaw, math.tau)
        return float(self._turn.update(t_s, np.array([self._yaw]))[0])

    def _carry(self, body: Array, neutral: Neutral, stepping: bool, dt_s: float) -> None:
        """Move the footprint along with a walking body."""
        here = np.array([body[0], body[1], self._yaw])
        if self._footprint is None:
            self._footprint = here
        elif stepping:
            self._footprint = self._footprint + (here - self._footprint) * min(1.0, dt_s / FOLLOW_S)

    def _height(self, neutral: Neutral, waist: Array | None, head: Array | None) -> float | None:
        """Return the robot's height: the operator's, as a part of their own, times the robot's."""
        if waist is not None and neutral.waist_m is not None:
            now_m, neutral_m = float(waist[2]), neutral.waist_m
        elif head is not None:
            # A head comes down by as much as the hips do when the back stays upright.
            now_m = neutral.hips_m + float(head[2]) - neutral.head_m
            neutral_m = neutral.hips_m
        else:
            return None
        change_m = now_m - neutral_m
        change_m = math.copysign(max(abs(change_m) - DEAD_HEIGHT_M, 0.0), change_m)
        return self._robot_height_m * (1.0 + change_m / neutral_m)


def _main(velocity: Array) -> Array:
    """Return a velocity in its main direction, without what is slower than the dead band."""
    speed = np.abs(velocity)
    keep = (speed >= DEAD_M_S) & (speed >= MAIN * speed[::-1])
    return np.where(keep, velocity, 0.0)
