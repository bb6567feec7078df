"""The robot's services, and one of the emulator's own by which tests press its buttons."""

from typing import Any

import numpy as np

from backend.runtime.simulation import Simulation
from devices.emulators.g1.firmware import BOOT_FSM, BOOT_PROGRAM, DAMPING, STANDING, ZERO_TORQUE, Firmware
from devices.emulators.g1.sensors import RobotSensors
from devices.robots.unitree.dds import Link
from devices.robots.unitree.remote import KEYS
from devices.robots.unitree.rpc import BAD_PARAMETER, OK, ServiceServer
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
"""Requests of the service `emulator`, which no robot has."""

Answer = tuple[int, Any]
Parameter = dict[str, Any]


class Services:
    """Answers requests. Never blocks."""

    def __init__(self, link: Link, simulation: Simulation, firmware: Firmware, sensors: RobotSensors) -> None:
        self._simulation, self._firmware, self._sensors = simulation, firmware, sensors
        self._switcher = ServiceServer(link, "motion_switcher")
        self._walking = ServiceServer(link, "sport")
        self._emulator = ServiceServer(link, "emulator")
        self._now_ns = 0

    def poll(self, now_ns: int) -> None:
        """Answer every waiting request."""
        self._now_ns = now_ns
        self._switcher.poll({CHECK_MODE: self._check, SELECT_MODE: self._select, RELEASE_MODE: self._release})
        # The walking's service is part of the motion program: without it nobody answers.
        if self._firmware.program:
            self._walking.poll(
                {GET_FSM_ID: self._get_fsm, SET_FSM_ID: self._set_fsm, SET_VELOCITY: self._move}
            )
        self._emulator.poll(
            {
                STATUS: self._status,
                SET_KEYS: self._set_keys,
                SET_CLING: self._set_cling,
                SET_CHARGE: self._set_charge,
                STAND_UP: self._stand_up,
            }
        )

    def _check(self, _: Parameter) -> Answer:
        return OK, {"name": self._firmware.program, "form": "0"}

    def _select(self, parameter: Parameter) -> Answer:
        if parameter.get("name") != BOOT_PROGRAM:
            return BAD_PARAMETER, None
        firmware = self._firmware
        if not firmware.program:
            firmware.program, firmware.fsm = BOOT_PROGRAM, BOOT_FSM
            firmware.sport.reset(firmware.state)
        return OK, None

    def _release(self, _: Parameter) -> Answer:
        if not self._firmware.clings:
            self._firmware.program = ""
        return OK, None

    def _get_fsm(self, _: Parameter) -> Answer:
        return OK, {"data": self._firmware.fsm}

    def _set_fsm(self, parameter: Parameter) -> Answer:
        firmware, wanted = self._firmware, parameter.get("data")
        if wanted == GET_UP:
            return self._stand_up(parameter)
        if wanted not in (ZERO_TORQUE, DAMPING, *STANDING):
            return INVALID_FSM, None
        if wanted in STANDING and firmware.fsm not in STANDING:
            firmware.sport.reset(firmware.state)
        firmware.fsm = wanted
        return OK, None

    def _move(self, parameter: Parameter) -> Answer:
        velocity, duration_s = parameter.get("velocity"), parameter.get("duration", 1.0)
        numbers = isinstance(velocity, list) and len(velocity) == 3
        if not numbers or not all(isinstance(v, int | float) for v in (*velocity, duration_s)):
            return BAD_PARAMETER, None
        self._firmware.sport.move(np.array(velocity, dtype=float), self._now_ns, float(duration_s))
        return OK, None

    def _stand_up(self, _: Parameter) -> Answer:
        """Put the robot on its feet, which the real one does by itself or a person does."""
        self._firmware.program, self._firmware.fsm = BOOT_PROGRAM, BOOT_FSM
        self._simulation.reset_robot()
        return OK, None

    def _set_keys(self, parameter: Parameter) -> Answer:
        self._sensors.keys = frozenset(parameter.get("keys", ())) & frozenset(KEYS)
        return OK, None

    def _set_cling(self, parameter: Parameter) -> Answer:
        self._firmware.clings = bool(parameter.get("data"))
        return OK, None

    def _set_charge(self, parameter: Parameter) -> Answer:
        self._sensors.charge = int(parameter.get("data", 0))
        return OK, None

    def _status(self, _: Parameter) -> Answer:
        firmware, state = self._firmware, self._firmware.state
        return OK, {
            "program": firmware.program,
            "fsm": firmware.fsm,
            "mode": firmware.mode,
            "share": firmware.share,
            "damps": firmware.damps,
            "counts": dict(firmware.counts),
            "q_rad": dict(zip(self._simulation.spec.joints, state.q_rad.tolist(), strict=True)),
            "T_world_pelvis": state.T_world_pelvis.tolist(),
        }
