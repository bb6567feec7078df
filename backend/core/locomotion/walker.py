"""Decides which feet stand, where the zero-moment point goes and where the swing foot lands.

STAND --- wants to walk ---> SHIFT --- weight is over one foot ---> SWING <---> TRANSFER
  |                                                                   ^            |
  +---- pushed: the DCM leaves the feet ------------------------------+            |
  ^                                                                                |
  +---- wants to stand, feet side by side, DCM between them -----------------------+
"""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from backend.core.contracts.record import Array
from backend.core.locomotion.footstep import Foothold, FootstepWeights, plan_foothold
from backend.core.locomotion.gait import GaitParameters, dcm_offset, step_displacement
from backend.core.locomotion.reference import Reference, clamp, toward, wrap_rad
from backend.core.locomotion.swing import SwingPath

STAND_GAIN = 1.8
SHIFT_GAIN = 1.6
SHIFT_TIMEOUT_S = 0.6
SHIFT_DONE_M = 0.015
TOUCH_M = 0.005
TOUCH_SHARE = 0.6
"""Contact counts only after this part of the swing."""
LATE_S = 0.08
PELVIS_TURN_RAD_S = 1.5
SETTLED_FORWARD_M = 0.07
SETTLED_WIDTH_M = (0.13, 0.30)
SETTLED_DCM_M = 0.06
LANDING_SPEED_M_S = 1.5
"""Largest speed at which the planned landing place moves."""


class Phase(Enum):
    """What the feet are doing."""

    STAND = auto()
    SHIFT = auto()
    SWING = auto()
    TRANSFER = auto()


@dataclass(frozen=True)
class Sole:
    """A foot as the planner sees it: the middle of its sole."""

    position_m: Array
    """(3,)"""
    yaw_rad: float


@dataclass(frozen=True)
class Balance:
    """The centre of mass as the planner sees it."""

    dcm_m: Array
    """(2,) in the world."""
    omega: float
    """sqrt(g / height) [1/s]"""


def heading(yaw_rad: float) -> Array:
    """Return the (2, 2) rotation from a frame at `yaw_rad` to the world."""
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    return np.array([[c, -s], [s, c]])


