"""Brings policies whose rows were lost back from their folders, once, when the api starts."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.database import Database, DatabaseUnavailable
from backend.db.dataset import DatasetRow
from backend.db.job import JobRow
from backend.db.policy import PolicyRow
from backend.services.errors import DomainError
from backend.services.policies import next_number
from backend.services.policy_card import NAME, PolicyCard, card_of, read_card, write_card
from backend.services.policy_files import PolicyFiles, read_policy

log = structlog.get_logger()

RETRY_S = 5.0
REFUSED = (SQLAlchemyError, DomainError, OSError, ValueError, TypeError, LookupError)
"""What a folder that makes no sense ends with; it is left to a person."""


class PolicyLibrary:
    """The folder of a policy is the truth; its row is looked up, never needed.

    Args:
        database: where the rows are.
        policies_dir: one folder per policy.
        jobs_recovered: set once lost jobs have their rows again, to which policies lead back.
    """

    def __init__(self, database: Database, policies_dir: Path, jobs_recovered: asyncio.Event) -> None:
        self._database = database
        self._policies_dir = policies_dir
        self._jobs_recovered = jobs_recovered
        self.recovered = asyncio.Event()
        """Set once what was on disk has its rows."""

    async def run(self) -> None:
        """Take back what is missing, then end."""
        await self._jobs_recovered.wait()
        while True:
            try:
                await self.take_back()
                self.recovered.set()
                return
            except (DatabaseUnavailable, OSError) as error:
                log.warning("cannot look for policies on disk", error=str(error))
                await asyncio.sleep(RETRY_S)

    async def take_back(self) -> int:
        """Give every folder with a card its row, and every row its card; return how many rows were added.

        Raises:
            DatabaseUnavailable: the database cannot be reached.
            OSError: the folder of the registry cannot be read.
        """
        async with self._database.transaction() as session:
            rows = {row.folder: row for row in await session.scalars(select(PolicyRow))}
        await asyncio.to_thread(self._complete_cards, rows)
        added = 0
        for folder in await asyncio.to_thread(lambda: list(self._strangers(rows))):
            try:
                if (card := await asyncio.to_thread(read_card, folder)) is None:
                    raise ValueError(f"it has no {NAME}, so nobody knows its name")
                files = await asyncio.to_thread(read_policy, folder, card.step)
                async with self._database.transaction() as session:
                    policy = await _add(session, files, card)
                await asyncio.to_thread(write_card, folder, card_of(policy))
            except DatabaseUnavailable:
                raise
            except REFUSED as error:
                log.warning("a policy cannot be taken back", folder=folder.name, error=str(error))
                continue
            log.info("took back a policy found on disk", policy=policy.full_name, folder=folder.name)
            added += 1
        return added

    def _complete_cards(self, rows: dict[str, PolicyRow]) -> None:
        """Write the cards of policies that were registered before there were cards."""
        for name, row in rows.items():
            folder = self._policies_dir / name
            try:
                if not (folder / NAME).exists():
                    write_card(folder, card_of(row))
            except OSError as error:
                log.warning("a policy's card cannot be written", folder=name, error=str(error))

    def _strangers(self, rows: dict[str, PolicyRow]) -> Iterator[Path]:
        """Yield the folders of policies without a row; copies that were interrupted are none."""
        for folder in sorted(self._policies_dir.iterdir()) if self._policies_dir.is_dir() else ():
            if folder.name not in rows and folder.is_dir() and not folder.name.startswith("."):
                yield folder


async def _add(session: AsyncSession, files: PolicyFiles, card: PolicyCard) -> PolicyRow:
    """Add the row of a policy found on disk; links to rows that are gone for good are dropped."""
    taken = select(PolicyRow.id).where(PolicyRow.name == card.name, PolicyRow.number == card.number)
    number = card.number
    if await session.scalar(taken) is not None:
        number = await next_number(session, card.name)
    job = await session.get(JobRow, card.job_id) if card.job_id else None
    dataset = await session.get(DatasetRow, card.dataset_id) if card.dataset_id else None
    policy = PolicyRow(
        id=uuid.UUID(files.folder.name),
        name=card.name,
        number=number,
        job_id=job and job.id,
        dataset_id=dataset and dataset.id,
        stage=card.stage,
        notes=card.notes,
        open_loop=card.open_loop,
        latency=card.latency,
        created_at=card.created_at,
        **files.columns,
    )
    session.add(policy)
    await session.flush()
    return policy
