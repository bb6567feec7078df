"""The robot's side of every topic and service."""

from typing import Any

import numpy as np

from backend.core.contracts.robot import RobotState
from backend.runtime.simulation import Simulation
from devices.emulators.g1.firmware import BOOT_FSM, BOOT_PROGRAM, DAMPING, STANDING, ZERO_TORQUE, Firmware
from devices.emulators.g1.sensors import RobotSensors
from devices.robots.unitree import topics
from devices.robots.unitree.dds import Link
from devices.robots.unitree.idl_go import SportModeState_
from devices.robots.unitree.idl_hg import BmsState_, HandCmd_, HandState_, LowCmd_, LowState_
from devices.robots.unitree.motors import SIDES
from devices.robots.unitree.remote import KEYS
from devices.robots.unitree.rpc import BAD_PARAMETER, NOT_IMPLEMENTED, OK, ServiceServer
from devices.robots.unitree.services import (
    CHECK_MODE,
    GET_FSM_ID,
    RELEASE_MODE,
    SELECT_MODE,
    SET_FSM_ID,
    SET_VELOCITY,
)

INVALID_FSM = 7302
GET_UP = 702
STATUS, SET_KEYS, SET_CLING, SET_CHARGE, STAND_UP = 1, 2, 3, 4, 5
"""Requests of the emulator's own service `emulator`, which no robot has."""
HAND_NS = 10_000_000
ODOMETRY_NS = 20_000_000
BATTERY_NS = 500_000_000


class Board:
    """Passes commands to the firmware and reports the robot. Never blocks."""

    def __init__(self, link: Link, simulation: Simulation, firmware: Firmware) -> None:
        self._simulation, self._firmware = simulation, firmware
        self._sensors = RobotSensors(simulation.spec)
        self._low_cmd = link.reader(topics.LOW_CMD, LowCmd_)
        self._arm_sdk = link.reader(topics.ARM_SDK, LowCmd_)
        self._hand_cmd = {side: link.reader(topics.HAND_CMD[side], HandCmd_) for side in SIDES}
        self._low_state = link.writer(topics.LOW_STATE, LowState_)
        self._hand_state = {side: link.writer(topics.HAND_STATE[side], HandState_) for side in SIDES}
        self._odometry = link.writer(topics.ODOMETRY, SportModeState_)
        self._battery = link.writer(topics.BATTERY, BmsState_)
        self._services = {
            "motion_switcher": (ServiceServer(link, "motion_switcher"), self._switch),
            "emulator": (ServiceServer(link, "emulator"), self._emulate),
        }
        self._sport = ServiceServer(link, "sport")
        self._due = {"hands": 0, "odometry": 0, "battery": 0}
        self._state: RobotState | None = None
        self._now_ns = 0

    def listen(self, now_ns: int) -> None:
        """Take in commands and answer requests."""
        self._now_ns = now_ns
        if (message := self._low_cmd.newest()) is not None:
            self._firmware.low_cmd(message, now_ns)
        if (message := self._arm_sdk.newest()) is not None:
            self._firmware.arm_sdk(message, now_ns)
        for side in SIDES:
            if (message := self._hand_cmd[side].newest()) is not None:
                self._firmware.hand_cmd(side, message)
        for server, answer in self._services.values():
            server.poll(answer)
        # The walking's service is part of the motion program: without it nobody answers.
        if self._firmware.program:
            self._sport.poll(self._walk)

    def report(self, now_ns: int) -> None:
        """Publish what is due."""
        state = self._state = self._simulation.state(now_ns)
        self._low_state.write(self._sensors.low_state(state))
        if self._is_due("hands", HAND_NS, now_ns):
            for side in SIDES:
                self._hand_state[side].write(self._sensors.hand_state(side, state))
            self._sensors.warm(state.tau_nm, HAND_NS * 1e-9)
        if self._firmware.program and self._is_due("odometry", ODOMETRY_NS, now_ns):
            self._odometry.write(self._sensors.odometry(state))
        if self._is_due("battery", BATTERY_NS, now_ns):
            self._battery.write(self._sensors.battery())

    def _is_due(self, what: str, every_ns: int, now_ns: int) -> bool:
        if now_ns < self._due[what]:
            return False
        self._due[what] = max(self._due[what], now_ns - every_ns) + every_ns
        return True

    def _switch(self, api_id: int, parameter: dict[str, Any]) -> tuple[int, Any]:
        firmware = self._firmware
        match api_id:
            case _ if api_id == CHECK_MODE:
                return OK, {"name": firmware.program, "form": "0"}
            case _ if api_id == SELECT_MODE:
                if parameter.get("name") != BOOT_PROGRAM:
                    return BAD_PARAMETER, None
                if not firmware.program and self._state is not None:
                    firmware.program, firmware.fsm = BOOT_PROGRAM, BOOT_FSM
                    firmware.sport.reset(self._state)
                return OK, None
            case _ if api_id == RELEASE_MODE:
                if not firmware.clings:
                    firmware.program = ""
                return OK, None
        return NOT_IMPLEMENTED, None

    def _walk(self, api_id: int, parameter: dict[str, Any]) -> tuple[int, Any]:
        firmware = self._firmware
        match api_id:
            case _ if api_id == GET_FSM_ID:
                return OK, {"data": firmware.fsm}
            case _ if api_id == SET_FSM_ID:
                return self._set_fsm(parameter.get("data")), None
            case _ if api_id == SET_VELOCITY:
                velocity = parameter.get("velocity")
                if not isinstance(velocity, list) or len(velocity) != 3:
                    return BAD_PARAMETER, None
                duration_s = float(parameter.get("duration", 1.0))
                firmware.sport.move(np.array(velocity, dtype=float), self._now_ns, duration_s)
                return OK, None
        return NOT_IMPLEMENTED, None

    def _set_fsm(self, wanted: Any) -> int:
        firmware = self._firmware
        if wanted == GET_UP:
            self._stand_up()
            return OK
        if wanted not in (ZERO_TORQUE, DAMPING, *STANDING):
            return INVALID_FSM
        if wanted in STANDING and firmware.fsm not in STANDING:
            firmware.sport.reset(self._state)
        firmware.fsm = wanted
        return OK

    def _stand_up(self) -> None:
        """Put the robot on its feet, which the real one does by itself."""
        self._firmware.fsm = BOOT_FSM
        self._simulation.reset_robot()

    def _emulate(self, api_id: int, parameter: dict[str, Any]) -> tuple[int, Any]:
        match api_id:
            case _ if api_id == STATUS:
                return OK, self._status()
            case _ if api_id == SET_KEYS:
                self._sensors.keys = frozenset(parameter.get("keys", ())) & frozenset(KEYS)
            case _ if api_id == SET_CLING:
                self._firmware.clings = bool(parameter.get("data"))
            case _ if api_id == SET_CHARGE:
                self._sensors.charge = int(parameter.get("data", 0))
            case _ if api_id == STAND_UP:
                self._firmware.program = BOOT_PROGRAM
                self._stand_up()
            case _:
                return NOT_IMPLEMENTED, None
        return OK, None

    def _status(self) -> dict[str, Any]:
        firmware, state = self._firmware, self._state
        joints = self._simulation.spec.joints
        return {
            "program": firmware.program,
            "fsm": firmware.fsm,
            "mode": firmware.mode,
            "share": firmware.share,
            "damps": firmware.damps,
            "counts": dict(firmware.counts),
            "q_rad": dict(zip(joints, state.q_rad.tolist(), strict=True)) if state else {},
            "T_world_pelvis": state.T_world_pelvis.tolist() if state else [],
        }
