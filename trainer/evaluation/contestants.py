"""The policies that are compared: loaded once per worker; baselines are made anew for every trial."""

import sys
from functools import lru_cache
from pathlib import Path

import numpy as np

from backend import catalog
from backend.evaluation.plan import Contestant, Plan
from backend.recording.manifest import load_manifest
from trainer.policies.served import PolicyRefused, ServedPolicy

KEPT = 4
"""Policies that stay loaded in a worker."""


def contestant(plan: Plan, which: Contestant, condition: int, episodes_dir: Path, robot: str) -> ServedPolicy:
    """Return the policy that has its trial from start `condition` on `robot`; raises PolicyRefused."""
    if which.kind not in catalog.BASELINES:
        return loaded(which.kind, Path(which.source), robot)
    return _load(
        which.kind, catalog.load(catalog.BASELINES, which.kind)(plan, condition, episodes_dir), robot
    )


@lru_cache(maxsize=KEPT)
def loaded(kind: str, source: Path, robot: str) -> ServedPolicy:
    """Return a policy that is loaded once per process; raises PolicyRefused."""
    return _load(kind, source, robot)


def seed_torch(seed: int) -> None:
    """Make policies that draw from noise repeatable; one that needs torch has imported it by now."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)


def _load(kind: str, source: Path, robot: str) -> ServedPolicy:
    return catalog.load(catalog.POLICIES, kind)(source, catalog.load(catalog.ROBOTS, robot).spec)


def nothing(plan: Plan, condition: int, episodes_dir: Path) -> Path:
    """Return no source, for a baseline that needs none."""
    return Path()


def random_demonstration(plan: Plan, condition: int, episodes_dir: Path) -> Path:
    """Return the folder of a demonstration of the plan's task, drawn anew for every start.

    Raises:
        PolicyRefused: There is none.
    """
    found = demonstrations(episodes_dir, plan.task)
    if not found:
        raise PolicyRefused(f"{episodes_dir} holds no successful demonstration of {plan.task} to replay")
    rng = np.random.default_rng([plan.seed, condition, *b"replay"])
    return found[rng.integers(len(found))]


@lru_cache
def demonstrations(episodes_dir: Path, task: str) -> tuple[Path, ...]:
    """Return the folders of all successful demonstrations of a task, in the order of their seeds.

    A take in which a policy drove is none.
    """
    found = []
    for path in episodes_dir.glob("*/manifest.json"):
        try:
            manifest = load_manifest(path.parent)
        except (OSError, ValueError):
            continue
        outcome, driving = manifest.outcome, manifest.driving
        if manifest.task != task or manifest.state != "saved" or (driving is not None and driving.policies):
            continue
        if outcome is not None and outcome.success:
            found.append((outcome.level, outcome.seed, manifest.id, path.parent))
    return tuple(folder for *_, folder in sorted(found))
