"""Says which subtasks of a task are done, from what really happens in the world."""

from collections import deque
from collections.abc import Sequence

from backend.core.contracts.recording import SubtaskOutcome
from backend.core.contracts.robot import RobotState
from backend.core.contracts.task import Situation, Subtask
from backend.core.contracts.world import WorldState

SPEED_WINDOW_NS = 150_000_000


class Judge:
    """Watches a task; subtasks count in their order, each once its condition has held long enough."""

    def __init__(self, subtasks: Sequence[Subtask]) -> None:
        self._subtasks = tuple(subtasks)
        self._recent: deque[WorldState] = deque()
        self._since_ns: int | None = None
        self._done_ns: list[int] = []

    @property
    def finished(self) -> bool:
        """Whether the last subtask is done."""
        return len(self._done_ns) == len(self._subtasks)

    @property
    def current(self) -> Subtask | None:
        """The subtask to do next; None when all are done."""
        return None if self.finished else self._subtasks[len(self._done_ns)]

    def observe(self, world: WorldState, state: RobotState) -> None:
        """Look at the newest world state and the robot's state at that time."""
        if self._recent and world.t_ns <= self._recent[-1].t_ns:
            return
        self._recent.append(world)
        while len(self._recent) > 2 and world.t_ns - self._recent[1].t_ns >= SPEED_WINDOW_NS:
            self._recent.popleft()
        if self.finished:
            return
        if not self.current.done(Situation(world=world, state=state, earlier=self._recent[0])):
            self._since_ns = None
            return
        self._since_ns = world.t_ns if self._since_ns is None else self._since_ns
        if world.t_ns - self._since_ns >= self.current.hold_s * 1e9:
            self._done_ns.append(world.t_ns)
            self._since_ns = None

    def outcomes(self) -> tuple[SubtaskOutcome, ...]:
        """Return every subtask, and when it was done."""
        done = [*self._done_ns, *[0] * (len(self._subtasks) - len(self._done_ns))]
        return tuple(
            SubtaskOutcome(name=subtask.name, text=subtask.text, done=t_ns > 0, t_ns=t_ns)
            for subtask, t_ns in zip(self._subtasks, done, strict=True)
        )
