"""How well a policy predicts what people did in episodes it never saw.

Measured against two predictions that need no learning: the action just before, repeated, and the mean action.
A policy that does not beat them has learned nothing that shows.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from backend.core.contracts.layout import BASE, TORSO

MAX_SAMPLES = 48
BATCH = 8
TRACES = 3
YAW = "target_yaw"


class ChunkPolicy(Protocol):
    """Predicts what comes after some rows."""

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Return (len(rows), chunk, entries): the actions from each row on, in the action's own units."""
        ...


@dataclass(frozen=True)
class Group:
    """Entries of the action that belong together."""

    name: str
    unit: str
    entries: tuple[int, ...]


def groups(names: list[str]) -> list[Group]:
    """Return the groups of an action's entries: hands, arms, torso, height and each base entry."""
    base_units = {"base_vx": "m/s", "base_vy": "m/s", "base_yaw_rate": "rad/s", YAW: "rad"}
    hands = [i for i, name in enumerate(names) if "_hand_" in name]
    single = {name: i for i, name in enumerate(names) if name in BASE}
    torso = [i for i, name in enumerate(names) if name in TORSO]
    height = [i for i, name in enumerate(names) if name == "base_height"]
    used = {*hands, *torso, *height, *single.values()}
    arms = [i for i in range(len(names)) if i not in used]
    found = [
        Group("hands", "rad", tuple(hands)),
        Group("arms", "rad", tuple(arms)),
        Group("torso", "rad", tuple(torso)),
        Group("height", "m", tuple(height)),
        *(Group(name, base_units[name], (i,)) for name, i in single.items()),
    ]
    return [group for group in found if group.entries]


def sample_rows(
    starts: np.ndarray, episodes: tuple[int, ...], chunk: int, limit: int = MAX_SAMPLES
) -> np.ndarray:
    """Return rows to predict from, evenly over the episodes, each with a whole chunk after it if possible.

    Args:
        starts: (episodes + 1,) first row of each episode.
        episodes: the held-out ones.
        chunk: length of a prediction.
        limit: how many rows at most.
    """
    rows = []
    for episode in episodes:
        first, end = int(starts[episode]), int(starts[episode + 1])
        rows += list(range(first, max(first + 1, end - chunk + 1), max(1, chunk // 2)))
    if len(rows) > limit:
        rows = [rows[i] for i in np.linspace(0, len(rows) - 1, limit).round().astype(int)]
    return np.array(rows, dtype=np.int64)


def differences(predicted: np.ndarray, actual: np.ndarray, names: list[str]) -> np.ndarray:
    """Return absolute errors; those of the heading along the shorter way round."""
    error = predicted - actual
    if YAW in names:
        yaw = names.index(YAW)
        error[..., yaw] = (error[..., yaw] + np.pi) % (2 * np.pi) - np.pi
    return np.abs(error)


def evaluate(
    predict: ChunkPolicy,
    action: np.ndarray,
    starts: np.ndarray,
    train: tuple[int, ...],
    held_out: tuple[int, ...],
    names: list[str],
    chunk: int,
) -> dict[str, Any]:
    """Return the errors of a policy on held-out episodes, as JSON values.

    Args:
        predict: the policy.
        action: (rows, entries) what was done, over the whole version.
        starts: (episodes + 1,) first row of each episode.
        train: episodes whose mean action is one of the baselines.
        held_out: episodes to be judged on.
        names: of the action's entries.
        chunk: how many steps of a prediction count.
    """
    rows = sample_rows(starts, held_out, chunk)
    episode = np.searchsorted(starts, rows, side="right") - 1
    first, end = starts[episode], starts[episode + 1]
    predicted = np.concatenate([predict(rows[i : i + BATCH]) for i in range(0, len(rows), BATCH)])[:, :chunk]
    chunk = predicted.shape[1]
    wanted = rows[:, None] + np.arange(chunk)
    inside = wanted < end[:, None]
    actual = action[np.minimum(wanted, end[:, None] - 1)].astype(np.float64)
    repeated = action[np.maximum(rows - 1, first)][:, None]
    mean = np.concatenate([action[starts[i] : starts[i + 1]] for i in train]).mean(axis=0)
    errors = {
        "policy": differences(predicted.astype(np.float64), actual, names),
        "repeat_last": differences(np.broadcast_to(repeated, actual.shape).astype(np.float64), actual, names),
        "mean_action": differences(np.broadcast_to(mean, actual.shape).astype(np.float64), actual, names),
    }
    table = []
    for group in groups(names):
        of_group = {kind: error[..., list(group.entries)].mean(axis=-1) for kind, error in errors.items()}
        table.append(
            {"group": group.name, "unit": group.unit}
            | {kind: float(error[inside].mean()) for kind, error in of_group.items()}
            | {
                "by_horizon": [
                    float(of_group["policy"][inside[:, step], step].mean())
                    for step in range(chunk)
                    if inside[:, step].any()
                ]
            }
        )
    chosen = np.unique(np.linspace(0, len(rows) - 1, min(TRACES, len(rows))).round().astype(int))
    return {
        "episodes": list(held_out),
        "samples": len(rows),
        "score": score(table),
        "groups": table,
        "traces": [
            {
                "episode": int(episode[i]),
                "start": int(rows[i] - first[i]),
                "names": names,
                "actual": actual[i][inside[i]].T.round(5).tolist(),
                "predicted": predicted[i][inside[i]].T.astype(np.float64).round(5).tolist(),
            }
            for i in chosen
        ],
    }


STILL = 1e-3
"""A group that moves less than this within a chunk says nothing about a policy."""


def score(table: list[dict[str, Any]]) -> float:
    """Return the mean over moving groups of policy error over the better baseline's error.

    1 means no better than doing nothing new; when nothing moves, 1 as well.
    """
    ratios = [
        row["policy"] / min(row["repeat_last"], row["mean_action"])
        for row in table
        if min(row["repeat_last"], row["mean_action"]) > STILL
    ]
    return float(np.mean(ratios)) if ratios else 1.0
