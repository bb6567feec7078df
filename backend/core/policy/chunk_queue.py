"""Actions of a policy that answers late: requested in time, aligned by consumed steps, merged.

Nothing here knows the time. A delay is the number of steps that were consumed between a request and its
answer; a robot that had to wait has consumed nothing and so goes on where it stopped.

    steps   ... 7  8  9 | 10 11 12 13 14 15 ...
                 |  |     |
       executing-+  |     +- next to be consumed (`step`)
       (start_step) +- consumed, on its way to the control loop (`lead`)
"""

from collections import deque

import numpy as np

from backend.core.contracts.record import Array
from backend.core.policy.chunk import Chunk, ChunkRequest
from backend.core.policy.merge import Merge

MEASURED = 6
"""Delays of so many chunks count; the largest of them is expected."""
RESERVE = 2
"""Steps that should be left when a chunk arrives."""


class ChunkQueue:
    """What is to be executed next, and when to ask for more.

    Args:
        size: Length of an action.
        merge: How a new chunk takes over.
        s_min: Ask again after so many steps of the newest chunk were consumed.
        d_init: Expected delay [steps] before one was measured.
        lead: Steps that are consumed ahead of their execution.
        ahead: Ask before the queue is empty; without it every chunk is executed to its end (blocking).
    """

    def __init__(
        self, size: int, merge: Merge, s_min: int = 10, d_init: int = 6, lead: int = 2, ahead: bool = True
    ) -> None:
        if s_min < 1 or d_init < 0 or lead < 0:
            raise ValueError(
                f"s_min {s_min}, d_init {d_init}, lead {lead}; allowed: s_min from 1, others from 0"
            )
        self.step = 0
        """The next step to be consumed."""
        self.late = 0
        """Chunks that came after all of their steps had passed."""
        self.discarded = 0
        """Chunks that nobody waited for any more."""
        self.executed = True
        """Whether what is consumed is executed. Set it to False while somebody else drives: then a new chunk
        neither continues nor blends with what the robot has not done."""
        self.chunks = 0
        self._merge = merge
        self._s_min, self._d_init, self._ahead = s_min, d_init, ahead
        self._nothing = np.zeros((0, size))
        self._plan = self._nothing
        self._leading: deque[Array | None] = deque(maxlen=lead)
        self._delays: deque[int] = deque(maxlen=MEASURED)
        self._answered = 0
        self._newest_start = 0
        self._horizon = 0
        self._seq = 0
        self._open: ChunkRequest | None = None

    @property
    def level(self) -> int:
        """How many actions are left."""
        return len(self._plan)

    @property
    def d_est(self) -> int:
        """The delay to expect [steps]."""
        return max(self._delays, default=self._d_init)

    @property
    def d_real(self) -> int | None:
        """The delay measured last [steps]; None before the second answer."""
        return self._delays[-1] if self._delays else None

    @property
    def plan(self) -> Array:
        """The (n, 36) actions that will be executed if no chunk comes."""
        return self._plan

    @property
    def executing(self) -> int:
        """The step that is being executed."""
        return self.step - sum(action is not None for action in self._leading)

    def request(self) -> ChunkRequest | None:
        """Return a request when it is time for one. It stays open until `put` or `forget`."""
        if self._open is not None or not self._due():
            return None
        decided = [action for action in self._leading if action is not None]
        left_over = np.vstack([*decided, self._plan]) if decided else self._plan
        self._seq += 1
        self._open = ChunkRequest(
            seq=self._seq,
            start_step=self.executing,
            delay=min(self.d_est, len(left_over)),
            left_over=left_over if self._merge.hands_left_over and self.executed else self._nothing,
        )
        return self._open

    def put(self, seq: int, actions: Array) -> bool:
        """Take the answer to request `seq`; returns whether any of its (n, 36) actions can be used.

        Raises:
            ValueError: the actions have the wrong shape or are not finite.
        """
        if actions.ndim != 2 or actions.shape[1] != self._nothing.shape[1] or not np.isfinite(actions).all():
            raise ValueError(
                f"a chunk of shape {actions.shape} is refused; "
                f"allowed: (n, {self._nothing.shape[1]}) finite numbers"
            )
        request = self._open
        if request is None or request.seq != seq:
            self.discarded += 1
            return False
        self._open = None
        d_real = self.step - request.start_step
        self._answered += 1
        # The first call compiles and warms up: its delay says nothing about the next.
        if self._answered > 1:
            self._delays.append(d_real)
        self._horizon = len(actions)
        if d_real >= len(actions):
            self.late += 1
            return False
        chunk = Chunk(start_step=request.start_step, actions=actions, delay=request.delay)
        self._plan = self._merge.merge(self._plan if self.executed else self._nothing, chunk, self.step)
        self._newest_start = request.start_step
        self.chunks += 1
        return True

    def forget(self) -> None:
        """The open request will not be answered: ask anew."""
        self._open = None

    def clear(self) -> None:
        """Drop all actions and the open request: what was planned is not valid any more."""
        self._plan = self._nothing
        self._leading.clear()
        self._open = None

    def pop(self) -> Array | None:
        """Consume and return the (36,) action of the next step; None when there is none."""
        action = None
        if len(self._plan):
            action, self._plan = self._plan[0], self._plan[1:]
            self.step += 1
        self._leading.append(action)
        return action

    def _due(self) -> bool:
        if not len(self._plan):
            return True
        if not self._ahead:
            return False
        consumed = self.step - self._newest_start
        return consumed >= self._s_min or self.level <= self.d_est + RESERVE
