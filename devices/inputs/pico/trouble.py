"""Whether something that the motion depends on has failed since it began."""

from collections.abc import Mapping


class Trouble:
    """Remembers what took part in the present motion.

    What was lost before the deadman was pressed has no part in the motion, and its arm stays where it is;
    what is lost afterwards makes control hold. A part that comes back takes part from then on.
    """

    def __init__(self) -> None:
        self._engaged = False
        self._parts: set[str] = set()

    @property
    def engaged(self) -> bool:
        """A deadman is held."""
        return self._engaged

    def rest(self) -> None:
        """The motion has ended."""
        self._engaged = False
        self._parts.clear()

    def update(self, engaged: bool, problems: Mapping[str, str]) -> str:
        """Return why the motion cannot go on, in words, or an empty string.

        Args:
            engaged: A deadman is held.
            problems: What is wrong with each part now; empty where nothing is.
        """
        if not engaged:
            self.rest()
            return ""
        self._engaged = True
        self._parts |= {part for part, problem in problems.items() if not problem}
        failed = [problem for part, problem in problems.items() if problem and part in self._parts]
        return "; ".join(failed)