class Walker:
    """Plans one tick at a time. `soles` are given as {+1: left, -1: right}."""

    def __init__(self, gait: GaitParameters | None = None, weights: FootstepWeights | None = None) -> None:
        self.gait = gait or GaitParameters()
        self._weights = weights or FootstepWeights()
        self.reset(0.0)

    def reset(self, yaw_rad: float) -> None:
        """Stand on both feet, facing `yaw_rad`."""
        self.phase = Phase.STAND
        self.pelvis_yaw_rad = yaw_rad
        self.swing_side = 1
        self.swing: SwingPath | None = None
        self.foothold: Foothold | None = None
        self.steps = 0
        self._elapsed_s = 0.0
        self._landing_m = np.zeros(2)
        self._old_cop_m = np.zeros(2)
        self._early_s = 0.0

    @property
    def contacts(self) -> tuple[int, ...]:
        """Sides that carry weight."""
        return (-self.swing_side,) if self.phase is Phase.SWING else (1, -1)

    def update(self, balance: Balance, soles: dict[int, Sole], reference: Reference, dt_s: float) -> Array:
        """Advance by `dt_s` and return the wished zero-moment point (2,) in the world."""
        self._elapsed_s += dt_s
        turn = wrap_rad(reference.yaw_rad - self.pelvis_yaw_rad)
        self.pelvis_yaw_rad += clamp(turn, -PELVIS_TURN_RAD_S * dt_s, PELVIS_TURN_RAD_S * dt_s)
        match self.phase:
            case Phase.STAND:
                return self._stand(balance, soles, reference)
            case Phase.SHIFT:
                return self._shift(balance, soles, reference)
            case Phase.SWING:
                return self._swing(balance, soles, reference, dt_s)
            case Phase.TRANSFER:
                return self._transfer(balance, soles, reference)

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self._elapsed_s = 0.0

    def _stand(self, balance: Balance, soles: dict[int, Sole], reference: Reference) -> Array:
        middle = (soles[1].position_m + soles[-1].position_m)[:2] / 2
        error = balance.dcm_m - middle
        lean = heading(self.pelvis_yaw_rad).T @ error
        half_width = (
            abs((heading(self.pelvis_yaw_rad).T @ (soles[1].position_m - soles[-1].position_m)[:2])[1]) / 2
        )
        if abs(lean[0]) > 0.075 or abs(lean[1]) > half_width:
            self._lift(soles, -1 if lean[1] > 0 else 1)
        elif reference.moving:
            self.swing_side = self._first_side(reference)
            self._enter(Phase.SHIFT)
        return self._inside(middle + (1 + STAND_GAIN) * error, soles)

    def _first_side(self, reference: Reference) -> int:
        """Return the foot to start with: the one that leads the way."""
        turn = wrap_rad(reference.yaw_rad - self.pelvis_yaw_rad)
        lead = reference.velocity_m_s[1] / 0.1 + turn
        return 1 if lead >= 0 else -1

    def _shift(self, balance: Balance, soles: dict[int, Sole], reference: Reference) -> Array:
        """Move the weight over the stance foot before the first step."""
        stance = soles[-self.swing_side].position_m[:2]
        growth = np.exp(balance.omega * self._period_s)
        offset = self.gait.width_m / (1 + growth)
        goal = stance + heading(self.pelvis_yaw_rad) @ np.array([0.0, self.swing_side * offset])
        error = balance.dcm_m - goal
        short = self.swing_side * (heading(self.pelvis_yaw_rad).T @ error)[1]
        if not reference.moving:
            self._enter(Phase.STAND)
        elif short < SHIFT_DONE_M or self._elapsed_s > SHIFT_TIMEOUT_S:
            self._lift(soles, self.swing_side)
        return self._inside(balance.dcm_m + SHIFT_GAIN * error, soles)

    @property
    def _period_s(self) -> float:
        return self.gait.swing_s + self.gait.transfer_s

    def _lift(self, soles: dict[int, Sole], side: int) -> None:
        self._enter(Phase.SWING)
        self.swing_side = side
        self.steps += 1
        self.swing = SwingPath(soles[side].position_m, soles[side].yaw_rad)
        self._remaining_s = self.gait.swing_s
        self._landing_m = soles[side].position_m[:2]
        self.foothold = None

    def _swing(self, balance: Balance, soles: dict[int, Sole], reference: Reference, dt_s: float) -> Array:
        gait, side = self.gait, self.swing_side
        stance = soles[-side]
        outward = side * wrap_rad(reference.yaw_rad - stance.yaw_rad)
        yaw = stance.yaw_rad + side * clamp(outward, *gait.turn_range_rad)
        rotation = heading(yaw)
        dcm = rotation.T @ (balance.dcm_m - stance.position_m[:2])

        nominal = step_displacement(side, reference.velocity_m_s, self._period_s, gait)
        following = step_displacement(-side, reference.velocity_m_s, self._period_s, gait)
        offset = dcm_offset(nominal, following, np.exp(balance.omega * self._period_s))
        # Feedback about the orbit that ends at the nominal foothold with the nominal offset.
        delay = gait.transfer_s / 2
        remaining = max(gait.swing_s - self._elapsed_s, 0.0)
        orbit = (nominal + offset) * np.exp(-balance.omega * (remaining + delay))
        half = np.array(gait.sole_half_m)
        cop = np.clip((1 + gait.dcm_gain) * (dcm - orbit), -half, half)

        least = max(gait.swing_range_s[0] - self._elapsed_s, 0.0)
        most = max(gait.swing_range_s[1] - self._elapsed_s, dt_s)
        times = (least, clamp(gait.swing_s - self._elapsed_s, least, most), most)
        near, far = gait.width_range_m
        sideways = (near, far) if side > 0 else (-far, -near)
        bounds = (
            np.array([gait.length_range_m[0], sideways[0]]),
            np.array([gait.length_range_m[1], sideways[1]]),
        )
        plan = plan_foothold(dcm, cop, nominal, offset, balance.omega, times, delay, bounds, self._weights)
        if plan is not None:
            self.foothold = plan
            goal = stance.position_m[:2] + rotation @ plan.displacement_m
            if self._elapsed_s <= dt_s:
                self._landing_m = goal
            reach = LANDING_SPEED_M_S * dt_s
            self._landing_m = toward(self._landing_m, goal, reach)
            self._remaining_s = plan.remaining_s
        else:
            self._remaining_s -= dt_s
        self.swing.advance(
            self._landing_m,
            self.swing.position[3] + wrap_rad(yaw - self.swing.position[3]),
            self._elapsed_s,
            self._remaining_s,
            float(np.interp(reference.height_m, (0.48, 0.60), (0.4, 1.0))) * gait.lift_m,
            dt_s,
        )
        low = soles[side].position_m[2] < TOUCH_M
        total = self._elapsed_s + self._remaining_s
        if (low and self._elapsed_s > TOUCH_SHARE * total) or self._elapsed_s > gait.swing_range_s[
            1
        ] + LATE_S:
            self._old_cop_m = stance.position_m[:2] + rotation @ cop
            self._early_s = max(self._remaining_s, 0.0)
            self._enter(Phase.TRANSFER)
        return stance.position_m[:2] + rotation @ cop

    def _transfer(self, balance: Balance, soles: dict[int, Sole], reference: Reference) -> Array:
        """Bring the weight onto the foot that has just landed, then lift the other one or stand.

        A foot that lands early waits for its time: until then the DCM has not come far enough.
        """
        landed = soles[self.swing_side]
        share = clamp((self._elapsed_s - self._early_s) / self.gait.transfer_s, 0.0, 1.0)
        cop = (1 - share) * self._old_cop_m + share * landed.position_m[:2]
        if share >= 1.0:
            if not reference.moving and self._settled(balance, soles):
                self._enter(Phase.STAND)
            else:
                self._lift(soles, -self.swing_side)
        return self._inside(cop, soles)

    def _settled(self, balance: Balance, soles: dict[int, Sole]) -> bool:
        rotation = heading(self.pelvis_yaw_rad)
        apart = rotation.T @ (soles[1].position_m - soles[-1].position_m)[:2]
        middle = (soles[1].position_m + soles[-1].position_m)[:2] / 2
        error = np.abs(rotation.T @ (balance.dcm_m - middle))
        return (
            abs(apart[0]) < SETTLED_FORWARD_M
            and SETTLED_WIDTH_M[0] < apart[1] < SETTLED_WIDTH_M[1]
            and error[0] < SETTLED_DCM_M
            and error[1] < apart[1] / 2
        )

    def _inside(self, point_m: Array, soles: dict[int, Sole]) -> Array:
        """Return the nearest point inside both soles' hull, taken as a sheared rectangle."""
        rotation = heading(self.pelvis_yaw_rad)
        right = rotation.T @ soles[-1].position_m[:2]
        left = rotation.T @ soles[1].position_m[:2]
        point = rotation.T @ point_m
        half_length, half_width = self.gait.sole_half_m
        y = clamp(point[1], right[1] - half_width, left[1] + half_width)
        across = clamp((y - right[1]) / max(left[1] - right[1], 0.05), 0.0, 1.0)
        x = right[0] + across * (left[0] - right[0])
        return rotation @ np.array([clamp(point[0], x - half_length, x + half_length), y])
