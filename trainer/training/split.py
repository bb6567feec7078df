"""Which episodes are learned from and which are kept for judging. Whole episodes, never single rows."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Split:
    """Episode indices of a dataset version, ascending; no episode is in both."""

    train: tuple[int, ...]
    held_out: tuple[int, ...]


def split_episodes(count: int, held_out: float, max_episodes: int, seed: int) -> Split:
    """Divide the episodes of a version.

    The held-out ones depend on the seed and their share alone, so that trainings on fewer episodes are
    judged on the same ones.

    Args:
        count: episodes in the version.
        held_out: share that is kept for judging; at least one when above 0 and there are two.
        max_episodes: how many of the others to learn from; 0 means all.
        seed: of the draw.
    """
    order = np.random.default_rng(seed).permutation(count).tolist()
    kept = min(count - 1, max(1, round(count * held_out))) if held_out > 0 and count > 1 else 0
    rest = order[kept:]
    return Split(
        train=tuple(sorted(rest[: max_episodes or None])),
        held_out=tuple(sorted(order[:kept])),
    )
