"""A worn rig drives the robot's control, and what fails stops it: every tick is a real one."""

import numpy as np
import pytest

from backend.core.contracts.rig import Role, TrackState, Wearer
from backend.core.contracts.tick import Mode, SourceState
from devices.robots.g1_spec import g1_spec
from tests.core.rig import PERIOD_NS, Rig
from tests.rig.bench import RATE_HZ, Bench

MS = 1_000_000
FRAME_NS = int(1e9 / RATE_HZ)
REACTION_MS = 250
DRIVER = "ada"


class Desk:
    """An emulated headset, the rig's device and the robot's control on one clock."""

    def __init__(self, folder, browser: bool = True) -> None:
        self.bench = Bench(folder)
        self.bench.assign()
        self.bench.calibrate()
        self.robot = Rig(g1_spec())
        self.robot.now_ns = self.bench.now_ns
        self.browser = browser
        self.held = False
        self._frame = None

    def tick(self):
        """One tick of control; the headset sends when it is time to."""
        tick = self.robot.records[-1] if self.robot.records else None
        driving = tick is not None and tick.driver == DRIVER and tick.mode in (Mode.ACTIVE, Mode.HOLD)
        self.bench.wearer = Wearer(driver=DRIVER, name="Ada", driving=driving)
        while self.bench.now_ns + FRAME_NS <= self.robot.now_ns:
            self._frame = self.bench.turn() or self._frame
        frames = [] if self._frame is None else [self._frame]
        if self.browser:
            frames.append(self.robot.frame(driver=DRIVER, deadman=self.held))
        return self.robot.tick(*frames)

    def ticks(self, seconds: float):
        return [self.tick() for _ in range(round(seconds * 1e9 / PERIOD_NS))]

    def arm(self) -> None:
        self.tick()
        assert self.robot.ask("lease.take", driver=DRIVER, name="Ada").ok
        self.ticks(0.1)
        reply = self.robot.ask("arm", driver=DRIVER)
        assert reply.ok, reply.error

    def reset(self) -> None:
        """Faults and motion are over, nobody holds the deadman, the robot is armed."""
        self.held = False
        self.bench.tell("heal", "stand", "circle 0", "squat 0", "grip 0", "ready")
        self.ticks(0.4)
        if self.robot.records[-1].mode is not Mode.READY:
            self.arm()

    def engage(self) -> None:
        """Hold the browser's deadman."""
        self.held = True
        assert self.ticks(0.3)[-1].mode is Mode.ACTIVE

    def until(self, mode: Mode, seconds: float = 1.0):
        """Tick until control is in `mode`; return the time that took [ms] and the tick."""
        began_ns = self.robot.now_ns
        for record in (self.tick() for _ in range(round(seconds * 1e9 / PERIOD_NS))):
            if record.mode is mode:
                return (record.t_ns - began_ns) / MS, record
        raise AssertionError(f"{record.mode}: {record.reason}")


@pytest.fixture(scope="module")
def one_desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("rig"))


@pytest.fixture
def desk(one_desk):
    one_desk.reset()
    return one_desk


def wrists(record) -> np.ndarray:
    return np.array([record.intent.T_footprint_left[:3], record.intent.T_footprint_right[:3]])


def test_five_trackers_move_wrists_height_and_base(desk):
    desk.engage()
    before = desk.robot.records[-1]
    assert before.reason == "Ada is driving."
    desk.bench.tell("circle 0.08")
    circle = desk.ticks(1.8)
    moved = np.ptp([wrists(record) for record in circle], axis=0)
    assert moved[:, 1:].min() > 0.05, "the robot's wrists hardly moved"
    arms = np.ptp([r.command.action[desk.robot.spec.layout.arms] for r in circle], axis=0)
    assert arms.max() > 0.1
    desk.bench.tell("circle 0", "squat 0.2")
    low = desk.ticks(2.0)[-1].command.action[desk.robot.spec.layout.height][0]
    assert low == pytest.approx(0.74 * (1 - 0.17), abs=0.02)
    desk.bench.tell("squat 0", "walk 0.3 0 0")
    assert desk.ticks(1.5)[-1].command.action[desk.robot.spec.layout.velocity][0] > 0.15
    desk.bench.tell("stand")
    assert np.abs(desk.ticks(2.0)[-1].command.action[desk.robot.spec.layout.velocity]).max() < 1e-6
    desk.held = False
    assert desk.ticks(0.1)[-1].mode is Mode.READY


