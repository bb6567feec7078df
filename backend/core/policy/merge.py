"""How a new chunk takes the place of what is left of the old ones; entries of `catalog.MERGERS`."""

import math
from typing import Protocol

import numpy as np

from backend.core.contracts.record import Array
from backend.core.policy.chunk import Chunk

FADE_STEPS = 12
"""Shorter fades are as rough as the jump they hide."""

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
    """From old to new over the steps that both know, or over `FADE_STEPS` where those are fewer.

    The weight of the new one rises along a minimum-jerk curve: a straight line would show as a kink in
    velocity at both ends. Beyond its end the old plan is taken to go on in parallel to the new one.
    """

    hands_left_over = False

    def __init__(self, angles: slice) -> None:
        self._angles = angles

    def merge(self, plan: Array, chunk: Chunk, step: int) -> Array:
        """Return the faded part, then the rest of the new chunk."""
        fresh = chunk.actions[step - chunk.start_step :]
        both = min(len(plan), len(fresh))
        if not both:
            return fresh
        fresh = near(fresh, plan[0], self._angles)
        parallel = fresh[both:] + (plan[both - 1] - fresh[both - 1])
        old = np.vstack([plan[:both], parallel])
        x = np.minimum(np.arange(1, len(fresh) + 1) / (max(both, FADE_STEPS) + 1), 1.0)[:, None]
        return old + x**3 * (10 - 15 * x + 6 * x**2) * (fresh - old)


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
