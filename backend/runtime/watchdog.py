"""The robot's side's watch over the commands it gets: repeating the last one does not keep it quiet."""

from backend.core.contracts.command import Command

WATCHDOG_NS = 200_000_000


class CommandWatch:
    """Keeps the newest command and how long nothing new has come."""

    def __init__(self) -> None:
        self.newest: Command | None = None
        self._taken_ns = 0

    def take(self, command: Command, now_ns: int) -> None:
        """Take the newest command, which may be the one already known."""
        if self.newest is None or command.seq != self.newest.seq:
            self.newest = command
            self._taken_ns = now_ns

    def forget(self) -> None:
        """Start anew, as if nobody had commanded yet."""
        self.newest = None

    def silent_ns(self, now_ns: int) -> int:
        """Return how long no new command has come; 0 before the first."""
        return 0 if self.newest is None else now_ns - self._taken_ns

    def stopped(self, now_ns: int) -> bool:
        """Return whether commands have stopped coming."""
        return self.silent_ns(now_ns) > WATCHDOG_NS

    def current(self, now_ns: int) -> Command | None:
        """Return the command to follow; None when nobody commands yet or any more."""
        return None if self.stopped(now_ns) else self.newest

    @property
    def seq(self) -> int:
        """Sequence number of the newest command; -1 before the first."""
        return -1 if self.newest is None else self.newest.seq
