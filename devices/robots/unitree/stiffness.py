"""How stiff the motors are: a soft start from the measured pose, arms that soften, and damping.

```
        start            silent for long              stop by damping
 0 -- 2 s --> 1 (live) -- arms, hands: 2 s --> 0      everything to 0 at once
```
"""

import numpy as np

from backend.core.contracts.body import Wish
from backend.core.contracts.command import MotorCommand
from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec

RAMP_S = 2.0
FIRST_SHARE = 0.1
"""Of the stiffness at the start: enough to hold up what gravity feed-forward has missed."""
DAMPING_NM_S = 8.0
"""Of body motors that only damp; less for weak ones."""
DAMPING_SHARE = 0.2
"""Of a motor's effort limit per rad/s, at most."""
SOFT_DAMPING_SHARE = 0.08


class Stiffness:
    """Scales motor commands. Targets start at the measured pose, so that nothing ever jumps."""

    def __init__(self, spec: RobotSpec) -> None:
        self._soft_ones = np.array([name in (*spec.arm_joints, *spec.hand_joints) for name in spec.joints])
        self._limit_nm = spec.effort_limit_nm
        self._lower_rad, self._upper_rad = spec.lower_rad, spec.upper_rad
        self._damping = np.minimum(DAMPING_NM_S, DAMPING_SHARE * spec.effort_limit_nm)
        self._soft_damping = np.minimum(DAMPING_NM_S, SOFT_DAMPING_SHARE * spec.effort_limit_nm)
        self.restart(np.zeros(len(spec.joints)))

    def restart(self, q_rad: Array) -> None:
        """Begin a soft start at the measured pose."""
        self._share = np.zeros(len(q_rad))
        self._blend = np.zeros(len(q_rad))
        self._from_rad = q_rad.copy()

    @property
    def stiff(self) -> bool:
        """Whether the soft start is over."""
        return bool(self._share.min() >= 1.0)

    def shape(self, motors: MotorCommand, q_rad: Array, wish: Wish, dt_s: float) -> MotorCommand:
        """Return what the motors may get now, inside position and effort limits.

        Args:
            motors: What the controller wants.
            q_rad: Measured pose.
            wish: `live` follows it; `soft` lets arms and hands be pushed away, carried against gravity;
                `damp` gives all motors damping alone.
            dt_s: Since the last call.
        """
        if wish == "damp":
            self.restart(q_rad)
            zero = np.zeros(len(q_rad))
            return MotorCommand(q_rad=q_rad, dq_rad_s=zero, kp=zero, kd=self._damping, tau_nm=zero)
        step = np.where(self._soft_ones & (wish == "soft"), -dt_s, dt_s) / RAMP_S
        self._share = np.clip(self._share + step, 0.0, 1.0)
        limp = self._share <= 0.0
        # What softens keeps its target: only from limp on does it begin anew where it has been pushed.
        self._blend = np.where(limp, 0.0, np.clip(self._blend + np.maximum(step, 0.0), 0.0, 1.0))
        self._from_rad[limp] = q_rad[limp]
        smooth = _smooth(self._share)
        goal = self._from_rad + _smooth(self._blend) * (motors.q_rad - self._from_rad)
        stiffness = FIRST_SHARE + (1 - FIRST_SHARE) * smooth
        return MotorCommand(
            q_rad=np.clip(goal, self._lower_rad, self._upper_rad),
            dq_rad_s=smooth * motors.dq_rad_s,
            kp=np.where(limp & (wish == "soft"), 0.0, stiffness * motors.kp),
            kd=np.where(motors.kp > 0, (1 - smooth) * self._soft_damping + smooth * motors.kd, motors.kd),
            tau_nm=np.clip(motors.tau_nm, -self._limit_nm, self._limit_nm),
        )


def _smooth(share: Array) -> Array:
    """Return 0 to 1 with a slope of zero at both ends."""
    return share * share * (3 - 2 * share)
