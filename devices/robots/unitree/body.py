"""The body of a G1 over DDS: states in, motor commands out, and its own reasons to stop.

```
rt/lowstate, rt/dex3/*/state --> estimator --> RobotState
MotorCommand --> gravity of the arms --> stiffness --> rt/lowcmd or rt/arm_sdk, rt/dex3/*/cmd
```
"""

import time
from collections.abc import Callable

import msgspec
import numpy as np

from backend.core import clock
from backend.core.contracts.body import Wish
from backend.core.contracts.command import MotorCommand
from backend.core.contracts.robot import RobotHealth, RobotSpec, RobotState
from backend.core.locomotion.controller import LocomotionController
from backend.settings import Settings
from devices.robots.unitree import topics
from devices.robots.unitree.channels import ArmSdk, Channel, LowLevel
from devices.robots.unitree.dds import Link
from devices.robots.unitree.estimator import BaseEstimator
from devices.robots.unitree.hands import Hands
from devices.robots.unitree.idl_go import SportModeState_
from devices.robots.unitree.idl_hg import BmsState_, LowState_
from devices.robots.unitree.motors import BODY, indices
from devices.robots.unitree.remote import pressed, stop_asked
from devices.robots.unitree.stiffness import Stiffness
from devices.robots.unitree.walking import UnitreeWalking

FIRST_STATE_S = 10.0
POLL_S = 0.02
ODOMETRY_NS = 200_000_000
"""Odometry older than this is not used."""
LOW_BATTERY_PERCENT = 15.0
HOT_C = 85.0
REMOTE_STOPS = {
    "hold": "The robot's remote control has stopped it (select).",
    "damp": "The robot's remote control has damped it (L2+B or L1+A); stand it up and reset.",
}


