"""/api/evaluations: compare policies, blind and from the same starts."""

import os
import uuid
from typing import Any

import msgspec
from fastapi import APIRouter, BackgroundTasks
from sqlalchemy.ext.asyncio import AsyncSession

from backend.api import evaluation_schemas as schemas
from backend.api.dependencies import AppParts, Transaction
from backend.api.rollout import start_as
from backend.api.rollout_schemas import RolloutIn
from backend.catalog import BASELINES, MERGERS, TASKS
from backend.db.evaluation import EvaluationRow, TrialRow
from backend.evaluation.trial import TrialResult
from backend.services import evaluation_report as reports
from backend.services import evaluations as service
from backend.services.errors import DomainError
from backend.services.policies import get_policy

router = APIRouter(prefix="/api/evaluations", tags=["evaluations"])


def _policies(row: EvaluationRow) -> list[schemas.EvaluatedPolicy]:
    blind = reports.is_blind(row)
    found = sorted(row.policies, key=lambda policy: policy["name" if blind else "label"])
    return [
        schemas.EvaluatedPolicy(**{**policy, "label": None if blind else policy["label"]}) for policy in found
    ]


def _fields(row: EvaluationRow, scored: int) -> dict[str, Any]:
    derived = {"blind", "policies", "scored", "total"}
    return {
        **{name: getattr(row, name) for name in set(schemas.Evaluation.model_fields) - derived},
        "blind": reports.is_blind(row),
        "policies": _policies(row),
        "scored": scored,
        "total": row.trials * len(row.policies),
    }


def _trial(row: EvaluationRow, trial: TrialRow) -> schemas.Trial:
    result = msgspec.convert(trial.result, TrialResult) if trial.result is not None else None
    figures = ("time_s", "interventions", "fell", "underruns", "ended", "note")
    empty = TrialResult(number=trial.number, condition=trial.condition, label=trial.label, scores=())
    library = "" if result is None or row.job_id is not None else result.episode
    return schemas.Trial(
        **{name: getattr(trial, name) for name in ("number", "condition", "label", "scored_by", "scored_at")},
        **{name: getattr(result or empty, name) for name in figures},
        scores=None if result is None else list(result.scores),
        success=trial.success,
        episode=library,
        video=f"/api/evaluations/{row.id}/videos/{trial.number}" if result and result.video else "",
    )


async def _detail(session: AsyncSession, row: EvaluationRow) -> schemas.EvaluationDetail:
    trials = await service.trials_of(session, row)
    open_trials = [trial.number for trial in trials if trial.scored_at is None]
    return schemas.EvaluationDetail(
        **_fields(row, len(trials) - len(open_trials)),
        subtasks=row.subtasks,
        starts=_starts(row),
        names=reports.names(row),
        latency_ms=row.settings["latency_ms"],
        merge=row.settings["merge"],
        trial_list=[_trial(row, trial) for trial in trials],
        report=schemas.ReportOut.model_validate(msgspec.to_builtins(reports.report(row, trials))),
        next_number=open_trials[0] if open_trials else None,
    )


def _starts(row: EvaluationRow) -> list[schemas.EvaluationStart]:
    """Return the starts; in simulation each has a picture as soon as it was tried."""
    address = f"/api/evaluations/{row.id}/starts"
    if row.job_id is not None:
        notes = [f"seed {row.seed + number}, level {row.level}" for number in range(row.trials)]
        return [
            schemas.EvaluationStart(note=note, picture=f"{address}/{number}")
            for number, note in enumerate(notes)
        ]
    return [
        schemas.EvaluationStart(
            note=start["note"],
            picture=f"{address}/{number}?version={start['picture']}" if start["picture"] else "",
        )
        for number, start in enumerate(row.conditions)
    ]


@router.get("/options", operation_id="getEvaluationOptions")
async def get_options() -> schemas.EvaluationOptions:
    """Return the simulated tasks, the baselines and the ways to merge chunks."""
    return schemas.EvaluationOptions(
        simulated_tasks=list(TASKS),
        baselines=list(BASELINES),
        mergers=list(MERGERS),
        cores=os.cpu_count() or 1,
    )


@router.get("", operation_id="listEvaluations")
async def list_evaluations(session: Transaction) -> list[schemas.Evaluation]:
    """Return evaluations, newest first."""
    found = await service.list_evaluations(session)
    return [schemas.Evaluation(**_fields(row, scored)) for row, scored in found]


@router.post("", operation_id="createEvaluation", status_code=202)
async def create_evaluation(
    session: Transaction, parts: AppParts, background: BackgroundTasks, body: schemas.EvaluationIn
) -> schemas.EvaluationDetail:
    """Begin an evaluation; one in simulation starts a job that runs all of its trials."""
    fields = body.model_dump(exclude={"policy_ids", "baselines", "subtasks"})
    lists = {name: tuple(getattr(body, name)) for name in ("policy_ids", "baselines", "subtasks")}
    row = await service.create_evaluation(session, service.EvaluationWish(**fields, **lists))
    background.add_task(parts.jobs.wake)
    return await _detail(session, row)


@router.get("/{evaluation_id}", operation_id="getEvaluation")
async def get_evaluation(session: Transaction, evaluation_id: uuid.UUID) -> schemas.EvaluationDetail:
    """Return an evaluation with its trials and its report so far."""
    return await _detail(session, await service.get_evaluation(session, evaluation_id))


@router.delete("/{evaluation_id}", operation_id="deleteEvaluation", status_code=204)
async def delete_evaluation(session: Transaction, evaluation_id: uuid.UUID) -> None:
    """Forget an evaluation; the job that ran it, its films and its episodes stay."""
    await service.delete_evaluation(session, await service.get_evaluation(session, evaluation_id))


@router.post("/{evaluation_id}/finish", operation_id="finishEvaluation")
async def finish_evaluation(session: Transaction, evaluation_id: uuid.UUID) -> schemas.EvaluationDetail:
    """End an evaluation, with the trials it has, and say which policy is which."""
    row = await service.finish(session, await service.get_evaluation(session, evaluation_id))
    return await _detail(session, row)


@router.put("/{evaluation_id}/trials/{number}", operation_id="scoreTrial")
async def score_trial(
    session: Transaction, evaluation_id: uuid.UUID, number: int, body: schemas.TrialScore
) -> schemas.Trial:
    """Score a trial by hand, or correct its score."""
    row = await service.get_evaluation(session, evaluation_id)
    figures = body.model_dump(exclude={"scores", "scored_by"})
    trial = await service.score_trial(session, row, number, tuple(body.scores), body.scored_by, **figures)
    return _trial(row, trial)


@router.post("/{evaluation_id}/trials/{number}/start", operation_id="startTrial", status_code=202)
async def start_trial(
    session: Transaction, parts: AppParts, evaluation_id: uuid.UUID, number: int, body: schemas.TrialClient
) -> None:
    """Let the policy of a trial drive the robot, under its letter only."""
    row = await service.get_evaluation(session, evaluation_id)
    trial = await service.get_trial(session, row, number)
    if row.job_id is not None:
        raise DomainError(409, "simulated", "its trials are run by a job")
    entry = next(policy for policy in row.policies if policy["label"] == trial.label)
    policy = await get_policy(session, uuid.UUID(entry["policy_id"]))
    wish = RolloutIn(
        client=body.client, policy_id=policy.id, task=row.instruction, merge=row.settings["merge"]
    )
    folder = parts.settings.policies_dir / policy.folder
    await start_as(parts, f"trial-{trial.label}", folder, wish)
