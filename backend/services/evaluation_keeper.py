"""Takes over the trials that evaluation jobs have finished, from their run directories."""

import asyncio
import uuid
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.core.contracts.job import JobState
from backend.db.base import utc_now
from backend.db.database import Database, DatabaseUnavailable
from backend.db.evaluation import EvaluationMode, EvaluationRow, EvaluationState
from backend.db.job import JobRow
from backend.evaluation.folder import TRIALS, TaskFacts, read_task, read_trials
from backend.evaluation.trial import TrialResult
from backend.services import jobs
from backend.services.evaluations import store_result, trials_of
from backend.settings import Settings

log = structlog.get_logger()

PERIOD_S = 1.0
RETRY_S = 5.0
JUDGE = "task"
"""Who scores in simulation."""
STATES = {
    JobState.QUEUED: EvaluationState.QUEUED,
    JobState.STOPPED: EvaluationState.STOPPED,
    JobState.LOST: EvaluationState.STOPPED,
    JobState.FAILED: EvaluationState.FAILED,
}
"""What a job's state means for its evaluation; in all others it is RUNNING."""


class EvaluationKeeper:
    """Follows evaluations in simulation until all of their trials are there.

    Args:
        database: Where the rows are.
        settings: Where run directories are.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings = database, settings
        self._sizes: dict[uuid.UUID, int] = {}
        """How much of each evaluation's trials the rows contain [bytes]."""

    async def run(self) -> None:
        """Follow for ever."""
        while True:
            try:
                await self.look()
                delay_s = PERIOD_S
            except DatabaseUnavailable as error:
                log.warning("cannot follow evaluations", error=str(error))
                delay_s = RETRY_S
            await asyncio.sleep(delay_s)

    async def look(self) -> None:
        """Take over what is new."""
        async with self._database.transaction() as session:
            open_rows = select(EvaluationRow.id, JobRow).join(JobRow, EvaluationRow.job_id == JobRow.id)
            found = await session.execute(
                open_rows.where(
                    EvaluationRow.mode == EvaluationMode.SIMULATION,
                    EvaluationRow.state != EvaluationState.FINISHED,
                )
            )
            followed = found.tuples().all()
        for evaluation_id, job in followed:
            try:
                await self._follow(evaluation_id, job)
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                log.warning("an evaluation cannot be followed", id=str(evaluation_id), error=str(error))

    async def _follow(self, evaluation_id: uuid.UUID, job: JobRow) -> None:
        """Read the folder, and enter it. The job was read before: when it is over, all of it is on disk."""
        folder = jobs.run_dir(job, self._settings)
        size = await asyncio.to_thread(_size, folder)
        task, results = None, []
        if size is None or size != self._sizes.get(evaluation_id):
            task, results = await asyncio.to_thread(lambda: (read_task(folder), read_trials(folder)[0]))
        async with self._database.transaction() as session:
            evaluation = await session.get(EvaluationRow, evaluation_id)
            if evaluation is not None:
                await _enter(session, evaluation, job, task, results)
        if size is not None:
            self._sizes[evaluation_id] = size


def _size(folder: Path) -> int | None:
    """Return the size of the trials' file [bytes]; None before the first trial."""
    try:
        return (folder / TRIALS).stat().st_size
    except FileNotFoundError:
        return None


async def _enter(
    session: AsyncSession,
    evaluation: EvaluationRow,
    job: JobRow,
    task: TaskFacts | None,
    results: list[TrialResult],
) -> None:
    if task is not None and not evaluation.subtasks:
        evaluation.subtasks = msgspec.to_builtins(task.subtasks)
        evaluation.instruction = task.instruction
    trials = await trials_of(session, evaluation)
    by_number = {result.number: result for result in results}
    for trial in trials:
        if trial.scored_at is None and trial.number in by_number:
            store_result(trial, by_number[trial.number], JUDGE)
    if all(trial.scored_at is not None for trial in trials):
        evaluation.state, evaluation.message = EvaluationState.FINISHED, ""
        evaluation.finished_at = utc_now()
        return
    evaluation.state = STATES.get(job.state, EvaluationState.RUNNING)
    evaluation.message = job.message
    if job.state is JobState.SUCCEEDED:
        evaluation.state = EvaluationState.FAILED
        evaluation.message = "its job has ended, but not every trial is in its folder"
