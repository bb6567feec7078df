"""Operators, devices and robots that do everything wrong, for the hostile benchmark.

Each adversary yields what arrives in one tick. They are generators over one random source, so a run
can be repeated by its seed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backend.core.contracts.frame import ArmInput, DeviceFrame
from backend.core.contracts.health import ControlRequest

PERIOD_NS = 10_000_000
NASTY = np.array([np.nan, np.inf, -np.inf, 1e300, -1e300, 1e-320, 99.9, -99.9, 0.0])


@dataclass
class Moment:
    """What one tick meets."""

    frames: list[DeviceFrame] = field(default_factory=list)
    requests: list[ControlRequest] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    """Fields of the robot's state that are not what they should be."""
    skip_ns: int = 0
    """How much later (or earlier) than one period the next tick comes."""


class Clock:
    """The time of the tick, and frames stamped with it."""

    def __init__(self) -> None:
        self.now_ns = 10**12
        self._seq = 0

    def frame(self, source: str = "keyboard", driver: str = "ada", **channels: Any) -> DeviceFrame:
        """Return a frame of now."""
        self._seq += 1
        stamps = {"t_ns": self.now_ns, "seq": self._seq, "source_t_ns": self.now_ns, "deadman": True}
        return DeviceFrame(source=source, driver=driver, **(stamps | channels))


Random = np.random.Generator
Adversary = Callable[[Clock, Random], Iterator[Moment]]


def steady(clock: Clock, rng: Random) -> Iterator[Moment]:
    """A person at work: everything within reason, all at once."""
    twist, walk, torso = np.zeros((2, 6)), np.zeros(3), np.zeros(3)
    while True:
        twist = 0.98 * twist + rng.normal(0, 0.06, (2, 6))
        walk, torso = 0.98 * walk + rng.normal(0, 0.05, 3), 0.95 * torso + rng.normal(0, 0.08, 3)
        grip = float(np.clip(rng.normal(0.5, 0.5), 0, 1))
        left, right = ArmInput(twist=twist[0], grip=grip), ArmInput(twist=twist[1], pinch=grip)
        yield Moment(
            [
                clock.frame(
                    left=left,
                    right=right,
                    base_velocity=walk,
                    torso_rate_rad_s=torso,
                    height_rate_m_s=float(rng.normal(0, 0.2)),
                )
            ]
        )


def square_waves(clock: Clock, rng: Random) -> Iterator[Moment]:
    """Every rate and every trigger at full scale, reversed at random."""
    sign = np.ones(24)
    while True:
        sign = np.where(rng.random(24) < 0.1, -sign, sign)
        scale = 10.0 ** rng.integers(-1, 2)
        left = ArmInput(twist=scale * sign[:6], grip=max(0.0, sign[12]), pinch=max(0.0, sign[13]))
        right = ArmInput(twist=scale * sign[6:12], fingers_rad=1.7 * sign[14:21])
        yield Moment(
            [
                clock.frame(
                    left=left,
                    right=right,
                    base_velocity=scale * sign[21:],
                    torso_rate_rad_s=scale * sign[18:21],
                    height_rate_m_s=scale * sign[17],
                )
            ]
        )


def teleports(clock: Clock, rng: Random) -> Iterator[Moment]:
    """Clutched poses that drift, then jump by a metre or turn over."""
    position, turn = rng.normal(0, 1, (2, 3)), rng.normal(0, 1, (2, 4))
    while True:
        position = position + rng.normal(0, 0.01, (2, 3))
        turn = turn + rng.normal(0, 0.02, (2, 4))
        if rng.random() < 0.03:
            position = position + rng.normal(0, 1, (2, 3))
        if rng.random() < 0.03:
            turn = rng.normal(0, 1, (2, 4))
        poses = np.hstack([position, turn / np.linalg.norm(turn, axis=1, keepdims=True)])
        clutch = rng.random(2) < 0.95
        head = poses[0] if rng.random() < 0.5 else None
        left, right = (ArmInput(pose=p, clutch=bool(c)) for p, c in zip(poses, clutch, strict=True))
        yield Moment([clock.frame(source="pico", moving=True, left=left, right=right, head=head)])


def garbage(clock: Clock, rng: Random) -> Iterator[Moment]:
    """NaN, infinities, absurd numbers and wrong shapes among good frames."""
    while True:
        size = int(rng.choice([6, 6, 6, 5, 0]))
        twist, pose = rng.normal(0, 0.3, size), rng.normal(0, 1, int(rng.choice([7, 6])))
        if size and rng.random() < 0.5:
            twist[rng.integers(size)] = rng.choice(NASTY)
        grip = float(rng.choice(NASTY)) if rng.random() < 0.3 else 0.5
        arm = ArmInput(twist=twist, pose=pose if rng.random() < 0.3 else None, grip=grip, clutch=True)
        height = float(rng.choice(NASTY)) if rng.random() < 0.2 else 0.7
        good = clock.frame(left=ArmInput(twist=rng.normal(0, 0.2, 6)))
        yield Moment([good, clock.frame(source="glove", right=arm, base_height_m=height)])


