"""What goes to a policy and what comes back, counted in steps of the policy's own rate."""

from backend.core.contracts.record import Array, Record


class ChunkRequest(Record):
    """A request for the actions from one step on. Step k is the k-th action the robot has consumed."""

    seq: int
    start_step: int
    """The step that is being executed while the observation is made."""
    delay: int
    """Steps that will have been consumed when the answer comes: the largest of the last measured delays."""
    left_over: Array
    """(n, 36) actions from `start_step` on that are decided already; the first `delay` will be executed."""


class Chunk(Record):
    """Consecutive actions, (n, 36)."""

    start_step: int
    actions: Array
    delay: int
    """The delay of its request: a policy that was given the left over has kept so many of its actions."""
