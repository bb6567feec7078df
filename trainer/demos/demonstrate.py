"""One demonstration: a task with its seed, a scripted operator, and the take that is kept of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend import catalog
from backend.core import clock
from backend.core.contracts.recording import EpisodeOutcome
from backend.services.policy_card import read_card
from backend.settings import Settings, settings
from trainer.demos.operator import Operator
from trainer.demos.performance import Alone, Performance, Supervised
from trainer.evaluation.contestants import loaded, seed_torch
from trainer.headless.rig import Rig
from trainer.headless.take import Take
from trainer.policies.served import ServedPolicy

OPERATOR = "scripted"


@dataclass(frozen=True)
class Order:
    """One demonstration to give."""

    task: str
    seed: int
    level: int
    cameras: bool
    working_dir: Path
    episodes_dir: Path
    policy: Path | None = None
    """Checkpoint that drives until the operator takes over; None for a demonstration from the start."""
    patience_s: float = 6.0
    """How long a subtask may take a policy before the operator takes over."""


@dataclass(frozen=True)
class Given:
    """How a demonstration went."""

    seed: int
    success: bool
    done: int
    """How many subtasks were done."""
    failed_at: str
    """First subtask that was not done, in words; empty after a success."""
    length_s: float
    wall_s: float
    folder: Path
    took_over: bool = False
    """Whether the operator had to take over from a policy."""


def give(order: Order) -> Given:
    """Give one demonstration with the settings of this process."""
    return demonstrate(settings(), order)


def demonstrate(config: Settings, order: Order) -> Given:
    """Give one demonstration and keep it, whether it succeeded or not.

    The same order gives the same motions. It goes on until the operator has finished, the time limit of
    the task is over or the robot is no longer driven, e.g. because it fell.

    Raises:
        ValueError: No such task or level; says which there are.
        PolicyRefused: The policy does not fit the robot.
        OSError: The disk refuses.
    """
    began_ns = clock.now_ns()
    task = catalog.load(catalog.TASKS, order.task)(order.seed, order.level)
    script = catalog.load(catalog.DEMONSTRATORS, order.task)
    rng = np.random.default_rng([order.seed, order.level])
    policy = None if order.policy is None else loaded("lerobot", order.policy, config.robot)
    seed_torch(order.seed)
    drawn = order.cameras or (policy is not None and bool(policy.hello.cameras))
    rig = Rig(config, task, order.seed, drawn, lazy=not order.cameras)
    try:
        operator = Operator(rig.spec, OPERATOR, rng, rig.context.period_s)
        performance: Performance
        if policy is None:
            performance = Alone(rig, operator, script(operator, task))
        else:
            name = called(order.policy, policy)
            performance = Supervised(
                rig, operator, script(operator, task), policy, name, task, order.patience_s
            )
        performance.engage()
        instruction = task.instructions[rng.integers(len(task.instructions))]
        take = Take(
            order.working_dir,
            task,
            rig.spec,
            config.locomotion,
            OPERATOR,
            rig.now_ns,
            instruction=instruction,
        )
        try:
            started_ns = rig.now_ns
            rig.record_to(take.write)
            performance.run(task.time_limit_s)
            rig.record_to(None)
            outcomes = rig.judge.outcomes()
            outcome = EpisodeOutcome(
                success=rig.judge.finished, subtasks=outcomes, seed=order.seed, level=order.level
            )
            folder = take.save(order.episodes_dir, rig.now_ns, outcome)
        except BaseException:
            take.abandon()
            raise
        return Given(
            seed=order.seed,
            success=rig.judge.finished,
            done=sum(subtask.done for subtask in outcomes),
            failed_at="" if rig.judge.finished else rig.judge.current.text,
            length_s=(rig.now_ns - started_ns) * 1e-9,
            wall_s=(clock.now_ns() - began_ns) * 1e-9,
            folder=folder,
            took_over=performance.took_over,
        )
    finally:
        rig.close()


def called(folder: Path, policy: ServedPolicy) -> str:
    """Return what a policy is called in recordings: as in the registry, so that its takes are found again."""
    card = read_card(folder)
    return policy.hello.policy if card is None else f"{card.name}-{card.number}"
