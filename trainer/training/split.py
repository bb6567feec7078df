"""Which episodes are learned from and which are kept for judging. Whole episodes, never single rows."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Split:
    """Episode indices of a dataset version, ascending; no episode is in both."""

    train: tuple[int, ...]
    held_out: tuple[int, ...]


def split_episodes(ids: Sequence[str], held_out: float, max_episodes: int, seed: int) -> Split:
    """Divide the episodes of a version.

    Every episode draws its lot by its id and the seed. So an episode that was learned from is not held out
    of a larger version of the same data, where a policy that begins with the earlier one would be judged on
    what it knows; and trainings on fewer episodes are judged on the same ones.

    Args:
        ids: id of every episode of the version, in order.
        held_out: chance of each to be kept for judging; above 0 and with two or more episodes at least one
            is, and at least one is not.
        max_episodes: how many of the others to learn from; 0 means all.
        seed: of the draw.
    """
    lots = {index: _lot(episode, seed) for index, episode in enumerate(ids)}
    order = sorted(lots, key=lots.__getitem__)
    kept = sum(lot < held_out for lot in lots.values())
    if held_out > 0:
        kept = min(max(kept, 1), len(ids) - 1)
    rest = order[kept:]
    return Split(
        train=tuple(sorted(rest[: max_episodes or None])),
        held_out=tuple(sorted(order[:kept])),
    )


def _lot(episode: str, seed: int) -> float:
    """Return a number in [0, 1) that only id and seed decide."""
    digest = hashlib.blake2b(f"{seed}/{episode}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
