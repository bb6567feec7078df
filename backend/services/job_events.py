"""What the events of a job say: its progress, its newest values, and its curves."""

import math
from collections.abc import Iterator
from typing import Any

import msgspec

ABOUT = frozenset({"t", "kind", "progress", "eta_s", "done", "total"})
"""Fields that say how far a job is; all other numbers are measurements."""
_decoder = msgspec.json.Decoder(dict[str, Any])


def parse(lines: bytes) -> Iterator[dict[str, Any]]:
    """Yield the events of complete lines; a line that is no JSON object is passed over."""
    for line in lines.splitlines():
        try:
            yield _decoder.decode(line)
        except msgspec.DecodeError:
            continue


def number(value: object) -> float | None:
    """Return a finite number, or None for anything else: JSON of pages has no NaN."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


class Digest:
    """The newest state of a job, from its events in order.

    Args:
        progress: 0 to 1, as known so far.
        eta_s: seconds left, as known so far.
        metrics: newest values, as known so far.
    """

    def __init__(self, progress: float, eta_s: float | None, metrics: dict[str, Any]) -> None:
        self.progress = progress
        self.eta_s = eta_s
        self.metrics = dict(metrics)
        self.message = ""

    def take(self, lines: bytes) -> None:
        """Take over what complete lines say."""
        for event in parse(lines):
            done, total = number(event.get("done")), number(event.get("total"))
            if done is not None and total:
                self.progress = min(1.0, max(0.0, done / total))
            if (share := number(event.get("progress"))) is not None:
                self.progress = min(1.0, max(0.0, share))
            if "eta_s" in event:
                self.eta_s = number(event["eta_s"])
            if event.get("kind") == "metric":
                values = {name: number(value) for name, value in event.items() if name not in ABOUT}
                self.metrics |= {name: value for name, value in values.items() if value is not None}
            if event.get("kind") == "progress" and isinstance(event.get("message"), str):
                self.message = event["message"]


def curves(lines: bytes, points: int) -> dict[str, dict[str, list[float]]]:
    """Return every measured value over its step, with at most about `points` points each.

    Points that fall together are averaged. A resumed job repeats steps: the later measurement counts.

    Args:
        lines: all events so far.
        points: how many points a page can show.

    Returns:
        name -> {"step": [...], "value": [...]}
    """
    table: dict[str, dict[float, float]] = {}
    for event in parse(lines):
        step = number(event.get("step"))
        if event.get("kind") != "metric" or step is None:
            continue
        for name, value in event.items():
            if name != "step" and name not in ABOUT and (found := number(value)) is not None:
                table.setdefault(name, {})[step] = found
    return {name: _thin(sorted(values.items()), points) for name, values in table.items()}


def _thin(pairs: list[tuple[float, float]], points: int) -> dict[str, list[float]]:
    size = max(1, math.ceil(len(pairs) / points))
    groups = [pairs[i : i + size] for i in range(0, len(pairs), size)]
    return {
        "step": [group[-1][0] for group in groups],
        "value": [sum(value for _, value in group) / len(group) for group in groups],
    }
