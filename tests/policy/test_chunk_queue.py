"""Chunks are aligned by what was consumed, whatever the delays, and merged without jumps."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend import catalog
from backend.core.policy.chunk import Chunk
from backend.core.policy.chunk_queue import ChunkQueue
from backend.core.policy.merge import Merge
from backend.core.policy.scheduler import Scheduler
from backend.core.policy.smooth_hold import SmoothHold

SIZE, HORIZON = 36, 30
YAW = slice(35, 36)


def merger(name: str) -> Merge:
    return catalog.load(catalog.MERGERS, name)(YAW)


def truth(step: int) -> np.ndarray:
    """Actions that say which step they are for."""
    return np.full(SIZE, step * 0.01)


def answer(start: int, n: int = HORIZON) -> np.ndarray:
    return np.array([truth(start + i) for i in range(n)])


def run(queue: ChunkQueue, delays: list[int], steps: int) -> list[np.ndarray | None]:
    """Consume `steps`; the k-th request is answered `delays[k]` steps later."""
    given_out, due, asked = [], {}, 0
    for k in range(steps):
        for seq, start in due.pop(k, []):
            queue.put(seq, answer(start))
        if (request := queue.request()) is not None:
            late = k + delays[asked % len(delays)]
            asked += 1
            if late == k:
                queue.put(request.seq, answer(request.start_step))
            else:
                due.setdefault(late, []).append((request.seq, request.start_step))
        given_out.append(queue.pop())
    return given_out


@pytest.mark.parametrize("name", sorted(catalog.MERGERS))
@given(st.lists(st.integers(0, 40), min_size=1, max_size=12), st.integers(0, 3), st.integers(1, 20))
@settings(max_examples=40, deadline=None)
def test_every_consumed_action_is_the_one_of_its_step(name, delays, lead, s_min):
    """A perfect policy stays perfect: no step is skipped, repeated or shifted, late or not."""
    queue = ChunkQueue(SIZE, merger(name), s_min=s_min, lead=lead)
    consumed = [action for action in run(queue, delays, 200) if action is not None]
    assert np.allclose(consumed, [truth(k) for k in range(len(consumed))], atol=1e-9)
    assert queue.step == len(consumed)


@pytest.mark.parametrize("delay", [0, 3, 9, 14])
def test_a_steady_delay_up_to_half_the_horizon_never_empties_the_queue(delay):
    consumed = run(ChunkQueue(SIZE, merger("blend")), [delay], 300)
    first = next(k for k, action in enumerate(consumed) if action is not None)
    # The first delays are not known yet: what was expected is not what is measured.
    settled = consumed[first + 3 * HORIZON :]
    assert all(action is not None for action in settled)


def test_the_blocking_way_empties_it_every_time():
    consumed = run(ChunkQueue(SIZE, merger("naive"), ahead=False), [5], 200)
    assert sum(action is None for action in consumed) >= 5 * 5


def test_the_delay_to_expect_is_the_largest_of_the_last_six_without_the_first():
    queue = ChunkQueue(SIZE, merger("naive"), s_min=1, lead=0, d_init=4)

    def answered_after(*delays: int) -> None:
        for delay in delays:
            queue.pop()
            request = queue.request()
            for _ in range(delay):
                queue.pop()
            queue.put(request.seq, answer(request.start_step))

    assert queue.d_est == 4
    answered_after(0, 28)
    assert queue.d_est == 28
    answered_after(2, 7, 3, 3, 3, 3)
    assert queue.d_est == 7
    answered_after(1, 1)
    assert queue.d_est == 3


def test_a_request_counts_from_what_is_being_executed_and_hands_over_the_rest():
    queue = ChunkQueue(SIZE, merger("rtc"), s_min=5, lead=2, d_init=6)
    queue.put(queue.request().seq, answer(0))
    for _ in range(7):
        queue.pop()
    request = queue.request()
    assert (request.start_step, request.delay) == (5, 6)
    assert np.allclose(request.left_over, answer(5, HORIZON - 5))
    assert queue.request() is None, "one request at a time"
    queue.forget()
    assert queue.request().seq > request.seq


def test_answers_that_nobody_waits_for_or_that_come_too_late_are_counted_and_not_used():
    queue = ChunkQueue(SIZE, merger("blend"), s_min=5, lead=0)
    first = queue.request()
    assert queue.put(first.seq, answer(0))
    assert not queue.put(first.seq, answer(0))
    assert queue.discarded == 1
    for _ in range(8):
        queue.pop()
    request = queue.request()
    for _ in range(8):
        queue.pop()
    level = queue.level
    assert not queue.put(request.seq, answer(request.start_step, 5))
    assert (queue.late, queue.level) == (1, level)


@pytest.mark.parametrize("bad", [np.zeros((3, 35)), np.zeros(36), np.full((2, 36), np.nan)])
def test_chunks_that_cannot_be_used_are_refused_in_words(bad):
    queue = ChunkQueue(SIZE, merger("blend"))
    with pytest.raises(ValueError, match=r"allowed: \(n, 36\) finite numbers"):
        queue.put(queue.request().seq, bad)


def test_a_cross_fade_starts_at_the_old_ends_at_the_new_and_never_leaves_between():
    new = np.ones((40, SIZE))
    for both, fade in ((20, 20), (4, 12)):
        old = np.zeros((both, SIZE))
        faded = merger("blend").merge(old, Chunk(start_step=5, actions=new, delay=0), step=15)
        assert len(faded) == 30
        assert np.all(np.diff(faded[:, 0]) >= 0)
        assert faded[0, 0] < 0.01
        assert faded[:fade].sum() == pytest.approx(fade / 2 * SIZE)
        assert faded[fade:] == pytest.approx(1)
    naive = merger("naive").merge(np.zeros((4, SIZE)), Chunk(start_step=5, actions=new, delay=0), step=15)
    assert np.all(naive == 1)


def test_headings_are_blended_the_short_way_round():
    old, new = np.full((4, SIZE), math.pi - 0.1), np.full((8, SIZE), -math.pi + 0.1)
    for name in ("blend", "ensemble"):
        merge = merger(name)
        merge.merge(np.zeros((0, SIZE)), Chunk(start_step=0, actions=old, delay=0), step=0)
        faded = merge.merge(old, Chunk(start_step=0, actions=new, delay=0), step=0)
        assert np.abs(np.diff(faded[:, 35])).max() < 0.21
        assert np.all(np.abs(faded[:, 35] - math.pi) < 0.11)


def test_an_ensemble_weighs_the_oldest_most():
    merge = merger("ensemble")
    merge.merge(np.zeros((0, SIZE)), Chunk(start_step=0, actions=np.zeros((4, SIZE)), delay=0), 0)
    mean = merge.merge(np.zeros((2, SIZE)), Chunk(start_step=2, actions=np.ones((4, SIZE)), delay=0), 2)
    assert len(mean) == 4
    assert mean[0, 0] == pytest.approx(math.exp(-0.01) / (1 + math.exp(-0.01)))
    assert mean[2, 0] == 1


def test_real_time_chunking_switches_where_the_policy_continued_and_fades_where_it_did_not():
    old, new = np.zeros((10, SIZE)), np.ones((30, SIZE))
    told = Chunk(start_step=5, actions=new, delay=6)
    assert np.all(merger("rtc").merge(old, told, step=11) == 1)
    assert merger("rtc").merge(old, told, step=12)[0, 0] < 0.2


def test_without_actions_the_robot_comes_to_rest_and_leaves_again_softly(spec):
    """Arms brake with bounded deceleration, the base stops within 0.2 s, nothing repeats."""
    period_s = 1 / 30
    hold = SmoothHold(spec, period_s)
    arms, velocity = spec.layout.arms, spec.layout.velocity
    assert hold.next(None) is None
    actions = []
    for k in range(10):
        action = np.zeros(SIZE)
        action[arms] = 0.04 * k
        action[velocity] = (0.4, 0.0, -0.3)
        actions.append(hold.next(action))
    held = [hold.next(None) for _ in range(15)]
    path = np.array([*actions, *held])
    assert np.all(path[10 + 6 :, velocity] == 0)
    assert np.all(np.diff(np.abs(path[9:, velocity]), axis=0) <= 0)
    rates = np.diff(path[:, arms], axis=0) / period_s
    assert np.all(rates[-1] == 0)
    assert np.abs(np.diff(rates[9:], axis=0)).max() / period_s < 0.3 * 40 + 1e-6
    far = np.full(SIZE, 1.0)
    back = np.array([held[-1], *(hold.next(far) for _ in range(20))])
    assert np.abs(np.diff(back[:, arms], axis=0)).max() < 0.16
    assert np.all(back[-1] == 1.0)


def test_the_scheduler_counts_stalls_and_finds_the_jerk_at_borders(spec):
    rng = np.random.default_rng(0)

    def ratio(name: str) -> tuple[float, float]:
        scheduler = Scheduler(spec, merger(name), fps=30.0)
        for _k in range(600):
            if (request := scheduler.request()) is not None:
                t_s = (request.start_step + np.arange(HORIZON)[:, None]) / 30
                scheduler.put(request.seq, np.sin(t_s + np.zeros(SIZE)) + rng.normal(0, 0.02, SIZE))
            scheduler.step()
        figures = scheduler.meter.figures()
        assert figures.stalls == 0
        return figures.jerk_border_rad_s3 / figures.jerk_inside_rad_s3, figures.border_jump_rad

    naive, blend = ratio("naive"), ratio("blend")
    assert naive[0] > 5
    assert blend[0] < naive[0] / 3
    assert blend[1] < naive[1]
