"""What a running evaluation tells: a bar for people, lines of JSON for the page."""

import json
from pathlib import Path
from typing import Any

from tqdm import tqdm

from backend.core import clock
from backend.evaluation.trial import TrialResult


class Progress:
    """Counts trials. It says nothing of which policy succeeds: that is blind until the end.

    Args:
        total: Trials in the plan.
        had: Those of them that were run before.
        events: File that gets one JSON object per line, with `t` (Unix time [s]) and `kind`; None for none.
    """

    def __init__(self, total: int, had: int, events: Path | None) -> None:
        self._total, self._had, self._events = total, had, events
        self._began_ns = clock.now_ns()
        self._run = 0
        self._bar = tqdm(total=total, initial=had, unit="trial", dynamic_ncols=True)

    @property
    def trials_per_hour(self) -> float:
        """Speed of this run."""
        return self._run / max((clock.now_ns() - self._began_ns) / 3.6e12, 1e-9)

    def add(self, result: TrialResult) -> None:
        """Count one trial."""
        self._run += 1
        finished = self._had + self._run
        self._bar.update()
        self._bar.set_postfix_str(f"{self.trials_per_hour:.0f} an hour")
        left_s = (self._total - finished) / max(self.trials_per_hour, 1e-9) * 3600
        message = f"{finished} of {self._total} trials, {self.trials_per_hour:.0f} an hour"
        self._event("progress", progress=finished / self._total, eta_s=left_s, message=message)
        self._event("metric", step=finished, trials_per_hour=self.trials_per_hour, wall_s=result.wall_s)

    def close(self, message: str) -> None:
        """End the bar and say how it went."""
        self._bar.close()
        self._event("done", message=message)
        print(message)

    def _event(self, kind: str, **values: Any) -> None:
        if self._events is not None:
            line = json.dumps({"t": clock.wall_ns() * 1e-9, "kind": kind, **values})
            with self._events.open("a") as file:
                file.write(line + "\n")
