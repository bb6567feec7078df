"""Walking with the body: what sways gives exactly nothing, what walks gives the right thing in time."""

import math

import numpy as np
import pytest

from backend.core.rig.slope import Slope
from backend.core.rig.walking import TURN_WINDOW_S, WALK_WINDOW_S, Walking
from tests.rig.bench import RATE_HZ, Bench, velocities

ONSET_S = 0.35
"""From the first motion to the first command; the filter takes 0.125 s of it, the foot's way the rest."""


@pytest.fixture(scope="module")
def one_bench(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("rig"))
    bench.drive()
    return bench


@pytest.fixture
def bench(one_bench):
    """A calibrated operator at rest, where the last test has left them."""
    one_bench.stage.body.habit.sway_m = 0.0
    one_bench.tell("rest", "stand", "lean 0", "squat 0", "look 0 0", "circle 0")
    one_bench.run(1.0)
    return one_bench


@pytest.mark.parametrize("busy", ["ready", "lean 0.15", "squat 0.3", "look 0.6 0.4"])
def test_a_body_that_sways_gives_exactly_zero(bench, busy):
    bench.stage.body.habit.sway_m = 0.03
    frames = bench.run(1.0)
    bench.tell(busy, "circle 0.1")
    frames += bench.run(3.0)
    assert np.abs(velocities(frames)).max() == 0.0
    waist_speed = np.diff([frame.head[:2] for frame in frames], axis=0) * RATE_HZ
    assert np.abs(waist_speed).max() > 0.03, "nothing swayed: this test proves nothing"


@pytest.mark.parametrize(
    ("walk", "axis", "size"),
    [
        ("0.4 0 0", 0, 0.4),
        ("-0.3 0 0", 0, -0.3),
        ("0 0.25 0", 1, 0.25),
        ("0 0 -0.6", 2, -0.6),
    ],
)
def test_a_walk_gives_its_own_velocity(bench, walk, axis, size):
    start = bench.stage.body.steps.base
    bench.tell(f"walk {walk}")
    velocity = velocities(bench.run(2.4))
    others = [i for i in range(3) if i != axis]
    assert np.abs(velocity[:, others]).max() == 0.0
    steady = velocity[-round(1.2 * RATE_HZ) :, axis].mean()
    assert steady == pytest.approx(size, rel=0.15)
    if axis < 2:
        onset_s = np.flatnonzero(velocity[:, axis])[0] / RATE_HZ
        print(f"walk {walk}: first command after {1000 * onset_s:.0f} ms")
        assert onset_s < ONSET_S
    bench.tell("stand")
    rest = velocities(bench.run(2.0))
    assert np.abs(rest[-round(0.5 * RATE_HZ) :]).max() == 0.0
    walked = np.concatenate([velocity, rest])[:, axis].sum() / RATE_HZ
    x, y, turned = bench.stage.body.steps.base - start
    c, s = math.cos(start[2]), math.sin(start[2])
    truth = (c * x + s * y, c * y - s * x, turned)[axis]
    assert walked == pytest.approx(truth, rel=0.15)


def test_clipping(bench):
    bench.tell("walk 1.2 0 0")
    assert velocities(bench.run(1.5))[:, 0].max() == 0.5


def test_the_height_follows_the_waist_in_the_robot_s_proportion(bench):
    bench.stage.body.habit.sway_m = 0.02
    assert {frame.base_height_m for frame in bench.run(0.5)} == {0.74}
    bench.tell("squat 0.3")
    frame = bench.run(2.0)[-1]
    assert frame.base_height_m == pytest.approx(0.74 * (1 - (0.3 - 0.03) / 1.0), abs=0.01)


@pytest.mark.parametrize("window_s", [WALK_WINDOW_S, TURN_WINDOW_S])
def test_the_filter_s_latency_is_what_it_says(window_s):
    slope, lags = Slope(window_s), []
    for i in range(300):
        t_s = i / RATE_HZ
        # The speed grows evenly, so its delay is its difference over its growth.
        measured = slope.update(t_s, np.array([t_s**2 / 2]))[0]
        if i > 50:
            lags.append(t_s - measured)
    print(f"window {window_s} s: latency {1000 * np.mean(lags):.0f} ms")
    assert np.mean(lags) == pytest.approx(slope.latency_s, abs=1 / RATE_HZ)
    assert Walking(0.74).latency_s == (WALK_WINDOW_S / 2, TURN_WINDOW_S / 2)


def test_hands_do_not_sway_with_the_hips_and_come_along_when_walking(bench):
    bench.tell("ready")
    before = bench.run(1.0)[-1].right.pose[:3]
    bench.tell("walk 0.4 0 0")
    bench.run(2.0)
    bench.tell("stand")
    after = bench.run(2.0)[-1].right.pose[:3]
    # The operator walked 0.8 m; the hands are where they were before the body.
    assert np.abs(after - before).max() < 0.03
