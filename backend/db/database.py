"""The async engine, and the one place where a transaction begins and commits."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

CONNECT_TIMEOUT_S = 3.0


class DatabaseUnavailable(Exception):
    """The database cannot be reached; the text says which and what to check."""


def _configure_sqlite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


async def _uncancelled(work: Awaitable[object]) -> None:
    """Finish `work` before giving way to a cancellation: a half-made connection would outlive its loop."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


class Database:
    """One engine per process.

    Args:
        url: SQLAlchemy URL with an async driver, as `Settings.database` gives it.
    """

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        if self.url.get_backend_name() == "sqlite":
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
            self._engine = create_async_engine(self.url)
            event.listen(self._engine.sync_engine, "connect", _configure_sqlite)
        else:
            self._engine = create_async_engine(
                self.url,
                pool_pre_ping=True,
                pool_timeout=CONNECT_TIMEOUT_S,
                connect_args={"timeout": CONNECT_TIMEOUT_S, "command_timeout": 10},
            )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    def _unavailable(self, error: BaseException) -> DatabaseUnavailable:
        where = self.url.render_as_string(hide_password=True)
        cause = str(getattr(error, "orig", None) or error) or type(error).__name__
        return DatabaseUnavailable(
            f"the database {where} cannot be used ({cause}); check that it runs and that DATABASE_URL is "
            "right. Driving and recording go on; saved episodes appear once it is back."
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Begin a transaction; commit at the end, roll back on an exception.

        Raises:
            DatabaseUnavailable: no connection, or it broke.
        """
        async with self._sessions() as session:
            try:
                # Connecting here keeps an OSError of the caller's own work out of this net.
                await _uncancelled(session.connection())
            except (OSError, PoolTimeout, DBAPIError) as error:
                raise self._unavailable(error) from error
            try:
                yield session
                await session.commit()
            except (OperationalError, InterfaceError) as error:
                raise self._unavailable(error) from error
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise self._unavailable(error) from error
                raise

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