class G1Body:
    """Sensors and motors of one G1; see `backend.core.contracts.body.Body`."""

    def __init__(self, spec: RobotSpec, controller: LocomotionController, config: Settings) -> None:
        self._spec = spec
        self._config = config
        self._controller = controller
        self._estimator = BaseEstimator(spec)
        self._stiffness = Stiffness(spec)
        self._joints = indices(spec, BODY)
        self._arms = indices(spec, spec.arm_joints)
        self.fault = ""
        self._damped = False
        self._seq = self._last_ns = self._odometry_ns = 0
        self._rate_hz = 0.0
        self._battery_percent = -1.0
        self._odometry_m: np.ndarray | None = None
        self._state: RobotState | None = None
        self._low: LowState_ | None = None
        self._sent: MotorCommand | None = None

    def open(self, report: Callable[[str], None]) -> RobotState:
        """Connect, wait for the robot and take its motors over; see `Body.open`."""
        if self._controller.manifest.simulation_only:
            raise ConnectionError(
                f"the controller {self._controller.manifest.name!r} is for simulation; BUNRAKU_LOCOMOTION "
                "may be unitree, posture or onnx:/path/to/manifest.json"
            )
        link = Link(self._config.dds_interface, self._config.dds_domain)
        self._low_states = link.reader(topics.LOW_STATE, LowState_)
        self._odometry = link.reader(topics.ODOMETRY, SportModeState_)
        self._battery = link.reader(topics.BATTERY, BmsState_)
        self._hands = Hands(link, self._spec)
        self._channel = self._choose(link)
        self._first(report)
        self._channel.open(report)
        # Without its motion program the robot has sunk while it was waited for.
        state = self._first(report)
        self.fault, self._damped = "", False
        self._stiffness.restart(state.q_rad)
        return state

    def _choose(self, link: Link) -> Channel:
        if isinstance(self._controller, UnitreeWalking):
            return ArmSdk(link, self._spec, lambda: self._controller.velocity)
        return LowLevel(link, self._spec)

    def _first(self, report: Callable[[str], None]) -> RobotState:
        where = f"DDS domain {self._config.dds_domain} on {self._config.dds_interface}"
        until_ns = clock.now_ns() + int(FIRST_STATE_S * 1e9)
        while clock.now_ns() < until_ns:
            report(f"waiting for the robot in {where}")
            if (state := self.read(clock.now_ns())) is not None:
                return state
            time.sleep(POLL_S)
        raise ConnectionError(
            f"no robot in {where}: check that it is on, that the cable is in, that this machine has an "
            "address 192.168.123.x, and that BUNRAKU_DDS_INTERFACE and BUNRAKU_DDS_DOMAIN (0 on a robot) are "
            "right"
        )

    def read(self, now_ns: int) -> RobotState | None:
        """Return the newest state that came since the last call, or None."""
        self._hands.poll()
        if (odometry := self._odometry.newest()) is not None:
            self._odometry_m, self._odometry_ns = np.array(odometry.position[:2]), now_ns
        if (battery := self._battery.newest()) is not None:
            self._battery_percent = float(battery.soc)
        if (low := self._low_states.newest()) is None:
            return None
        dt_s = (now_ns - self._last_ns) * 1e-9 if self._last_ns else 0.0
        if dt_s > 0:
            self._rate_hz += min(1.0, dt_s) * (1.0 / dt_s - self._rate_hz)
        self._low, self._last_ns = low, now_ns
        self._seq += 1
        self._state = self._estimator.update(self._measured(low, now_ns), self._fresh_odometry(now_ns), dt_s)
        self._heed_remote(low)
        return self._state

    def _fresh_odometry(self, now_ns: int) -> np.ndarray | None:
        return self._odometry_m if now_ns - self._odometry_ns < ODOMETRY_NS else None

    def _measured(self, low: LowState_, now_ns: int) -> RobotState:
        """Return the state without what has to be estimated."""
        count = len(self._spec.joints)
        q, dq, tau = np.zeros(count), np.zeros(count), np.zeros(count)
        motors = low.motor_state[: len(BODY)]
        q[self._joints], dq[self._joints], tau[self._joints] = motors["q"], motors["dq"], motors["tau_est"]
        self._hands.fill(q, dq, tau)
        w, x, y, z = low.imu_state["quaternion"].astype(float)
        norm = np.sqrt(w * w + x * x + y * y + z * z)
        attitude = np.array([x, y, z, w]) / norm if norm > 0.5 else np.array([0.0, 0.0, 0.0, 1.0])
        rate = low.imu_state["gyroscope"].astype(float)
        return RobotState(
            t_ns=now_ns,
            seq=self._seq,
            q_rad=q,
            dq_rad_s=dq,
            tau_nm=tau,
            T_world_pelvis=np.concatenate((np.zeros(3), attitude)),
            base_twist=np.concatenate((np.zeros(3), _rotate(attitude, rate))),
            torso_rpy_rad=np.zeros(3),
            base_height_m=0.0,
            # Pressure pads are not calibrated in newtons.
            hand_force_n=np.zeros(6),
            locomotion="stand",
        )

    def _heed_remote(self, low: LowState_) -> None:
        if asked := stop_asked(pressed(low.wireless_remote.tobytes())):
            self._damped = self._damped or asked == "damp"
            self.fault = REMOTE_STOPS["damp" if self._damped else asked]

    def drive(self, motors: MotorCommand, wish: Wish, now_ns: int, dt_s: float) -> None:
        """Send motor commands, softened as far as it is necessary."""
        problem = self._channel.poll(now_ns)
        if problem and not self.fault:
            self.fault = f"{problem[:1].upper()}{problem[1:]}, then reset."
        wish = "damp" if self._damped else wish
        q = self._state.q_rad
        carried = motors.tau_nm.copy()
        if not np.any(motors.tau_nm[self._arms]):
            carried[self._arms] = self._estimator.gravity_nm(self._arms)
        motors = msgspec.structs.replace(motors, tau_nm=carried)
        self._sent = self._stiffness.shape(motors, q, wish, dt_s)
        if self._damped:
            self._channel.damp(now_ns)
        self._channel.send(self._sent, int(self._low.mode_machine), now_ns, dt_s)
        self._hands.drive(self._sent, now_ns)

    def health(self, now_ns: int) -> RobotHealth:
        """Return battery, temperatures and what they ask for."""
        motor_c = np.zeros(len(self._spec.joints))
        motor_c[self._joints] = self._low.motor_state["temperature"][: len(BODY)].max(axis=1)
        self._hands.fill_temperatures(motor_c)
        warnings = []
        if 0.0 <= self._battery_percent < LOW_BATTERY_PERCENT:
            warnings.append(f"battery at {self._battery_percent:.0f} %: change it before the robot sinks")
        hottest = int(np.argmax(motor_c))
        if motor_c[hottest] > HOT_C:
            warnings.append(f"{self._spec.joints[hottest]} is at {motor_c[hottest]:.0f} degrees: let it rest")
        if not self._hands.complete:
            warnings.append("a hand does not report: check its cable and its service on the robot")
        return RobotHealth(
            t_ns=now_ns,
            firmware=self._channel.firmware(),
            battery_percent=self._battery_percent,
            motor_c=motor_c,
            state_rate_hz=self._rate_hz,
            warnings=tuple(warnings),
        )

    def reset(self, now_ns: int) -> None:
        """Clear the fault and start softly from the measured pose; see `Body.reset`."""
        if stop_asked(pressed(self._low.wireless_remote.tobytes())):
            raise ConnectionError("a stop is still held on the robot's remote control; let it go first")
        if problem := self._channel.poll(now_ns):
            raise ConnectionError(problem)
        self.fault, self._damped = "", False
        self._stiffness.restart(self._state.q_rad)

    def close(self) -> None:
        """Give the motors back by the channel's own end."""
        self._channel.close(self._sent, int(self._low.mode_machine) if self._low is not None else 0)


def _rotate(quaternion: np.ndarray, vector: np.ndarray) -> np.ndarray:
    """Turn a vector by a unit quaternion (x, y, z, w)."""
    u, w = quaternion[:3], quaternion[3]
    return vector + 2.0 * np.cross(u, np.cross(u, vector) + w * vector)
