"""Finding and judging episodes."""

import json
import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from backend.db.base import utc_now
from backend.db.episode import EpisodeRow, EpisodeStatus
from backend.db.task import TaskRow
from backend.services.errors import DomainError

SORTS = {
    "started_at": EpisodeRow.started_at,
    "length_s": EpisodeRow.length_s,
    "quality": EpisodeRow.quality_score,
    "operator": EpisodeRow.operator,
    "status": EpisodeRow.status,
    "task": TaskRow.name,
}
WAITING = (EpisodeStatus.NEW, EpisodeStatus.INTERRUPTED)


def driven_by(policy: str) -> ColumnElement[bool]:
    """Return the SQL condition that a policy of this name drove in an episode.

    The list is JSON text on every database; taking the name out of it changes it only if it is there.
    """
    names = cast(EpisodeRow.policies, Text)
    return func.replace(names, json.dumps(policy), "") != names


@dataclass(frozen=True)
class EpisodeFilter:
    """Which episodes; an empty field does not filter."""

    task_id: uuid.UUID | None = None
    status: tuple[EpisodeStatus, ...] = ()
    operator: str = ""
    text: str = ""
    """Part of the id, instruction, note, operator or task name."""
    takeovers: bool = False
    """Only those in which a person took over from a policy."""
    policy: str = ""
    """Name of a policy that drove."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the SQL conditions over EpisodeRow joined with TaskRow."""
        found: list[ColumnElement[bool]] = []
        if self.task_id:
            found.append(EpisodeRow.task_id == self.task_id)
        if self.status:
            found.append(EpisodeRow.status.in_(self.status))
        if self.operator:
            found.append(EpisodeRow.operator == self.operator)
        if self.takeovers:
            found.append(EpisodeRow.interventions > 0)
        if self.policy:
            found.append(driven_by(self.policy))
        if self.text:
            columns = (EpisodeRow.instruction, EpisodeRow.note, EpisodeRow.operator, TaskRow.name)
            found.append(
                or_(
                    EpisodeRow.short_id.startswith(self.text.lower()[:8], autoescape=True),
                    *(column.icontains(self.text, autoescape=True) for column in columns),
                )
            )
        return found


async def page(
    session: AsyncSession, wanted: EpisodeFilter, sort: str, descending: bool, limit: int, offset: int
) -> tuple[list[EpisodeRow], int]:
    """Return one page of the filtered library and how many episodes match on all pages.

    Episodes without a quality score come last in either direction.
    """
    if sort not in SORTS:
        raise DomainError(422, "bad_sort", f"cannot sort by {sort!r}; allowed: {', '.join(SORTS)}")
    column = SORTS[sort]
    conditions = wanted.conditions()
    total = await session.scalar(
        select(func.count()).select_from(EpisodeRow).join(EpisodeRow.task).where(*conditions)
    )
    rows = await session.scalars(
        select(EpisodeRow)
        .join(EpisodeRow.task)
        .where(*conditions)
        .order_by((column.desc() if descending else column.asc()).nulls_last(), EpisodeRow.id)
        .limit(limit)
        .offset(offset)
    )
    return list(rows), total or 0


async def operators(session: AsyncSession) -> list[str]:
    """Return everybody who has recorded."""
    return list(await session.scalars(select(EpisodeRow.operator).distinct().order_by(EpisodeRow.operator)))


async def get_episode(session: AsyncSession, episode_id: uuid.UUID) -> EpisodeRow:
    """Return an episode; DomainError 404 when there is none."""
    episode = await session.get(EpisodeRow, episode_id)
    if episode is None:
        raise DomainError(
            404, "no_episode", f"there is no episode {episode_id}; GET /api/episodes lists them"
        )
    return episode


async def next_waiting(session: AsyncSession, episode: EpisodeRow) -> uuid.UUID | None:
    """Return the next older episode that waits for a review, or None."""
    return await session.scalar(
        select(EpisodeRow.id)
        .where(EpisodeRow.started_at < episode.started_at, EpisodeRow.status.in_(WAITING))
        .order_by(EpisodeRow.started_at.desc())
        .limit(1)
    )


async def review(
    session: AsyncSession, episode_id: uuid.UUID, version: int, status: EpisodeStatus, reason: str, note: str
) -> EpisodeRow:
    """Judge an episode.

    Args:
        session: open transaction.
        episode_id: which one.
        version: `EpisodeRow.version` the reviewer saw.
        status: ACCEPTED, REJECTED, or NEW to take a verdict back.
        reason: why it was rejected; required then, and only then.
        note: free text.

    Raises:
        DomainError: 404 no such episode, 409 reviewed by somebody else meanwhile, 422 no reason.
    """
    episode = await get_episode(session, episode_id)
    stale = DomainError(
        409,
        "stale_version",
        f"episode {episode.short_id} was changed by somebody else; reload it and judge again",
    )
    if episode.version != version:
        raise stale
    if (status is EpisodeStatus.REJECTED) != bool(reason.strip()):
        raise DomainError(
            422,
            "bad_reason",
            "a rejection needs a reason (reject_reason), any other status must not have one",
        )
    if status is EpisodeStatus.NEW and episode.recovered:
        status = EpisodeStatus.INTERRUPTED
    episode.status = status
    episode.reject_reason = reason.strip()
    episode.note = note
    episode.reviewed_at = None if status in WAITING else utc_now()
    try:
        await session.flush()
    except StaleDataError as error:
        raise stale from error
    return episode
