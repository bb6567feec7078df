"""Evaluations: what is compared, the order of the trials, and their scores."""

import uuid
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.catalog import BASELINES, MERGERS, TASKS
from backend.core.contracts.job import OVER
from backend.db.base import utc_now
from backend.db.evaluation import EvaluationMode, EvaluationRow, EvaluationState, TrialRow
from backend.db.job import JobRow
from backend.evaluation.plan import labels, turns
from backend.evaluation.trial import Score, TrialResult
from backend.services import jobs
from backend.services.errors import DomainError
from backend.services.policies import get_policy


@dataclass(frozen=True)
class EvaluationWish:
    """What somebody wants to know."""

    name: str
    mode: EvaluationMode
    task: str
    policy_ids: tuple[uuid.UUID, ...]
    baselines: tuple[str, ...]
    trials: int
    seed: int
    level: int = 0
    latency_ms: float | None = 100.0
    merge: str = "blend"
    workers: int = 1
    instruction: str = ""
    subtasks: tuple[str, ...] = field(default=())


async def create_evaluation(session: AsyncSession, wish: EvaluationWish) -> EvaluationRow:
    """Add an evaluation with the order of its trials; one in simulation queues its job.

    Raises:
        DomainError: 404 no such policy, 422 an unknown name, or too few or too many to compare.
    """
    simulated = wish.mode is EvaluationMode.SIMULATION
    _check(wish, simulated)
    found = [await get_policy(session, policy_id) for policy_id in wish.policy_ids]
    names = [f"{policy.name} v{policy.number}" for policy in found]
    entries = [
        *(
            {"name": name, "kind": "lerobot", "policy_id": str(policy.id)}
            for name, policy in zip(names, found, strict=True)
        ),
        *({"name": name, "kind": name, "policy_id": None} for name in wish.baselines),
    ]
    try:
        letters = labels(len(entries), wish.seed)
    except ValueError as error:
        raise DomainError(422, "bad_number", str(error)) from error
    evaluation = EvaluationRow(
        id=uuid.uuid4(),
        name=wish.name,
        mode=wish.mode,
        task=wish.task,
        instruction=wish.instruction,
        level=wish.level if simulated else None,
        seed=wish.seed,
        trials=wish.trials,
        subtasks=[{"name": f"subtask_{n + 1}", "text": text} for n, text in enumerate(wish.subtasks)],
        policies=[{"label": letter, **entry} for letter, entry in zip(letters, entries, strict=True)],
        conditions=[] if simulated else [{"note": "", "picture": ""} for _ in range(wish.trials)],
        settings={"latency_ms": wish.latency_ms, "merge": wish.merge},
        state=EvaluationState.QUEUED if simulated else EvaluationState.RUNNING,
        created_at=utc_now(),
    )
    if simulated:
        evaluation.job_id = (await jobs.create_job(session, _job(wish, found, names))).id
    session.add(evaluation)
    await session.flush()
    session.add_all(
        TrialRow(
            evaluation_id=evaluation.id,
            number=turn.number,
            condition=turn.condition,
            label=letters[turn.policy],
        )
        for turn in turns(len(entries), wish.trials, wish.seed)
    )
    await session.flush()
    return evaluation


def _check(wish: EvaluationWish, simulated: bool) -> None:
    tables = [("baselines", wish.baselines, BASELINES), ("merge", (wish.merge,), MERGERS)]
    if simulated:
        tables.append(("task", (wish.task,), TASKS))
    for what, names, table in tables:
        for name in names:
            if name not in table:
                raise DomainError(
                    422, "no_name", f"{what}: unknown name {name!r}; available: {', '.join(sorted(table))}"
                )
    if not simulated and wish.baselines:
        raise DomainError(422, "no_baselines", "baselines run in simulation only; choose policies")
    if simulated == bool(wish.subtasks):
        raise DomainError(
            422, "bad_subtasks", "a simulated task knows its subtasks; one scored by hand needs at least one"
        )


def _job(wish: EvaluationWish, policies: list[Any], names: list[str]) -> jobs.Wish:
    return jobs.Wish(
        kind="evaluate",
        name=wish.name,
        params={
            "task": wish.task,
            "policies": [policy.folder for policy in policies],
            "names": names,
            "baselines": list(wish.baselines),
            "trials": wish.trials,
            "level": wish.level,
            "seed": wish.seed,
            "latency_ms": wish.latency_ms,
            "merge": wish.merge,
            "workers": wish.workers,
        },
    )


async def list_evaluations(session: AsyncSession) -> list[tuple[EvaluationRow, int]]:
    """Return evaluations, newest first, each with how many of its trials are scored."""
    scored = dict(
        (
            await session.execute(
                select(TrialRow.evaluation_id, func.count())
                .where(TrialRow.scored_at.is_not(None))
                .group_by(TrialRow.evaluation_id)
            )
        )
        .tuples()
        .all()
    )
    rows = await session.scalars(select(EvaluationRow).order_by(EvaluationRow.created_at.desc()))
    return [(row, scored.get(row.id, 0)) for row in rows]