def silences(clock: Clock, rng: Random) -> Iterator[Moment]:
    """Gaps of every length, and frames that repeat while they claim to move."""
    pose = np.array([0.3, 0.0, 1.0, 0, 0, 0, 1])
    twist = rng.normal(0, 0.4, 6)
    while True:
        for _ in range(rng.integers(1, 70)):
            arm = ArmInput(twist=twist, pose=pose, clutch=True)
            yield Moment([clock.frame(moving=True, right=arm, base_velocity=twist[:3])])
        for _ in range(rng.integers(1, 70)):
            yield Moment()
        for _ in range(rng.integers(1, 10)):
            yield Moment([clock.frame(deadman=False)])
        pose = pose + np.hstack([rng.normal(0, 0.1, 3), np.zeros(4)])


def broken_clocks(clock: Clock, rng: Random) -> Iterator[Moment]:
    """Stamps from the past and the future, ticks that come late, early and before the last one."""
    while True:
        shift_ns = int(rng.choice([0, -(10**7), -(10**9), 10**7, 10**9, 10**18]))
        skip_ns = int(rng.choice([0] * 30 + [3, 10, 100, -1, -30])) * PERIOD_NS
        arm = ArmInput(twist=rng.normal(0, 0.5, 6))
        frame = clock.frame(t_ns=clock.now_ns + shift_ns, source_t_ns=int(rng.integers(3)), right=arm)
        yield Moment([clock.frame(source="gamepad", left=arm), frame], skip_ns=skip_ns)


def storms(clock: Clock, rng: Random) -> Iterator[Moment]:
    """Requests and leases by the dozen, from several drivers, and a flood of devices."""
    kinds = ["lease.take", "lease.renew", "lease.release", "arm", "stop", "reset", "home", "speed", "dance"]
    while True:
        requests = [
            ControlRequest(
                kind=str(rng.choice(kinds)),
                driver=str(rng.choice(["ada", "bob", "eve", ""])),
                value=float(rng.choice([0.5, 1.0, -3.0, np.nan])),
            )
            for _ in range(rng.integers(0, 6))
        ]
        frames = [
            clock.frame(
                source=f"device {rng.integers(60)}",
                driver=str(rng.choice(["ada", "bob", "eve"])),
                right=ArmInput(twist=rng.normal(0, 1, 6)),
            )
            for _ in range(rng.integers(0, 4))
        ]
        yield Moment([clock.frame(base_velocity=rng.normal(0, 1, 3)), *frames], requests)


def policies(clock: Clock, rng: Random) -> Iterator[Moment]:
    """A policy that wanders, leaps, stutters and talks nonsense, and an operator who takes over at random."""
    action, held, asleep = rng.normal(0, 0.5, 36), False, 0
    kinds = ["policy.start"] * 4 + ["policy.resume"] * 2 + ["policy.pause", "policy.stop", "speed"]
    while True:
        action = action + rng.normal(0, 10.0 ** rng.integers(-4, 0), 36)
        if rng.random() < 0.02:
            action = rng.normal(0, 10.0 ** rng.integers(-1, 3), 36)
        said = action.copy()
        if rng.random() < 0.02:
            said[rng.integers(36)] = rng.choice(NASTY)
        if rng.random() < 0.01:
            said = said[: rng.integers(36)]
        held ^= rng.random() < 0.03
        asleep = int(rng.integers(60)) if rng.random() < 0.01 else max(0, asleep - 1)
        frames = [clock.frame(deadman=held, right=ArmInput(twist=rng.normal(0, 0.3, 6)))]
        if not asleep:
            frames.append(clock.frame(source="policy", driver="policy:eve", action=said))
        requests = []
        if rng.random() < 0.1:
            asked = ControlRequest(
                kind=str(rng.choice(kinds)),
                driver=str(rng.choice(["ada", "ada", "policy:eve"])),
                policy=str(rng.choice(["policy:eve", "policy:eve", "eve"])),
                hand_back=bool(rng.random() < 0.8),
                value=float(rng.uniform(0.1, 1.0)),
            )
            requests.append(asked)
        yield Moment(frames, requests)


def bad_robots(clock: Clock, rng: Random) -> Iterator[Moment]:
    """A robot that falls, falls silent, reports nonsense or is somewhere else at once."""
    changes: list[dict[str, Any]] = [
        {"locomotion": "fallen"},
        {"q_rad": np.full(43, np.nan)},
        {"q_rad": rng.normal(0, 2, 43)},
        {"q_rad": np.zeros(3)},
        {"t_ns": 0},
        {"t_ns": 10**18},
        {"base_height_m": -1e300},
        {"T_world_pelvis": np.array([1e6, 0, 0, 0, 0, 0.6, 0.8])},
        {"T_world_pelvis": np.zeros(7)},
        {"torso_rpy_rad": np.array([3.0, -3.0, 3.0])},
    ]
    while True:
        change = changes[rng.integers(len(changes))] if rng.random() < 0.03 else {}
        for _ in range(rng.integers(1, 30)):
            arm = ArmInput(twist=rng.normal(0, 0.5, 6))
            yield Moment([clock.frame(left=arm, base_velocity=rng.normal(0, 0.5, 3))], state=change)


ADVERSARIES: tuple[Adversary, ...] = (
    steady,
    square_waves,
    teleports,
    garbage,
    silences,
    broken_clocks,
    storms,
    policies,
    bad_robots,
)
