"""Make a process keep its rate while the machine is busy with pictures."""

import ctypes
import gc
import os

THREAD_CAPS = {
    name: "1"
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
}
"""Environment of every process: a thread pool inside a small matrix product costs more than it gives."""

_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_NICE = -10


def make_realtime(priority: int) -> str:
    """Give this thread, and the threads it starts from now on, real-time priority where permitted.

    Call it before the bus is opened, so that the bus's own thread inherits the priority. Memory is locked
    where permitted, so that the loop never waits for a page.

    Args:
        priority: SCHED_FIFO priority, 1 to 99.

    Returns:
        What was reached, in words; begins with `real-time` when it is.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    locked = libc.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) == 0
    memory = "memory locked" if locked else "memory not locked"
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
        return f"real-time priority {priority}, {memory}"
    except PermissionError:
        pass
    try:
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
        return f"nice {_NICE}, {memory}; real-time priority needs `ulimit -r {priority}` or CAP_SYS_NICE"
    except PermissionError:
        return f"normal priority, {memory}; real-time priority needs `ulimit -r {priority}` or CAP_SYS_NICE"


def pause_garbage_collection() -> None:
    """Stop automatic collections after start-up; the loop calls `collect_young` in its slack."""
    gc.collect()
    gc.freeze()
    gc.disable()


def collect_young() -> None:
    """Free the cycles made since `pause_garbage_collection`, at a moment that the loop chooses."""
    gc.collect()
