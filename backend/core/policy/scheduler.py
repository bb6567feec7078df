"""One step of a rollout at the policy's rate: queue, soft hold and figures together.

Live, the rollout process turns it with the clock; headless, simulated time does. It has no clock, no
thread and no connection: whoever turns it sends its requests and brings the answers.

    every period:   action = scheduler.step()            -> knot for the `PolicyPlayer`, due `lead` later
                    request = scheduler.request()        -> observation to the server, when one is due
    on an answer:   scheduler.put(request.seq, actions)
"""

from backend.core.contracts.record import Array
from backend.core.contracts.robot import RobotSpec
from backend.core.policy.chunk import ChunkRequest
from backend.core.policy.chunk_queue import ChunkQueue
from backend.core.policy.merge import Merge
from backend.core.policy.meter import SmoothnessMeter
from backend.core.policy.smooth_hold import SmoothHold

LEAD = 2
"""Knots are consumed this many steps before they are due: the spline needs one, the other is for jitter."""


class Scheduler:
    """Turns late chunks into one action per step.

    Args:
        spec: The robot.
        merge: How chunks are merged: an entry of `catalog.MERGERS`, built with the layout's angles.
        fps: Rate of the policy's actions [1/s].
        s_min: Steps of a chunk that are consumed before the next is asked for.
        d_init: Expected delay before one was measured [steps].
        ahead: Ask before the queue is empty.
    """

    def __init__(
        self,
        spec: RobotSpec,
        merge: Merge,
        fps: float,
        s_min: int = 10,
        d_init: int = 6,
        ahead: bool = True,
    ) -> None:
        if not 1 <= fps <= 200:
            raise ValueError(f"{fps:g} actions a second; allowed: 1 to 200")
        self.period_s = 1.0 / fps
        size = len(spec.layout.action_names)
        self.queue = ChunkQueue(size, merge, s_min=s_min, d_init=d_init, lead=LEAD, ahead=ahead)
        self.meter = SmoothnessMeter(spec.layout.arms, self.period_s)
        self._hold = SmoothHold(spec, self.period_s)
        self._border = False

    def step(self) -> Array | None:
        """Consume one step; returns the (36,) action, or None while no chunk has come yet."""
        wanted = self.queue.pop()
        action = self._hold.next(wanted)
        if action is not None:
            self.meter.given(action, border=self._border and wanted is not None, stalled=wanted is None)
        if wanted is not None:
            self._border = False
        return action

    @property
    def holding(self) -> bool:
        """Whether there is no action, so that the robot comes to rest."""
        return self._hold.holding

    def request(self) -> ChunkRequest | None:
        """Return a request when one is due; answer it with `put`, or `queue.forget` it."""
        return self.queue.request()

    def put(self, seq: int, actions: Array) -> bool:
        """Take the (n, 36) answer to request `seq`; returns whether it is of use. Raises ValueError."""
        before = self.queue.plan
        used = self.queue.put(seq, actions)
        if used:
            self._border = True
            if len(before):
                self.meter.jumped(before[0], self.queue.plan[0])
        return used

    def reset(self) -> None:
        """Drop everything that was planned, for a new start from wherever the robot is then."""
        self.queue.clear()
        self._hold.reset()
