"""Lets input frames through while the machine is busy with pictures.

The event loop and the bus's thread run before ordinary work, but after control and physics. What the api
starts later (threads that read episodes, exports) is ordinary work again.
"""

import os

PRIORITY = 40
"""SCHED_FIFO priority of the event loop: below world and control, which must not wait for a browser."""
NICE = -5


def prefer_this_thread() -> str:
    """Raise the priority of this thread and of those it starts; call it before the bus is opened.

    Returns:
        What was reached, in words.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        return f"real-time priority {PRIORITY}"
    except PermissionError:
        pass
    try:
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
        return f"nice {NICE}"
    except PermissionError:
        return "normal priority"


def start_others_as_usual() -> None:
    """Give threads and processes that this thread starts from now on the normal priority."""
    policy = os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK
    os.sched_setscheduler(0, policy | os.SCHED_RESET_ON_FORK, os.sched_getparam(0))
