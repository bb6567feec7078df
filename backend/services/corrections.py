"""Corrections (DAgger): takes in which a person took over from a policy become the next dataset version."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.dataset import DatasetEpisodeRow, DatasetRow, DatasetState
from backend.db.episode import EpisodeRow, EpisodeStatus
from backend.db.policy import PolicyRow
from backend.services import datasets
from backend.services.episodes import WAITING, driven_by
from backend.services.errors import DomainError


@dataclass(frozen=True)
class Corrections:
    """What there is of one policy, and what a new version would hold."""

    policy: PolicyRow
    base: DatasetRow | None
    """The version the policy learned from; None when the database does not know it."""
    kept: tuple[uuid.UUID, ...]
    """Episodes of that version, in its order."""
    withdrawn: int
    """Episodes of that version that are not accepted any more: they stay out."""
    new: tuple[uuid.UUID, ...]
    """Accepted takes with takeovers that are not in that version, oldest first."""
    person_s: float
    """Driven by people in those [s]."""
    waiting: int
    """Takes with takeovers that wait for a review."""
    rejected: int
    included: int
    """Takes with takeovers that are in that version."""
    version: DatasetRow | None
    """A version of the same name that was asked for with exactly these episodes, whatever became of it."""

    @property
    def refusal(self) -> DomainError | None:
        """Why no version can be built now, or None when it can."""
        name = self.policy.full_name
        if self.base is None:
            known = self.policy.manifest.get("dataset", {}).get("name", "")
            which = f"a version of {known!r}, which" if known else "a version that"
            text = f"{name} learned from {which} the library does not know; freeze one on the Datasets page"
            return DomainError(409, "no_base", text)
        if self.new:
            if self.version is None or self.version.state is DatasetState.FAILED:
                return None
            return DomainError(409, "built_already", f"{self.version.folder} holds these episodes already")
        if self.waiting:
            takes = "take with a takeover waits" if self.waiting == 1 else "takes with takeovers wait"
            text = f"{self.waiting} {takes} for a review; accept what is good on the Episodes page"
            return DomainError(409, "in_review", text)
        if self.included:
            text = f"every accepted take with a takeover from {name} is in {self.base.folder} already"
        elif self.rejected:
            text = f"every take with a takeover from {name} was rejected"
        else:
            text = f"nobody has taken over from {name} in a saved take yet"
        return DomainError(409, "nothing_new", text)


async def find_corrections(session: AsyncSession, policy: PolicyRow) -> Corrections:
    """Count the takes in which `policy` drove and a person took over."""
    base = await session.get(DatasetRow, policy.dataset_id) if policy.dataset_id else None
    members = await _members(session, base) if base else {}
    kept = tuple(id_ for id_, status in members.items() if status is EpisodeStatus.ACCEPTED)
    takes = (
        await session.execute(
            select(EpisodeRow.id, EpisodeRow.status, EpisodeRow.person_s)
            .where(EpisodeRow.interventions > 0, driven_by(policy.full_name))
            .order_by(EpisodeRow.started_at, EpisodeRow.id)
        )
    ).all()
    outside = [take for take in takes if take.id not in members]
    accepted = [take for take in outside if take.status is EpisodeStatus.ACCEPTED]
    new = tuple(take.id for take in accepted)
    return Corrections(
        policy=policy,
        base=base,
        kept=kept,
        withdrawn=len(members) - len(kept),
        new=new,
        person_s=sum(take.person_s or 0.0 for take in accepted),
        waiting=sum(take.status in WAITING for take in outside),
        rejected=sum(take.status is EpisodeStatus.REJECTED for take in outside),
        included=len(takes) - len(outside),
        version=await _version_of(session, base, {*kept, *new}) if base and new else None,
    )


async def build_corrections(session: AsyncSession, policy: PolicyRow, datasets_dir: Path) -> DatasetRow:
    """Queue the next version of the policy's dataset: its own episodes and the accepted corrections.

    Raises:
        DomainError: 409 there is nothing to add, what there is waits for a review, a version holds it
            already, or the policy's dataset version is not known.
    """
    found = await find_corrections(session, policy)
    if found.refusal is not None:
        raise found.refusal
    assert found.base is not None
    episode_ids = [*found.kept, *found.new]
    return await datasets.queue_version(session, found.base.name, episode_ids, found.base.fps, datasets_dir)


async def _members(session: AsyncSession, dataset: DatasetRow) -> dict[uuid.UUID, EpisodeStatus]:
    """Return the episodes of a version in its order, and what their reviewers say today."""
    query = (
        select(EpisodeRow.id, EpisodeRow.status)
        .join(DatasetEpisodeRow, DatasetEpisodeRow.episode_id == EpisodeRow.id)
        .where(DatasetEpisodeRow.dataset_id == dataset.id)
        .order_by(DatasetEpisodeRow.position)
    )
    return {row.id: row.status for row in await session.execute(query)}


async def _version_of(
    session: AsyncSession, base: DatasetRow, episode_ids: set[uuid.UUID]
) -> DatasetRow | None:
    """Return the newest version like `base` of exactly these episodes; a failed one only if all failed."""
    query = select(DatasetRow).where(DatasetRow.name == base.name, DatasetRow.fps == base.fps)
    versions = list(await session.scalars(query.order_by(DatasetRow.number.desc())))
    counts = await datasets.episode_counts(session, versions)
    failed = None
    for version in versions:
        if counts.get(version.id) != len(episode_ids):
            continue
        if set(await datasets.episode_ids(session, version.id)) != episode_ids:
            continue
        if version.state is not DatasetState.FAILED:
            return version
        failed = failed or version
    return failed
