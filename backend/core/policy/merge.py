"""How a new chunk takes the place of what is left of the old ones; entries of `catalog.MERGERS`."""

import math
from typing import Protocol

import numpy as np

from backend.core.contracts.record import Array
from backend.core.policy.chunk import Chunk

ENSEMBLE_DECAY = 0.01
"""Weights exp(-m i) of temporal ensembling, i = 0 for the oldest chunk."""


class Merge(Protocol):
    """One way to merge. `angles` are the entries of an action that wrap around."""

    hands_left_over: bool
    """The policy is given the unexecuted remainder and continues it."""

    def __init__(self, angles: slice) -> None: ...

    def merge(self, plan: Array, chunk: Chunk, step: int) -> Array:
        """Return the (n, 36) actions from `step` on.

        Args:
            plan: (m, 36) what was to be executed from `step` on; m may be 0.
            chunk: The new actions; at least one of them is for `step` or later.
            step: The next step to be consumed.
        """


def near(actions: Array, reference: Array, angles: slice) -> Array:
    """Return `actions` with their angles turned by whole turns to be nearest to those of `reference`."""
    turned = actions.copy()
    gap = actions[..., angles] - reference[..., angles]
    turned[..., angles] -= math.tau * np.round(gap / math.tau)
    return turned


class NaiveSwitch:
    """The new chunk at once: whatever differs is a jump."""

    hands_left_over = False

    def __init__(self, angles: slice) -> None:
        self._angles = angles

    def merge(self, plan: Array, chunk: Chunk, step: int) -> Array:
        """Return the new chunk's part from `step` on."""
        return chunk.actions[step - chunk.start_step :]


class CrossFade:
    """From old to new linearly over all steps that both know."""

    hands_left_over = False

    def __init__(self, angles: slice) -> None:
        self._angles = angles

    def merge(self, plan: Array, chunk: Chunk, step: int) -> Array:
        """Return the faded overlap, then the rest of the new chunk."""
        fresh = chunk.actions[step - chunk.start_step :]
        n = min(len(plan), len(fresh))
        if not n:
            return fresh
        # One step is like n: half of each.
        weight = (np.arange(1, n + 1) / (n + 1))[:, None]
        overlap = near(fresh[:n], plan[:n], self._angles)
        rest = near(fresh[n:], overlap[-1], self._angles)
        return np.vstack([plan[:n] + weight * (overlap - plan[:n]), rest])


class TemporalEnsemble:
    """The weighted mean of every chunk that has an opinion on a step, the oldest weighing most (ACT)."""

    hands_left_over = False

    def __init__(self, angles: slice) -> None:
        self._angles = angles
        self._chunks: list[Chunk] = []

    def merge(self, plan: Array, chunk: Chunk, step: int) -> Array:
        """Return the mean for each step up to the end of the longest chunk."""
        known = [c for c in self._chunks if c.start_step + len(c.actions) > step]
        self._chunks = known = [*known, chunk]
        ends = max(c.start_step + len(c.actions) for c in known)
        mean: list[Array] = []
        for k in range(step, ends):
            opinions = [c.actions[k - c.start_step] for c in known if 0 <= k - c.start_step < len(c.actions)]
            alike = np.array([near(opinion, opinions[0], self._angles) for opinion in opinions])
            weights = np.exp(-ENSEMBLE_DECAY * np.arange(len(alike)))
            action = weights @ alike / weights.sum()
            mean.append(near(action, mean[-1], self._angles) if mean else action)
        return np.array(mean)


class RealTimeChunking:
    """The policy continues the remainder it was given, so the new chunk begins where the old one is.

    When more steps have passed than the policy was told, its continuation is not the one that was
    executed, and the chunk is faded in instead.
    """

    hands_left_over = True

    def __init__(self, angles: slice) -> None:
        self._fade = CrossFade(angles)
        self._switch = NaiveSwitch(angles)

    def merge(self, plan: Array, chunk: Chunk, step: int) -> Array:
        """Return the new chunk where it continues the plan, else a cross-fade."""
        way = self._switch if step - chunk.start_step <= chunk.delay else self._fade
        return way.merge(plan, chunk, step)