async def get_evaluation(session: AsyncSession, evaluation_id: uuid.UUID) -> EvaluationRow:
    """Return an evaluation; DomainError 404 when there is none."""
    row = await session.get(EvaluationRow, evaluation_id)
    if row is None:
        raise DomainError(
            404, "no_evaluation", f"there is no evaluation {evaluation_id}; GET /api/evaluations lists them"
        )
    return row


async def trials_of(session: AsyncSession, evaluation: EvaluationRow) -> list[TrialRow]:
    """Return the trials in their order."""
    query = select(TrialRow).where(TrialRow.evaluation_id == evaluation.id).order_by(TrialRow.number)
    return list(await session.scalars(query))


async def get_trial(session: AsyncSession, evaluation: EvaluationRow, number: int) -> TrialRow:
    """Return a trial; DomainError 404 when the order has no such number."""
    query = select(TrialRow).where(TrialRow.evaluation_id == evaluation.id, TrialRow.number == number)
    trial = await session.scalar(query)
    if trial is None:
        raise DomainError(404, "no_trial", f"{evaluation.name!r} has no trial {number}")
    return trial


def store_result(trial: TrialRow, result: TrialResult, scored_by: str) -> None:
    """Enter the result of a trial."""
    trial.result = msgspec.to_builtins(result)
    trial.success = result.success
    trial.scored_by, trial.scored_at = scored_by, utc_now()


async def score_trial(
    session: AsyncSession,
    evaluation: EvaluationRow,
    number: int,
    scores: tuple[Score, ...],
    scored_by: str,
    **figures: Any,
) -> TrialRow:
    """Score a trial by hand; it may be scored again until the evaluation is finished.

    Args:
        session: Open transaction.
        evaluation: One that is scored by hand.
        number: Which trial.
        scores: One per subtask, in their order.
        scored_by: Who judges.
        **figures: Other fields of `TrialResult`.

    Raises:
        DomainError: 404 no such trial, 409 it is not scored by hand or finished, 422 the scores do not fit.
    """
    _by_hand(evaluation)
    trial = await get_trial(session, evaluation, number)
    if len(scores) != len(evaluation.subtasks):
        raise DomainError(
            422, "bad_scores", f"{len(scores)} scores; allowed: {len(evaluation.subtasks)}, one per subtask"
        )
    for before, after in pairwise(scores):
        if before in (Score.FAIL, Score.NONE) and after is not Score.NONE:
            raise DomainError(
                422,
                "bad_scores",
                "after a failed subtask the next ones were not come to (none), unless somebody helped past "
                "it (assisted)",
            )
    result = TrialResult(
        number=number, condition=trial.condition, label=trial.label, scores=scores, **figures
    )
    store_result(trial, result, scored_by)
    await session.flush()
    if all(other.scored_at is not None for other in await trials_of(session, evaluation)):
        evaluation.message = "every trial is scored; finish it to see which policy is which"
    return trial


async def finish(session: AsyncSession, evaluation: EvaluationRow) -> EvaluationRow:
    """End an evaluation and say which policy is which; nothing can be scored afterwards.

    Raises:
        DomainError: 409 it is finished, or its job still runs.
    """
    if evaluation.state is EvaluationState.FINISHED:
        raise DomainError(409, "finished", f"{evaluation.name!r} is finished")
    job = await session.get(JobRow, evaluation.job_id) if evaluation.job_id else None
    if job is not None and job.state not in OVER:
        raise DomainError(409, "job_runs", "its trials are being run; stop the job first")
    evaluation.state, evaluation.finished_at = EvaluationState.FINISHED, utc_now()
    return evaluation


async def delete_evaluation(session: AsyncSession, evaluation: EvaluationRow) -> None:
    """Forget an evaluation and its trials; DomainError 409 while its job runs."""
    job = await session.get(JobRow, evaluation.job_id) if evaluation.job_id else None
    if job is not None and job.state not in OVER:
        raise DomainError(409, "job_runs", "its trials are being run; stop the job first")
    await session.execute(delete(TrialRow).where(TrialRow.evaluation_id == evaluation.id))
    await session.delete(evaluation)


def _by_hand(evaluation: EvaluationRow) -> None:
    if evaluation.mode is not EvaluationMode.MANUAL:
        raise DomainError(409, "simulated", "its trials are judged by the simulated task itself")
    if evaluation.state is EvaluationState.FINISHED:
        raise DomainError(
            409, "finished", f"{evaluation.name!r} is finished; its scores do not change any more"
        )
