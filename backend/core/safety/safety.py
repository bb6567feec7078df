"""From what was asked to what is sent: gates, limits, and a verdict on every change."""

import math

import numpy as np

from backend.core.contracts.command import Clip, Command, JointTarget, Verdict
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec, RobotState
from backend.core.safety.limiter import Limiter
from backend.core.safety.limits import LimitConfig, Limits

VISIBLE = 1e-5
"""A change below this [rad, m, m/s] is rounding, not a clip."""

SEAT_SHARE = 1 / 3
"""A stopped robot is seated where it is further from its command than this share of a jump."""

PLAUSIBLE = 1e4
"""No entry of an action is ever larger, in any unit; beyond it arithmetic could overflow."""


class Safety:
    """Builds every `Command`; each is continuous with the one before it.

    It starts at the neutral pose. While the robot is stopped the command draws near the measured pose,
    inside the same limits, so that arming never starts with a jump.
    """

    def __init__(self, spec: RobotSpec, period_s: float, config: LimitConfig | None = None) -> None:
        self.limits = Limits.from_spec(spec, period_s, config)
        self._layout = spec.layout
        self._joints = [spec.index(name) for name in (*spec.hand_joints, *spec.arm_joints)]
        neutral = np.zeros(len(self.limits.names))
        neutral[self._layout.joints] = spec.neutral_rad[self._joints]
        neutral[self._layout.height] = spec.nominal_height_m
        self._limiter = Limiter(self.limits, neutral)
        self._last_target = self._limiter.position
        self._seq = 0
        self._is_base = np.zeros(len(neutral), dtype=bool)
        self._is_base[self._layout.velocity] = True
        self._far = np.where(self._is_base, np.inf, SEAT_SHARE * self.limits.jump)
        self._seating = np.zeros(len(neutral), dtype=bool)

    @property
    def action(self) -> Array:
        """The (36,) action sent last."""
        return self._limiter.position

    @property
    def velocity(self) -> Array:
        """(36,) rate of change of the action sent last [1/s]."""
        return self._limiter.velocity

    def follow(self, target: JointTarget, t_ns: int) -> tuple[Command, Verdict]:
        """Send what is asked as far as the limits allow; refuse glitches and hold for that tick.

        Args:
            target: The action asked for; anything at all, it is not trusted.
            t_ns: Host monotonic time of the tick [ns].
        """
        last_target = self._last_target
        refused = self._refuse(target.action)
        if refused is not None:
            self._limiter.rest()
            return self._command(t_ns, stop=False), refused
        self._limiter.follow(last_target, target.action)
        return self._command(t_ns, stop=False), Verdict(clips=self._clips(target.action))

    def hold(self, t_ns: int) -> tuple[Command, Verdict]:
        """Bring everything to rest where it is."""
        self._limiter.rest()
        self._last_target = self._limiter.position
        return self._command(t_ns, stop=False), Verdict()

    def stop(self, t_ns: int, seat: RobotState | None = None, hands: bool = False) -> tuple[Command, Verdict]:
        """Come to rest and tell the robot to run its stop behaviour.

        Args:
            t_ns: Host monotonic time of the tick [ns].
            seat: Draw near this measured pose where it is far from the command.
            hands: Seat the hands too. Fingers around an object never reach their command: seating
                them would let the object go, so it is for commands that have lost the robot.
        """
        if seat is None:
            self._limiter.rest()
        else:
            goal = self._seat(seat, hands)
            self._limiter.follow(goal, goal)
        self._last_target = self._limiter.position
        return self._command(t_ns, stop=True), Verdict()

    def _seat(self, state: RobotState, hands: bool) -> Array:
        """Return the measured action where it is far from the command, else the command itself.

        A stopped robot holds its arms by itself, so a command that follows them cannot drag them down.
        """
        action = self._limiter.position
        measured = np.zeros_like(action)
        measured[self._layout.joints] = state.q_rad[self._joints]
        measured[self._layout.torso] = state.torso_rpy_rad
        measured[self._layout.height] = state.base_height_m
        qx, qy, qz, qw = state.T_world_pelvis[3:]
        yaw = math.atan2(2 * (qw * qz + qx * qy), 1 - 2 * (qy * qy + qz * qz))
        heading = float(action[self._layout.target_yaw][0])
        measured[self._layout.target_yaw] = heading + math.remainder(yaw - heading, math.tau)
        gap = np.abs(np.clip(measured, self.limits.lower, self.limits.upper) - action)
        if not hands:
            gap[self._layout.hands] = 0.0
        self._seating = (gap > self._far) | (self._seating & (gap > 0.1 * self._far))
        return np.where(self._seating, measured, np.where(self._is_base, 0.0, action))

    def _refuse(self, asked: Array) -> Verdict | None:
        """Return why a whole target must not be followed, or None."""
        names = self.limits.names
        if asked.shape != (len(names),):
            return Verdict(refused=f"the target has shape {asked.shape}; allowed: ({len(names)},)")
        usable = np.abs(asked) <= PLAUSIBLE
        if not usable.all():
            bad = np.flatnonzero(~usable)
            clips = tuple(self._clip(i, "not_finite", asked) for i in bad)
            return Verdict(clips=clips, refused=f"{names[bad[0]]} is not a usable number")
        jump = np.abs(asked - self._last_target)
        far = np.flatnonzero(jump > self.limits.jump)
        self._last_target = asked
        if not far.size:
            return None
        worst = far[np.argmax(jump[far] / self.limits.jump[far])]
        return Verdict(
            clips=tuple(self._clip(i, "jump", asked) for i in far),
            refused=f"{names[worst]} jumped by {jump[worst]:.2f} in one tick; "
            f"allowed: {self.limits.jump[worst]:.2f}",
        )

    def _clips(self, asked: Array) -> tuple[Clip, ...]:
        changed = np.flatnonzero(np.abs(asked - self._limiter.position) > VISIBLE)
        return tuple(self._clip(i, self._kind(i, float(asked[i])), asked) for i in changed)

    def _kind(self, i: int, asked: float) -> str:
        limits = self.limits
        if not limits.lower[i] <= asked <= limits.upper[i]:
            return "velocity" if self._is_base[i] else "position"
        if not self._is_base[i] and abs(self._limiter.velocity[i]) >= limits.velocity[i] * (1 - 1e-9):
            return "velocity"
        return "acceleration"

    def _clip(self, i: int, kind: str, asked: Array) -> Clip:
        return Clip(
            name=self.limits.names[i],
            kind=kind,
            asked=float(asked[i]),
            sent=float(self._limiter.position[i]),
        )

    def _command(self, t_ns: int, stop: bool) -> Command:
        self._seq += 1
        return Command(
            t_ns=t_ns,
            seq=self._seq,
            action=self._limiter.position,
            joint_velocity_rad_s=self._limiter.velocity[self.limits.joints],
            stop=stop,
        )
