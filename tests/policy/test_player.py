"""From knots at the policy's rate to frames at the rate of control."""

import numpy as np
import pytest

from backend.core.contracts.frame import DeviceFrame
from backend.core.policy.player import PolicyPlayer
from backend.core.policy.spline import KnotSpline

PERIOD_NS = 33_000_000


def knot(k: int, value: float | None, driver: str = "policy:a", ahead: int = 2) -> DeviceFrame:
    return DeviceFrame(
        source="policy",
        driver=driver,
        t_ns=(k - ahead) * PERIOD_NS,
        seq=k,
        source_t_ns=k * PERIOD_NS,
        deadman=value is not None,
        action=None if value is None else np.full(36, value),
    )


def test_the_curve_has_no_steps_in_position_or_velocity_and_stays_near_its_knots():
    rng = np.random.default_rng(1)
    knots = np.cumsum(rng.normal(0, 0.05, 20))
    spline = KnotSpline()
    path = []
    for t_ns in range(0, 17 * PERIOD_NS, 1_000_000):
        k = t_ns // PERIOD_NS
        for i in range(k + 3):
            spline.add(i * PERIOD_NS, np.array([knots[i]]))
        path.append(float(spline.at(t_ns)[0]))
    path = np.array(path[33:])
    speed = np.diff(path) * 1e3
    biggest_turn = np.abs(np.diff(knots, 2)).max() / (PERIOD_NS / 1e9)
    assert np.abs(np.diff(path)).max() < 1.01 * np.abs(np.diff(knots)).max() / 33
    assert np.abs(np.diff(speed)).max() < 1.05 * biggest_turn / 33, "velocity is a polygon"


def test_straight_lines_are_kept_and_nothing_is_played_before_or_after():
    spline = KnotSpline()
    assert spline.at(0) is None
    for i in range(6):
        spline.add(i * PERIOD_NS, np.array([float(i)]))
        spline.add(0, np.array([99.0]))
    for t_ns in range(PERIOD_NS, 4 * PERIOD_NS, 3_000_000):
        assert spline.at(t_ns)[0] == pytest.approx(t_ns / PERIOD_NS)
    assert spline.at(5 * PERIOD_NS)[0] == 5.0
    assert spline.at(5 * PERIOD_NS + 1) is None
    assert spline.at(-1) is None


def test_frames_are_stamped_now_until_the_knots_run_out():
    player = PolicyPlayer()
    assert player.frame(0) is None
    for k in range(4):
        player.add(knot(k, float(k)))
    frame = player.frame(2 * PERIOD_NS)
    assert (frame.t_ns, frame.driver, frame.deadman) == (2 * PERIOD_NS, "policy:a", True)
    assert frame.action == pytest.approx(np.full(36, 2.0))
    assert player.frame(3 * PERIOD_NS + 1) is None


def test_a_pause_or_another_policy_starts_a_new_motion():
    player = PolicyPlayer()
    for k in range(4):
        player.add(knot(k, 1.0))
    player.add(knot(4, None))
    assert (player.frame(4 * PERIOD_NS).deadman, player.frame(4 * PERIOD_NS).action) == (False, None)
    player.add(knot(5, 5.0))
    assert player.frame(5 * PERIOD_NS).action[0] == 5.0
    player.add(knot(6, 7.0, driver="policy:b"))
    assert player.frame(6 * PERIOD_NS).action[0] == 7.0
