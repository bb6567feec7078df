"""What a run of demonstrations tells: a bar for people, lines of JSON for the page."""

import json
from pathlib import Path
from typing import Any

from tqdm import tqdm

from backend.core import clock
from trainer.demos.demonstrate import Given


class Report:
    """Counts takes and successes.

    Args:
        total: Takes that are asked for.
        had: Takes of them that were there before.
        events: File that gets one JSON object per line, with `t` (Unix time [s]) and `kind`; None for none.
    """

    def __init__(self, total: int, had: int, events: Path | None) -> None:
        self._total, self._had = total, had
        self._events = events
        self._began_ns = clock.now_ns()
        self.given: list[Given] = []
        self._bar = tqdm(total=total, initial=had, unit="take", dynamic_ncols=True)

    @property
    def successes(self) -> int:
        """Takes of this run that succeeded."""
        return sum(given.success for given in self.given)

    @property
    def success_rate(self) -> float:
        """Share of this run's takes that succeeded; 0 before the first."""
        return self.successes / max(len(self.given), 1)

    @property
    def demos_per_hour(self) -> float:
        """Successful demonstrations per hour of this run."""
        return self.successes / max((clock.now_ns() - self._began_ns) / 3.6e12, 1e-9)

    def add(self, given: Given) -> None:
        """Count one take."""
        self.given.append(given)
        self._bar.update()
        self._bar.set_postfix_str(f"{self.success_rate:.0%} succeed, {self.demos_per_hour:.0f} an hour")
        word = "done" if given.success else f"failed at: {given.failed_at}"
        word += ", with a takeover" if given.took_over else ""
        self._bar.write(
            f"seed {given.seed}: {word} ({given.length_s:.1f} s, recorded in {given.wall_s:.1f} s) "
            f"{given.folder.name}"
        )
        finished = self._had + len(self.given)
        self.event(
            "progress",
            progress=finished / self._total,
            done=finished,
            total=self._total,
            message=f"{finished} of {self._total} takes, {self.success_rate:.0%} succeed, "
            f"{self.demos_per_hour:.0f} demonstrations an hour",
        )
        self.event(
            "metric",
            step=finished,
            success_rate=self.success_rate,
            demos_per_hour=self.demos_per_hour,
            seed=given.seed,
            success=given.success,
            episode=given.folder.name,
        )

    def event(self, kind: str, **values: Any) -> None:
        """Append a line to the events."""
        if self._events is not None:
            line = json.dumps({"t": clock.wall_ns() * 1e-9, "kind": kind, **values})
            with self._events.open("a") as file:
                file.write(line + "\n")

    def close(self, message: str) -> None:
        """End the bar and say how it went."""
        self._bar.close()
        summary = {
            "takes": len(self.given),
            "successes": self.successes,
            "success_rate": self.success_rate,
            "demos_per_hour": self.demos_per_hour,
            "takeovers": sum(given.took_over for given in self.given),
        }
        self.event("done", message=message, **summary)
        print(message)
        print(json.dumps(summary))
