"""The emulated robot by itself: what a real one does with commands, over real DDS on the loopback."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from devices.robots.unitree import topics
from devices.robots.unitree.crc import message_crc
from devices.robots.unitree.idl_hg import BmsState_, HandCmd_, HandState_, LowCmd_, LowState_, MotorCmd_
from devices.robots.unitree.layout import LOW_CMD
from devices.robots.unitree.motors import BODY, HANDS, MODE_MACHINE_29DOF, SIDES, hand_mode
from devices.robots.unitree.preflight import preflight
from devices.robots.unitree.rpc import ServiceClient, ServiceError
from devices.robots.unitree.services import MotionSwitcher
from tests.support.app import ROOT, temporary_data_dir
from tests.unitree.robot import DOMAIN, Emulator, emulated, until

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with temporary_data_dir() as folder, emulated(folder, "--gantry") as robot:
        yield robot


def command(kp: float = 40.0, **slots: float) -> np.ndarray:
    """Return a sealed command of every motor; `slots` are targets by joint name."""
    record = np.zeros((), LOW_CMD)
    record["mode_machine"] = MODE_MACHINE_29DOF
    motors = record["motor_cmd"][: len(BODY)]
    motors["mode"], motors["kp"], motors["kd"] = 1, kp, 2.0
    for name, angle in slots.items():
        motors["q"][BODY.index(name)] = angle
    record["crc"] = message_crc(record)
    return record


def test_states_arrive_and_describe_a_standing_robot(emulator: Emulator):
    states = emulator.link.reader(topics.LOW_STATE, LowState_, 8)
    batteries = emulator.link.reader(topics.BATTERY, BmsState_)
    hands = {side: emulator.link.reader(topics.HAND_STATE[side], HandState_) for side in SIDES}
    first = until(states.newest)
    began_s = time.monotonic()
    ticks = set()
    while time.monotonic() - began_s < 2.0:
        ticks |= {int(state.tick) for state in states.take()}
        time.sleep(0.002)
    # 250 a second on an idle machine; a busy one loses many.
    assert len(ticks) > 50
    assert first.mode_machine == MODE_MACHINE_29DOF
    assert first.crc == message_crc(first.record())
    np.testing.assert_allclose(np.abs(first.imu_state["quaternion"]), [1, 0, 0, 0], atol=0.1)
    status = emulator.status()
    newest = until(states.newest)
    for slot, name in enumerate(BODY):
        assert newest.motor_state["q"][slot] == pytest.approx(status["q_rad"][name], abs=0.1)
    assert until(batteries.newest, what="battery").soc == 87
    for side in SIDES:
        state = until(hands[side].newest, what=f"{side} hand")
        assert len(state.motor_state) == len(HANDS[side]) == 7


def test_bad_checksums_and_the_wrong_machine_are_refused(emulator: Emulator):
    writer = emulator.link.writer(topics.LOW_CMD, LowCmd_)
    wrong = command()
    wrong["crc"] += 1
    other = command()
    other["mode_machine"] = 9
    other["crc"] = message_crc(other)
    for record, counter in ((wrong, "low_cmd_crc"), (other, "low_cmd_mode_machine"), (command(), "low_cmd")):
        before = emulator.count(counter)

        def sent(record: np.ndarray = record, counter: str = counter, before: int = before) -> bool:
            writer.write(LowCmd_.of(record))
            return emulator.count(counter) > before

        until(sent, what=counter)


def test_its_motion_program_fights_until_it_is_released_and_then_nobody_answers(emulator: Emulator):
    writer = emulator.link.writer(topics.LOW_CMD, LowCmd_)
    before = emulator.count("fights")

    def fought() -> bool:
        writer.write(LowCmd_.of(command()))
        return emulator.count("fights") > before

    until(fought, what="a fight")
    switcher = MotionSwitcher(emulator.link)
    assert switcher.active() == "ai"
    emulator.cling(True)
    with pytest.raises(ServiceError, match=r"'ai' does not let go within 1 s.*L2\+R2"):
        switcher.release(lambda _: None, timeout_s=1.0)
    emulator.cling(False)
    switcher.release(lambda _: None)
    assert emulator.status()["program"] == ""
    with pytest.raises(ServiceError, match="sport: no answer"):
        ServiceClient(emulator.link, "sport").call(7001, timeout_s=0.5)

    def bent() -> bool:
        writer.write(LowCmd_.of(command(left_elbow_joint=1.2)))
        return emulator.status()["q_rad"]["left_elbow_joint"] > 1.0

    until(bent, what="the elbow")
    assert not emulator.status()["damps"]
    until(lambda: emulator.status()["damps"], what="damping, 2 s after the last command")
    emulator.stand_up()


def test_each_hand_moves_the_finger_that_its_own_order_names(emulator: Emulator):
    for side, sign in (("left", -1.0), ("right", 1.0)):
        writer = emulator.link.writer(topics.HAND_CMD[side], HandCmd_)
        goal = {f"{side}_hand_index_0_joint": 0.9 * sign, f"{side}_hand_middle_0_joint": 0.3 * sign}
        motors = [
            MotorCmd_(hand_mode(i), goal.get(name, 0.0), 0.0, 0.0, 1.5, 0.2)
            for i, name in enumerate(HANDS[side])
        ]

        def there(writer=writer, motors=motors, goal=goal) -> bool:
            writer.write(HandCmd_(motors, [0] * 4))
            q = emulator.status()["q_rad"]
            return all(abs(q[name] - angle) < 0.15 for name, angle in goal.items())

        until(there, what=f"{side} fingers")


def test_the_preflight_finds_the_robot_and_what_is_wrong_with_it(emulator: Emulator):
    emulator.stand_up()
    emulator.charge(9)
    checks = {check.name: check for check in preflight("lo", DOMAIN)}
    assert checks["checksums"].ok
    assert checks["kind of robot"].found == "mode_machine 5"
    assert checks["motion program"].found == "ai: walking"
    assert (checks["battery"].ok, checks["battery"].remedy) == (False, "change it")
    for name in ("motor temperatures", "left hand", "right hand", "clocks", "remote control"):
        assert checks[name].ok, checks[name]
    emulator.charge(87)


def test_the_preflight_says_what_to_do_when_there_is_no_robot():
    (check,) = preflight("lo", 98)
    assert not check.ok
    assert "192.168.123.x" in check.remedy
    (check,) = preflight("eth99", 97)
    assert "BUNRAKU_DDS_INTERFACE" in check.remedy


OPEN_A_LINK = f"""
import psutil
from devices.robots.unitree.dds import Link
link = Link("lo", {DOMAIN})
for connection in psutil.Process().net_connections("udp"):
    print(*connection.laddr)
"""


def test_nothing_of_it_leaves_this_machine():
    """What sends is bound to the loopback, and nobody has joined the multicast group of DDS."""
    run = subprocess.run(
        [sys.executable, "-c", OPEN_A_LINK], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    sockets = [(ip, int(port)) for ip, port in (line.split() for line in run.stdout.splitlines())]
    base = 7400 + 250 * DOMAIN
    listening = {address for address in sockets if base <= address[1] < base + 250}
    assert listening, "DDS does not listen here: this check looks in the wrong place"
    assert {ip for ip, _ in set(sockets) - listening} == {"127.0.0.1"}
    # 239.255.0.1 in the byte order of that file.
    assert "0100FFEF" not in Path("/proc/net/igmp").read_text()
