"""Keeps the database in step with the episodes on disk, whatever died or was away in between."""

import asyncio
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.core.contracts.recording import EpisodeManifest
from backend.db.database import Database, DatabaseUnavailable
from backend.recording.manifest import NAME, load_manifest
from backend.recording.quality import Quality, load_quality
from backend.services.registration import (
    FINISHED,
    register,
    registered,
    store_quality,
)

log = structlog.get_logger()

SCAN_PERIOD_S = 2.0
"""How soon an episode that was recovered, or a quality report that came late, shows up."""
SETTLED_S = 5.0
"""A closed take that nobody has in review for this long was left behind by its recorder."""


class Library:
    """Registers episodes: at once when one is saved, and by a scan for everything missed.

    Args:
        database: where the rows go.
        episodes_dir: one folder per episode; the truth.
        open_take: id of the take the recorder has open or in review ("" when none), or None when the
            recorder does not run and nobody knows.
    """

    def __init__(self, database: Database, episodes_dir: Path, open_take: Callable[[], str | None]) -> None:
        self._database = database
        self._episodes_dir = episodes_dir
        self._open_take = open_take
        self._known: set[str] | None = None
        """Folder names of registered episodes; ten thousand of them are compared every two seconds."""
        self._unrated: set[uuid.UUID] = set()
        self._unreadable: set[str] = set()
        self._registering = asyncio.Lock()
        """A save and a scan may meet the same episode."""

    async def add(self, episode: str) -> str:
        """Register a just saved episode.

        Returns:
            Empty, or why it is not in the library yet; the scan registers it later.
        """
        try:
            await self._register(uuid.UUID(episode), load_manifest(self._episodes_dir / episode))
        except (DatabaseUnavailable, SQLAlchemyError, OSError, ValueError) as error:
            return f"saved on disk, but not in the library yet: {error}"
        return ""

    async def scan(self) -> int:
        """Register every finished episode on disk that has no row; return how many.

        Raises:
            DatabaseUnavailable: the database cannot be reached.
        """
        if self._known is None:
            async with self._database.transaction() as session:
                known, self._unrated = await registered(session)
                self._known = {str(episode_id) for episode_id in known}
        found = await asyncio.to_thread(self._finished)
        for episode_id, manifest in found:
            try:
                await self._register(episode_id, manifest)
            except SQLAlchemyError as error:
                self._give_up(str(episode_id), error)
        await self._rate()
        return len(found)

    async def run(self) -> None:
        """Scan now and then, for ever."""
        trouble = ""
        while True:
            try:
                if added := await self.scan():
                    log.info("registered episodes found on disk", count=added)
                trouble = ""
            except (DatabaseUnavailable, OSError) as error:
                if str(error) != trouble:
                    log.warning("cannot register episodes", error=str(error))
                trouble = str(error)
            await asyncio.sleep(SCAN_PERIOD_S)

    async def _register(self, episode_id: uuid.UUID, manifest: EpisodeManifest) -> None:
        async with self._registering, self._database.transaction() as session:
            row = await register(session, self._episodes_dir / str(episode_id), manifest)
        if self._known is not None:
            self._known.add(str(episode_id))
        if row.quality_score is None:
            self._unrated.add(episode_id)

    async def _rate(self) -> None:
        """Take over quality reports that were written after their episode was registered."""
        for episode_id, quality in await asyncio.to_thread(self._reports):
            async with self._database.transaction() as session:
                await store_quality(session, episode_id, quality)
            self._unrated.discard(episode_id)

    def _reports(self) -> list[tuple[uuid.UUID, Quality]]:
        dirs = {episode_id: self._episodes_dir / str(episode_id) for episode_id in list(self._unrated)}
        found = [(episode_id, load_quality(folder)) for episode_id, folder in dirs.items()]
        return [(episode_id, quality) for episode_id, quality in found if quality is not None]

    def _finished(self) -> list[tuple[uuid.UUID, EpisodeManifest]]:
        """Return the episodes on disk that belong in the library and are not in it."""
        found = []
        names = set(os.listdir(self._episodes_dir)) if self._episodes_dir.is_dir() else set()
        for name in sorted(names - self._known - self._unreadable):
            folder = self._episodes_dir / name
            try:
                episode_id = uuid.UUID(name)
                manifest = load_manifest(folder)
                if manifest.id != name:
                    raise ValueError(f"its manifest is that of episode {manifest.id}")
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                self._give_up(name, error)
                continue
            if manifest.state in FINISHED or self._left_behind(folder, manifest):
                found.append((episode_id, manifest))
        return found

    def _give_up(self, name: str, error: Exception) -> None:
        """Leave a folder that makes no sense to a person, until the next start."""
        self._unreadable.add(name)
        log.warning("an episode cannot be registered", folder=name, error=str(error))

    def _left_behind(self, folder: Path, manifest: EpisodeManifest) -> bool:
        """A take that was closed, but whose recorder ended before anybody decided on it."""
        open_take = self._open_take()
        age_s = time.time() - (folder / NAME).stat().st_mtime
        return (
            manifest.state == "closed"
            and open_take is not None
            and open_take != manifest.id
            and age_s > SETTLED_S
        )
