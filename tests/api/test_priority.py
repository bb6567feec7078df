"""The event loop and the bus go before ordinary work; what the api starts afterwards does not."""

import json
import os
import subprocess
import sys

PROBE = """
import json, os, subprocess, sys, threading
from backend.api.priority import prefer_this_thread, start_others_as_usual

def measure():
    return os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK, os.getpriority(os.PRIO_PROCESS, 0)

def in_thread():
    seen = []
    thread = threading.Thread(target=lambda: seen.append(measure()))
    thread.start()
    thread.join()
    return seen[0]

words = prefer_this_thread()
bus_thread = in_thread()
start_others_as_usual()
child = "import os; print(os.sched_getscheduler(0), os.getpriority(os.PRIO_PROCESS, 0))"
out = subprocess.run([sys.executable, "-c", child], capture_output=True, text=True, check=True).stdout
print(json.dumps([words, measure(), bus_thread, in_thread(), [int(word) for word in out.split()]]))
"""


def test_what_is_started_later_has_the_usual_priority():
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True)
    words, loop, bus_thread, worker, child = json.loads(done.stdout)
    usual = [os.SCHED_OTHER, 0]
    raised = {"real-time priority 40": [os.SCHED_FIFO, 0], "nice -5": [os.SCHED_OTHER, -5]}
    expected = raised.get(words, usual)
    assert loop == expected
    assert bus_thread == expected
    assert worker == usual
    assert child == usual
