"""The operator's neutral pose: upright, arms hanging, looking ahead."""

import math
from collections.abc import Mapping

import numpy as np
import pinocchio as pin

from backend.core.contracts.record import Array, Record
from backend.core.contracts.rig import Role
from backend.core.pose import pose as to_pose
from backend.core.pose import transform

WATCH_S = 2.5
SETTLE_S = 0.5
"""The first samples do not count: whoever pressed the button is still moving."""
STILL_M = 0.05
ANKLE_M = 0.10
"""Height of a foot's tracker over the ground, strapped above the ankle."""
EYE, SHOULDER, HIP = 0.936, 0.818, 0.530
"""Heights of eyes, shoulders and hip joints as parts of the stature (Drillis and Contini 1966)."""
HEAD_M = (1.1, 2.2)
WAIST_PART, WRIST_PART = (0.45, 0.75), (0.35, 0.60)
"""Plausible heights as parts of that of the eyes."""
ASIDE_M = 0.05
LEVEL = 0.7
"""Part of the view's direction that must be horizontal: looking down has no heading."""


class Neutral(Record):
    """What the neutral pose says. It holds as long as the headset keeps its origin."""

    head_m: float
    """Height of the eyes over the ground."""
    waist_m: float | None
    """Height of the waist's tracker; None when it is not worn."""
    hips_m: float
    """Height that squatting is measured against: the waist's, or an estimate from the head's."""
    arm_m: float | None
    """Shoulder to wrist; None when no wrist tracker is worn."""
    origin: Array
    """(3,) the point on the ground below the head [m] in the device's frame."""
    heading_rad: float
    """Where the operator looks, in the device's frame."""
    rotations: dict[str, Array]
    """(4,) orientation qx qy qz qw of every tracker by its role, and of the head: how they are worn."""

    def calibrated(self, name: str, pose: Array) -> Array:
        """Return a (7,) pose of the device in the operator's frame.

        Origin below the neutral head, x ahead, y left, z up; orientation identity where the tracker was
        in the neutral pose, however it is strapped on.
        """
        R = pin.rpy.rpyToMatrix(0.0, 0.0, -self.heading_rad)
        T = transform(pose)
        worn = self.rotations.get(name)
        R_neutral = pin.Quaternion(worn.copy()).toRotationMatrix() if worn is not None else R.T
        turned = R @ T.rotation @ R_neutral.T @ R.T
        return to_pose(pin.SE3(turned, R @ (T.translation - self.origin)))


class NeutralPose:
    """Takes the neutral pose over `WATCH_S`.

    Args:
        stature_m: The operator's height, for those without foot trackers; 0 when not given.
    """

    def __init__(self, stature_m: float = 0.0) -> None:
        self._stature_m = stature_m
        self._start_ns: int | None = None
        self._poses: dict[str, list[Array]] = {}
        self._samples = 0

    def add(self, head: Array | None, worn: Mapping[Role, Array], t_ns: int) -> bool:
        """Take the (7,) poses at `t_ns`; return whether it has seen enough."""
        if self._start_ns is None:
            self._start_ns = t_ns
        if t_ns - self._start_ns >= SETTLE_S * 1e9:
            self._samples += 1
            seen = {role.value: pose for role, pose in worn.items()}
            if head is not None:
                seen["head"] = head
            for name, pose in seen.items():
                self._poses.setdefault(name, []).append(pose)
        return t_ns - self._start_ns >= WATCH_S * 1e9

    def verdict(self) -> Neutral | str:
        """Return the neutral pose, or what is wrong with it in words."""
        if problem := self._unsteady():
            return problem
        means = {name: _mean(poses) for name, poses in self._poses.items()}
        head = means["head"]
        ahead = transform(head).rotation[:, 0]
        if math.hypot(ahead[0], ahead[1]) < LEVEL:
            return "Look straight ahead: the headset points up or down."
        heading = math.atan2(ahead[1], ahead[0])
        if problem := _sides(means, heading):
            return problem
        floor_m = self._floor(means)
        if isinstance(floor_m, str):
            return floor_m
        return _measure(means, heading, floor_m)

    def _unsteady(self) -> str:
        if "head" not in self._poses:
            return "The headset's own pose is missing: switch Head on in its app."
        for name, poses in self._poses.items():
            words = name.replace("_", " ")
            if len(poses) < 0.9 * self._samples:
                return f"The {words} was lost meanwhile. Stand where the headset sees you, and try again."
            extent = np.ptp(np.array(poses)[:, :3], axis=0).max()
            if extent > STILL_M:
                return (
                    f"The {words} moved by {100 * extent:.0f} cm. Stand still, arms hanging, and try again."
                )
        return ""

    def _floor(self, means: Mapping[str, Array]) -> float | str:
        feet = [means[role][2] for role in (Role.LEFT_FOOT, Role.RIGHT_FOOT) if role in means]
        if feet:
            return float(np.mean(feet)) - ANKLE_M
        if self._stature_m > 0.0:
            return float(means["head"][2]) - EYE * self._stature_m
        if means["head"][2] > HEAD_M[0]:
            return 0.0
        return "Without foot trackers the ground is not known: give your height in metres."