@pytest.mark.parametrize("fault", ["lose", "freeze"])
@pytest.mark.parametrize("role", list(Role))
def test_every_tracker_that_fails_makes_control_hold(desk, role, fault):
    desk.engage()
    desk.bench.tell("circle 0.05")
    desk.ticks(0.2)
    desk.bench.tell(f"{fault} {role}")
    reaction_ms, record = desk.until(Mode.HOLD)
    print(f"{fault} {role}: HOLD after {reaction_ms:.0f} ms: {record.reason}")
    assert reaction_ms <= REACTION_MS
    state = TrackState.LOST if fault == "lose" else TrackState.FROZEN
    assert record.reason == f"The {role.words}'s tracker ({desk.bench.serials[role]}) is {state}."
    assert record.reason[:-1].lower() in desk.bench.status.state.lower()
    pico = next(source for source in record.sources if source.source == "pico")
    assert pico.state is SourceState.TROUBLED
    if role in (Role.LEFT_WRIST, Role.RIGHT_WRIST):
        frame = desk._frame
        assert (frame.left if role is Role.LEFT_WRIST else frame.right) is None
    # It comes back in time: on with the motion, without a jump.
    desk.bench.tell("heal")
    _, record = desk.until(Mode.ACTIVE)
    before = desk.robot.records[-2].command.action
    assert np.abs(record.command.action - before)[desk.robot.spec.layout.arms].max() < 0.03
    # For good: control lets go, and the deadman counts only after it was let go.
    desk.bench.tell(f"{fault} {role}")
    desk.until(Mode.READY, 1.5)
    assert desk.ticks(0.2)[-1].mode is Mode.READY
    desk.held = False
    desk.ticks(0.05)
    desk.held = True
    record = desk.ticks(0.1)[-1]
    assert record.mode is Mode.ACTIVE, "what was lost before the motion has no part in it"


@pytest.mark.parametrize("what", ["freeze head", "silence"])
def test_a_headset_that_fails_makes_control_hold(desk, what):
    desk.engage()
    desk.bench.tell(what)
    reaction_ms, record = desk.until(Mode.HOLD)
    print(f"{what}: HOLD after {reaction_ms:.0f} ms: {record.reason}")
    assert reaction_ms <= REACTION_MS + 20
    desk.until(Mode.READY)


def test_samples_from_the_past_make_control_hold(desk):
    desk.engage()
    arrive = desk.bench.source.arrive
    queue: list[bytes] = []
    sent = 0

    def late(data: bytes, now_ns: int) -> None:
        """Every second picture waits a little longer, as where a network queues up."""
        nonlocal sent
        sent += 1
        queue.append(data)
        if sent % 2 or len(queue) > 20:
            arrive(queue.pop(0), now_ns)

    desk.bench.source.arrive = late
    _, record = desk.until(Mode.HOLD)
    desk.bench.source.arrive = arrive
    assert record.reason == f"Samples come {desk.bench.status.late_ms:.0f} ms late."
    assert 200 <= desk.bench.status.late_ms < 220


def test_swapped_serial_numbers_swap_the_hands(desk):
    """Roles go by serial number alone, so a mix-up is seen by the neutral pose and not hidden."""
    bench = desk.bench
    bench.tell("rest", "swap left_wrist right_wrist")
    bench.run(1.0)
    assert bench.ask("calibrate.neutral", name="Ada").ok
    bench.run(3.0)
    assert "The left wrist's tracker is on the right of the other" in bench.task.text
    for role, other in ((Role.LEFT_WRIST, Role.RIGHT_WRIST), (Role.RIGHT_WRIST, Role.LEFT_WRIST)):
        assert bench.ask("roles.assign", role=role, serial=bench.serials[other]).ok
    bench.calibrate()


def test_the_grip_of_a_controller_is_a_deadman(tmp_path):
    desk = Desk(tmp_path, browser=False)
    desk.reset()
    desk.bench.tell("grip 1")
    assert desk.ticks(0.2)[-1].mode is Mode.ACTIVE
    desk.bench.tell("grip 0.5")
    assert desk.ticks(0.2)[-1].mode is Mode.ACTIVE
    desk.bench.tell("grip 0.2")
    assert desk.ticks(0.1)[-1].mode is Mode.READY
    # A controller that is stuck holds nothing.
    desk.bench.tell("grip 1")
    desk.ticks(0.2)
    desk.bench.tell("freeze right_controller")
    assert desk.ticks(0.3)[-1].mode is Mode.READY


def test_without_the_driver_s_own_neutral_pose_nothing_moves(desk):
    bench = desk.bench
    bench.wearer = Wearer(driver="ben", name="Ben", driving=True)
    frame = bench.turn()
    assert frame.left is None
    assert frame.head is None
    assert frame.base_velocity is None
    assert not frame.deadman


def test_the_neutral_pose_ends_when_the_headset_may_have_another_origin(desk):
    bench = desk.bench
    bench.run(0.1)
    bench.source.session += 1
    assert bench.turn().head is not None, "found where it was left: the origin is the same"
    bench.tell("silence")
    bench.run(6.0)
    bench.tell("heal")
    bench.source.session += 1
    assert bench.turn().head is None
    assert "neutral pose of Ada is missing" in bench.status.state


def test_another_headset_never_inherits_a_neutral_pose(desk):
    bench = desk.bench
    bench.tell("rest")
    bench.run(1.0)
    bench.assign()
    bench.calibrate()
    bench.source.session, bench.source.headset = bench.source.session + 1, "PB7"
    assert bench.turn().head is None, "it stands where the first one stood, in an origin of its own"
