"""Keeps the database in step with the episodes on disk, whatever died or was away in between."""

import asyncio
import uuid
from pathlib import Path

import structlog

from backend.db.database import Database, DatabaseUnavailable
from backend.services.registration import known_episodes, read_manifest, register, unregistered

log = structlog.get_logger()

SCAN_PERIOD_S = 10.0
"""How soon an episode that the recorder recovered by itself shows up."""


class Library:
    """Registers episodes: at once when one is saved, and by a scan for everything missed."""

    def __init__(self, database: Database, episodes_dir: Path) -> None:
        self._database = database
        self._episodes_dir = episodes_dir

    async def add(self, episode: str) -> str:
        """Register a just saved episode.

        Returns:
            Empty, or why it is not in the library yet; the scan registers it later.
        """
        folder = self._episodes_dir / str(uuid.UUID(episode))
        manifest = await asyncio.to_thread(read_manifest, folder)
        if manifest is None:
            return f"{folder} has no readable manifest yet; the episode appears once it has"
        try:
            async with self._database.transaction() as session:
                await register(session, folder, manifest)
        except DatabaseUnavailable as error:
            return str(error)
        return ""

    async def scan(self) -> int:
        """Register every finished episode on disk that has no row; return how many.

        Raises:
            DatabaseUnavailable: the database cannot be reached.
        """
        async with self._database.transaction() as session:
            known = await known_episodes(session)
        found = await asyncio.to_thread(unregistered, self._episodes_dir, known)
        for folder, manifest in found:
            async with self._database.transaction() as session:
                await register(session, folder, manifest)
        return len(found)

    async def run(self) -> None:
        """Scan now and then, for ever."""
        while True:
            try:
                if added := await self.scan():
                    log.info("registered episodes found on disk", count=added)
            except DatabaseUnavailable as error:
                log.warning("cannot register episodes", error=str(error))
            await asyncio.sleep(SCAN_PERIOD_S)