def _measure(means: Mapping[str, Array], heading: float, floor_m: float) -> Neutral | str:
    head_m = float(means["head"][2]) - floor_m
    if not HEAD_M[0] <= head_m <= HEAD_M[1]:
        allowed = f"{HEAD_M[0]} to {HEAD_M[1]} m"
        return f"The headset is {head_m:.2f} m over the ground; allowed: {allowed}. Stand upright."
    waist_m = float(means[Role.WAIST][2]) - floor_m if Role.WAIST in means else None
    if waist_m is not None and not WAIST_PART[0] <= waist_m / head_m <= WAIST_PART[1]:
        return f"The waist tracker is {waist_m:.2f} m over the ground. Is it worn at the waist?"
    arms = []
    for role in (Role.LEFT_WRIST, Role.RIGHT_WRIST):
        if role in means:
            wrist_m = float(means[role][2]) - floor_m
            if not WRIST_PART[0] <= wrist_m / head_m <= WRIST_PART[1]:
                return f"The {role.words} is {wrist_m:.2f} m over the ground. Let your arms hang."
            arms.append(head_m * SHOULDER / EYE - wrist_m)
    return Neutral(
        head_m=head_m,
        waist_m=waist_m,
        hips_m=waist_m if waist_m is not None else head_m * HIP / EYE,
        arm_m=float(np.mean(arms)) if arms else None,
        origin=np.array([means["head"][0], means["head"][1], floor_m]),
        heading_rad=heading,
        rotations={name: pose[3:] for name, pose in means.items()},
    )


def _sides(means: Mapping[str, Array], heading: float) -> str:
    """Return what is wrong when a left tracker is not on the left."""
    left_of = np.array([-math.sin(heading), math.cos(heading)])
    for left, right in ((Role.LEFT_WRIST, Role.RIGHT_WRIST), (Role.LEFT_FOOT, Role.RIGHT_FOOT)):
        if left in means and right in means:
            aside = float((means[left][:2] - means[right][:2]) @ left_of)
            if aside < -ASIDE_M:
                part = left.words.removeprefix("left ")
                return (
                    f"The left {part}'s tracker is on the right of the other. The two are worn the other way "
                    "round: assign them again. If the feet and the wrists both seem so, the trackers' axes "
                    "are mirrored: switch `mirrored`."
                )
    return ""


def _mean(poses: list[Array]) -> Array:
    """Return the mean of nearly equal (7,) poses."""
    array = np.array(poses)
    array[:, 3:] *= np.sign(array[:, 3:] @ array[0, 3:])[:, None]
    mean = array.mean(axis=0)
    mean[3:] /= np.linalg.norm(mean[3:])
    return mean
