"""`python -m devices.robots.unitree.preflight`: is the robot there, and is it fit to be driven?

It only listens and asks; nothing moves.
"""

import sys
import time
from dataclasses import dataclass

import numpy as np

from backend.core import clock
from backend.settings import settings
from devices.robots.unitree import topics
from devices.robots.unitree.crc import message_crc
from devices.robots.unitree.dds import Link, Reader
from devices.robots.unitree.idl_go import SportModeState_
from devices.robots.unitree.idl_hg import BmsState_, HandState_, LowState_
from devices.robots.unitree.motors import BODY, MODE_MACHINE_29DOF, SIDES
from devices.robots.unitree.remote import pressed, stop_asked
from devices.robots.unitree.rpc import ServiceError
from devices.robots.unitree.services import WALKING, MotionSwitcher, Walking, fsm_words

LISTEN_S = 2.0
PATIENCE_S = 3.0
STEADY_HZ = 200.0
LOW_BATTERY_PERCENT = 15
HOT_C = 85
CLOCK_APART_S = 1.0


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    found: str
    """What there is, in words."""
    remedy: str = ""
    """What to do about it; empty when all is well."""


def preflight(interface: str, domain: int) -> list[Check]:
    """Look at everything and return what was found; later checks are left out when the robot is not there."""
    try:
        link = Link(interface, domain)
    except ConnectionError as error:
        return [Check("network interface", False, str(error), "set BUNRAKU_DDS_INTERFACE to the cable's")]
    low_states = link.reader(topics.LOW_STATE, LowState_, 64)
    others: dict[str, Reader] = {
        "odometry": link.reader(topics.ODOMETRY, SportModeState_),
        "battery": link.reader(topics.BATTERY, BmsState_),
        **{side: link.reader(topics.HAND_STATE[side], HandState_) for side in SIDES},
    }
    states, newest = _listen(low_states, others)
    if not states:
        return [
            Check(
                "robot",
                False,
                f"no states in domain {domain} on {interface}",
                "switch the robot on, plug the cable in, give this machine an address 192.168.123.x, and set "
                "BUNRAKU_DDS_DOMAIN to 0 for a robot",
            )
        ]
    last = states[-1]
    return [
        *_states(states),
        *_remote(last),
        *_firmware(link),
        *_battery(newest.get("battery")),
        *_temperatures(last),
        *(_hand(side, newest.get(side)) for side in SIDES),
        *_clocks(newest.get("odometry")),
    ]


def _listen(low_states: Reader, others: dict[str, Reader]) -> tuple[list[LowState_], dict[str, object]]:
    """Return every state of the body that comes in two seconds, and the newest of everything else."""
    states: list[LowState_] = []
    newest: dict[str, object] = {}
    until_ns = clock.now_ns() + int(PATIENCE_S * 1e9)
    while clock.now_ns() < until_ns:
        if fresh := low_states.take():
            if not states:
                until_ns = clock.now_ns() + int(LISTEN_S * 1e9)
            states += fresh
        for name, reader in others.items():
            if (sample := reader.newest()) is not None:
                newest[name] = sample
        time.sleep(0.005)
    return states, newest


def _states(states: list[LowState_]) -> list[Check]:
    rate_hz = len(states) / LISTEN_S
    broken = sum(message_crc(state.record()) != state.crc for state in states)
    machine = int(states[-1].mode_machine)
    return [
        Check(
            "states of the body",
            rate_hz >= STEADY_HZ,
            f"{rate_hz:.0f} a second",
            "" if rate_hz >= STEADY_HZ else "use a cable instead of wireless, and end other programs here",
        ),
        Check(
            "checksums",
            not broken,
            f"{broken} of {len(states)} are wrong",
            "the robot's firmware packs states in another way: do not drive it" if broken else "",
        ),
        Check(
            "kind of robot",
            machine == MODE_MACHINE_29DOF,
            f"mode_machine {machine}",
            "" if machine == MODE_MACHINE_29DOF else "this is no G1 with 29 motors, or its waist is locked",
        ),
    ]


def _remote(state: LowState_) -> list[Check]:
    asked = stop_asked(pressed(state.wireless_remote.tobytes()))
    found = f"it asks to {asked}" if asked else "no stop is held"
    return [Check("remote control", not asked, found, "let the keys go" if asked else "")]


def _firmware(link: Link) -> list[Check]:
    try:
        name = MotionSwitcher(link).active(PATIENCE_S)
    except ServiceError as error:
        return [Check("motion program", False, str(error), "start the robot again")]
    if not name:
        return [
            Check(
                "motion program",
                False,
                "none runs: nothing balances the robot",
                "start its walking by the remote control, or drive every motor with a policy on a gantry",
            )
        ]
    try:
        fsm = Walking(link).wait_for_state(PATIENCE_S)
    except ServiceError as error:
        return [Check("motion program", False, f"{name}: {error}", "start the robot again")]
    fix = "" if fsm in WALKING else "stand the robot up by its remote control until it balances"
    return [Check("motion program", fsm in WALKING, f"{name}: {fsm_words(fsm)}", fix)]


def _battery(battery: BmsState_ | None) -> list[Check]:
    if battery is None:
        return [Check("battery", False, "it does not report", "look at its lights")]
    ok = battery.soc >= LOW_BATTERY_PERCENT
    return [Check("battery", ok, f"{battery.soc} %", "" if ok else "change it")]


def _temperatures(state: LowState_) -> list[Check]:
    motor_c = state.motor_state["temperature"][: len(BODY)].max(axis=1)
    hottest = int(np.argmax(motor_c))
    ok = motor_c[hottest] <= HOT_C
    found = f"the hottest is {BODY[hottest]} with {motor_c[hottest]} degrees"
    return [Check("motor temperatures", bool(ok), found, "" if ok else "let the robot rest")]


def _hand(side: str, state: HandState_ | None) -> Check:
    if state is None:
        return Check(
            f"{side} hand", False, "it does not report", "check its cable and its service on the robot"
        )
    errors = [number for number in state.error if number]
    found = (
        f"{len(state.motor_state)} motors, errors {errors}" if errors else f"{len(state.motor_state)} motors"
    )
    return Check(f"{side} hand", not errors, found, "switch the hand off and on" if errors else "")


def _clocks(odometry: SportModeState_ | None) -> list[Check]:
    """The app stamps states on arrival, so a clock that is off matters to people who compare logs only."""
    if odometry is None:
        return []
    robot_s = odometry.stamp.sec + odometry.stamp.nanosec * 1e-9
    apart_s = robot_s - clock.wall_ns() * 1e-9
    ok = abs(apart_s) < CLOCK_APART_S
    return [
        Check(
            "clocks",
            ok,
            f"the robot's is {apart_s:+.1f} s from this machine's",
            "" if ok else "set both by NTP if you compare their logs; driving and recording do not mind",
        )
    ]


def main() -> int:
    """Print every check; return 1 when one failed."""
    checks = preflight(settings().dds_interface, settings().dds_domain)
    for check in checks:
        print(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {check.found}")
        if check.remedy:
            print(f"     -> {check.remedy}")
    return 0 if all(check.ok for check in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
