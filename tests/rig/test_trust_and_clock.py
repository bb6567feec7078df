import numpy as np
import pytest

from backend.core.contracts.rig import TrackState
from backend.core.rig.clock_map import ClockMap
from backend.core.rig.trust import FROZEN_NS, LOST_NS, Track

MS = 1_000_000
PERIOD_NS = 13_888_889


def pose(x: float) -> np.ndarray:
    return np.array([x, 0, 0, 0, 0, 0, 1.0])


def test_a_tracker_is_never_seen_live_lost_and_frozen():
    track, now_ns = Track(), 1000 * MS
    track.update(np.zeros(7), now_ns)
    assert track.state(now_ns) is TrackState.NEVER
    track.update(pose(1), now_ns)
    assert track.state(now_ns) is TrackState.LIVE
    track.update(None, now_ns + PERIOD_NS)
    assert track.pose(now_ns + LOST_NS - 1) is not None
    assert track.state(now_ns + LOST_NS) is TrackState.LOST
    assert track.pose(now_ns + LOST_NS) is None
    for i in range(1, 40):
        now_ns += PERIOD_NS
        track.update(pose(2), now_ns)
        expected = TrackState.FROZEN if (i - 1) * PERIOD_NS >= FROZEN_NS else TrackState.LIVE
        assert track.state(now_ns) is expected
    track.update(pose(3), now_ns + 1)
    assert track.state(now_ns + 1) is TrackState.LIVE


@pytest.mark.parametrize("drift_ppm", [0, 100, -100])
def test_the_offset_is_within_its_uncertainty(drift_ppm):
    clock, rng = ClockMap(), np.random.default_rng(1)
    true_ns, least_ns = -3_500_000_000, 4 * MS
    for i in range(20 * 72):
        host_ns = i * PERIOD_NS
        source_ns = int((host_ns - true_ns) * (1 + drift_ppm * 1e-6))
        delay_ns = least_ns + int(rng.exponential(6 * MS))
        late_ns = clock.add(source_ns, host_ns + delay_ns)
        assert late_ns >= 0
        if i % 72 == 0:
            trip_ns = 2 * least_ns + int(rng.exponential(6 * MS))
            clock.add_round_trip(host_ns, host_ns + trip_ns)
    status = clock.status()
    truth_ms = (host_ns - source_ns) * 1e-6
    assert abs(status.offset_ms - truth_ms) <= status.uncertainty_ms
    assert status.uncertainty_ms < 12.0
    assert 5.0 < status.late_p95_ms < 30.0
    assert abs(clock.to_host(source_ns) - host_ns) < 12 * MS


def test_without_round_trips_the_uncertainty_is_unknown():
    clock = ClockMap()
    clock.add(1000, 5000)
    assert clock.status().uncertainty_ms is None
    assert clock.offset_ns == 4000


def test_a_clock_that_is_set_back_starts_anew():
    clock = ClockMap()
    for i in range(10):
        clock.add(i * 1000, i * 1000)
    assert clock.add(-(10**9), 11_000) == 0
    assert clock.samples == 1
