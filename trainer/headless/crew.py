"""Several simulations at a time, each in a worker process of its own."""

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed

_PR_SET_PDEATHSIG = 1


class Crew[Order, Given]:
    """Workers that take orders; a stop lets them finish what they are doing.

    Args:
        workers: How many.
        give: What a worker does with an order; a function of a module, which workers can import.
    """

    def __init__(self, workers: int, give: Callable[[Order], Given]) -> None:
        self._give = give
        # Spawned: a forked OpenGL context or thread pool would not work.
        self._pool = ProcessPoolExecutor(
            workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_prepare,
            initargs=(os.getpid(),),
        )
        self._futures: list[Future[Given]] = []

    def work(self, orders: Sequence[Order]) -> Iterator[Given]:
        """Yield what was given as it is finished; raises what a worker raised."""
        self._futures = [self._pool.submit(self._give, order) for order in orders]
        for future in as_completed(self._futures):
            if not future.cancelled():
                yield future.result()

    def stop(self) -> None:
        """Begin nothing new."""
        for future in self._futures:
            future.cancel()

    def close(self) -> None:
        """Wait for what is being done, and end the workers."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _prepare(parent_pid: int) -> None:
    """Leave signals to the parent, and do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os._exit(1)
