"""What is asked of the robot's motion switcher and of its walking ("sport") service."""

import time
from collections.abc import Callable

from backend.core import clock
from backend.core.contracts.record import Array
from devices.robots.unitree.dds import Link
from devices.robots.unitree.rpc import OK, ServiceClient, ServiceError

CHECK_MODE, SELECT_MODE, RELEASE_MODE = 1001, 1002, 1003
GET_FSM_ID, SET_FSM_ID, SET_VELOCITY = 7001, 7101, 7105

FSM = {
    0: "zero torque",
    1: "damping",
    2: "squatting",
    3: "sitting",
    4: "standing locked",
    500: "walking",
    501: "walking, waist free",
    702: "getting up",
    706: "squatting or rising",
    801: "walking and running",
}
"""States of Unitree's walking, in words; others are shown by number."""
DAMP = 1
WALKING = (500, 501, 801)
"""States in which the robot balances and takes velocities and `rt/arm_sdk`."""

VELOCITY_NS = 50_000_000
"""How often a velocity is repeated."""
VELOCITY_S = 0.5
"""How long one is good for: after that the robot stops walking by itself."""
FSM_NS = 500_000_000
RELEASE_S = 10.0
RELEASE_PAUSE_S = 0.5


def fsm_words(number: int | None) -> str:
    """Return the state of Unitree's walking in words."""
    return "unknown" if number is None else FSM.get(number, f"state {number}")


class MotionSwitcher:
    """Says which of Unitree's motion programs runs, and stops it."""

    def __init__(self, link: Link) -> None:
        self._client = ServiceClient(link, "motion_switcher")

    def active(self, timeout_s: float = 5.0) -> str:
        """Return the name of the running program, empty when none; raises ServiceError."""
        return str((self._client.call(CHECK_MODE, timeout_s=timeout_s) or {}).get("name") or "")

    def release(self, report: Callable[[str], None], timeout_s: float = RELEASE_S) -> None:
        """Ask until no motion program runs; two writers of motor commands would fight.

        Raises:
            ServiceError: One still runs after `timeout_s`, with what to do.
        """
        until_ns = clock.now_ns() + int(timeout_s * 1e9)
        while name := self.active():
            if clock.now_ns() > until_ns:
                raise ServiceError(
                    f"the robot's motion program {name!r} does not let go within {timeout_s:g} s; hang the "
                    "robot up, switch to debug mode by L2+R2 on its remote control, and start again"
                )
            report(f"asking the motion program {name!r} to let go")
            self._client.call(RELEASE_MODE, timeout_s=5.0)
            time.sleep(RELEASE_PAUSE_S)


class Walking:
    """Unitree's own walking: velocities out, its state in. Only `wait_for_state` waits."""

    def __init__(self, link: Link) -> None:
        self._client = ServiceClient(link, "sport")
        self.fsm: int | None = None
        """State of the walking, a key of `FSM`; None when it has not answered yet."""
        self.answered_ns = 0
        """When it answered last."""
        self._asked_ns = self._moved_ns = 0

    def poll(self, now_ns: int) -> None:
        """Take in answers and ask for the state now and then."""
        for _, api_id, code, data in self._client.responses():
            self.answered_ns = now_ns
            if api_id == GET_FSM_ID and code == OK and isinstance(data, dict):
                self.fsm = data.get("data")
        if now_ns - self._asked_ns >= FSM_NS:
            self._asked_ns = now_ns
            self._client.post(GET_FSM_ID, {})

    def move(self, velocity: Array, now_ns: int) -> None:
        """Walk by (3,) vx, vy [m/s] and yaw rate [rad/s] for the next half second."""
        if now_ns - self._moved_ns >= VELOCITY_NS:
            self._moved_ns = now_ns
            parameter = {"velocity": [round(float(v), 4) for v in velocity], "duration": VELOCITY_S}
            self._client.post(SET_VELOCITY, parameter)

    def damp(self, now_ns: int) -> None:
        """Let the robot sink: all motors damp. Repeated until its state says so."""
        if now_ns - self._moved_ns >= VELOCITY_NS:
            self._moved_ns = now_ns
            self._client.post(SET_FSM_ID, {"data": DAMP})

    def wait_for_state(self, timeout_s: float = 5.0) -> int:
        """Return the state of the walking; raises ServiceError."""
        self.fsm = int((self._client.call(GET_FSM_ID, timeout_s=timeout_s) or {}).get("data", -1))
        self.answered_ns = clock.now_ns()
        return self.fsm
