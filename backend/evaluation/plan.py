"""What is to be compared, and in which order: blind, interleaved, from the same starts."""

import msgspec
import numpy as np

LABELS = "ABCDEFGH"
"""Policies go by these letters while they are compared."""


class Contestant(msgspec.Struct, frozen=True, kw_only=True):
    """One of the policies that are compared."""

    name: str
    """For people."""
    kind: str
    """Entry of `catalog.POLICIES`."""
    source: str = ""
    """Folder of its files; empty for a baseline, which finds its own for every trial."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """An evaluation in simulation. The same plan gives the same results, unless latency is measured."""

    task: str
    """Entry of `catalog.TASKS`."""
    policies: tuple[Contestant, ...]
    level: int = 0
    seed: int = 100_000
    """Of the first start; the next ones count up. Demonstrations count from 0: do not meet them."""
    trials: int = 20
    """Starts; every policy has one trial from each."""
    latency_ms: float | None = 100.0
    """Time from an observation to its answer; None takes what inference takes on this machine."""
    merge: str = "blend"
    """Entry of `catalog.MERGERS`."""
    s_min: int = 10
    """Steps of a chunk that are executed before the next is asked for."""
    videos: bool = True
    record_cameras: bool = False
    """Whether episodes contain all pictures of all cameras; else only what a policy looks at is drawn."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One trial of the order."""

    number: int
    """Place in the order, from 0."""
    condition: int
    """Which start, from 0."""
    policy: int
    """Which policy, as an index into those of the plan."""


def labels(policies: int, seed: int) -> tuple[str, ...]:
    """Return the letter of each policy, drawn so that it says nothing about the policy.

    Raises:
        ValueError: more policies than letters.
    """
    if not 1 <= policies <= len(LABELS):
        raise ValueError(f"{policies} policies cannot be compared; allowed: 1 to {len(LABELS)}")
    drawn = np.random.default_rng([seed, *b"labels"]).permutation(policies)
    return tuple(LABELS[place] for place in drawn)


def turns(policies: int, trials: int, seed: int) -> tuple[Turn, ...]:
    """Return the order: start by start, every policy once from each, in an order drawn anew each time."""
    rng = np.random.default_rng([seed, *b"order"])
    order = [(condition, int(policy)) for condition in range(trials) for policy in rng.permutation(policies)]
    return tuple(
        Turn(number=number, condition=condition, policy=policy)
        for number, (condition, policy) in enumerate(order)
    )
