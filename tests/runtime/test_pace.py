"""Ticker, heartbeat and real-time priority."""

import os
import subprocess
import sys
import time

import pytest

from backend.runtime.bus import Bus
from backend.runtime.heartbeat import Heart
from backend.runtime.ticker import Ticker
from backend.runtime.topics import HEALTH
from tests.support.app import ROOT


def test_a_turn_that_takes_too_long_is_counted_and_shifts_no_deadline():
    ticker = Ticker(rate_hz=100.0)
    ticker.wait()
    first_ns = ticker._deadline_ns
    assert ticker.overruns == 0
    time.sleep(0.045)
    late_ns = ticker.wait()
    assert ticker.overruns >= 4
    assert late_ns >= 0
    for _ in range(5):
        ticker.wait()
    assert (ticker._deadline_ns - first_ns) % ticker.period_ns == 0
    # Every deadline was either served on time, or counted as an overrun; the newest missed one is both.
    passed = (ticker._deadline_ns - first_ns) // ticker.period_ns
    assert ticker.ticks - 1 <= passed <= ticker.ticks - 1 + ticker.overruns


def test_the_ticker_never_runs_ahead_of_its_deadlines():
    ticker = Ticker(rate_hz=200.0)
    ticker.wait()
    began_s = time.monotonic()
    for _ in range(40):
        assert ticker.wait() >= 0
    # Deadlines that pass unseen (a busy machine) are skipped, which only makes it slower.
    assert time.monotonic() - began_s >= 39 / 200.0
    assert 0 < ticker.rate_hz <= 210.0
    assert ticker.late_p99_ms >= 0.0


def test_a_heart_beats_at_5_hz_however_often_it_is_asked(bus: Bus):
    subscription = bus.subscribe(HEALTH, "test")
    heart = Heart(bus, "test")
    now_ns = 0
    for _ in range(500):
        now_ns += 1_000_000_000
        heart.beat(now_ns, "starting")
        if subscription.wait(0.01):
            break
    subscription.drain()
    beats = []
    for tick in range(1, 301):
        heart.beat(now_ns + tick * 10_000_000, "slow", rate_hz=100.0, overruns=tick)
        if message := subscription.wait(0.002):
            beats.append(message[0])
    assert 14 <= len(beats) <= 17, "three seconds at 5 Hz"
    assert beats[-1].state == "slow"
    assert beats[-1].pid == os.getpid()
    assert beats[-1].overruns > beats[0].overruns
    heart.close()


PROBE = """
import os
from backend.runtime.realtime import make_realtime
text = make_realtime(10)
print(os.sched_getscheduler(0) == os.SCHED_FIFO, text)
"""


def _probe(**options) -> str:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True, **options,
    ).stdout  # fmt: skip


def test_priority_is_what_it_says():
    fifo, _, text = _probe().partition(" ")
    assert (fifo == "True") == text.startswith("real-time priority 10")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can take a permission away")
def test_without_permission_it_says_what_is_needed():
    import ctypes

    cap_sys_nice, pr_capbset_drop, pr_set_securebits, keep_no_root = 23, 24, 28, 0b11

    def drop() -> None:
        libc = ctypes.CDLL(None)
        libc.prctl(pr_set_securebits, keep_no_root, 0, 0, 0)
        libc.prctl(pr_capbset_drop, cap_sys_nice, 0, 0, 0)

    fifo, _, text = _probe(preexec_fn=drop).partition(" ")
    assert fifo == "False"
    assert "ulimit -r 10" in text
