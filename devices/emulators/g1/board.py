"""The robot's side of every topic."""

from backend.runtime.simulation import Simulation
from devices.emulators.g1.firmware import Firmware
from devices.emulators.g1.sensors import RobotSensors
from devices.emulators.g1.services import Services
from devices.robots.unitree import topics
from devices.robots.unitree.dds import Link
from devices.robots.unitree.idl_go import SportModeState_
from devices.robots.unitree.idl_hg import BmsState_, HandCmd_, HandState_, LowCmd_, LowState_
from devices.robots.unitree.motors import SIDES

HAND_NS = 10_000_000
ODOMETRY_NS = 20_000_000
BATTERY_NS = 500_000_000


class Board:
    """Passes commands to the firmware and reports the robot. Never blocks."""

    def __init__(self, link: Link, simulation: Simulation, firmware: Firmware) -> None:
        self._firmware = firmware
        self._sensors = RobotSensors(simulation.spec)
        self._low_cmd = link.reader(topics.LOW_CMD, LowCmd_)
        self._arm_sdk = link.reader(topics.ARM_SDK, LowCmd_)
        self._hand_cmd = {side: link.reader(topics.HAND_CMD[side], HandCmd_) for side in SIDES}
        self._low_state = link.writer(topics.LOW_STATE, LowState_)
        self._hand_state = {side: link.writer(topics.HAND_STATE[side], HandState_) for side in SIDES}
        self._odometry = link.writer(topics.ODOMETRY, SportModeState_)
        self._battery = link.writer(topics.BATTERY, BmsState_)
        self._services = Services(link, simulation, firmware, self._sensors)
        self._due = {"hands": 0, "odometry": 0, "battery": 0}

    def listen(self, now_ns: int) -> None:
        """Take in commands and answer requests."""
        if (message := self._low_cmd.newest()) is not None:
            self._firmware.low_cmd(message, now_ns)
        if (message := self._arm_sdk.newest()) is not None:
            self._firmware.arm_sdk(message, now_ns)
        for side in SIDES:
            if (message := self._hand_cmd[side].newest()) is not None:
                self._firmware.hand_cmd(side, message)
        self._services.poll(now_ns)

    def report(self, now_ns: int) -> None:
        """Publish what is due."""
        state = self._firmware.state
        self._low_state.write(self._sensors.low_state(state))
        if self._is_due("hands", HAND_NS, now_ns):
            for side in SIDES:
                self._hand_state[side].write(self._sensors.hand_state(side, state))
            self._sensors.warm(state.tau_nm, HAND_NS * 1e-9)
        self._firmware.heed(self._sensors.keys)
        if self._firmware.program and self._is_due("odometry", ODOMETRY_NS, now_ns):
            self._odometry.write(self._sensors.odometry(state))
        if self._is_due("battery", BATTERY_NS, now_ns):
            self._battery.write(self._sensors.battery())

    def _is_due(self, what: str, every_ns: int, now_ns: int) -> bool:
        if now_ns < self._due[what]:
            return False
        self._due[what] = max(self._due[what], now_ns - every_ns) + every_ns
        return True
