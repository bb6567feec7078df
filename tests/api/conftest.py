"""The real app on a real database; HTTP goes through ASGI, WebSockets through a real uvicorn."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.db.database import Database
from backend.db.migrate import upgrade
from backend.db.tables import Base
from backend.settings import Settings
from tests.api.house import House, browser, running
from tests.api.postgres import Cluster
from tests.api.site import desk, frames, site  # noqa: F401 (fixtures)
from tests.api.takes import copy_take, record_take


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    made = Cluster()
    yield made
    made.remove()


@pytest.fixture(scope="session")
def postgres_url(cluster: Cluster) -> str:
    url = cluster.create("app").replace("postgresql://", "postgresql+asyncpg://")
    upgrade(url)
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "bunraku.db"
    upgrade(f"sqlite+aiosqlite:///{path}")
    return path


async def _empty(url: str) -> None:
    database = Database(url)
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    async with database.transaction() as session:
        await session.execute(text(f"TRUNCATE {names}"))
    await database.close()


@pytest.fixture
def sqlite_settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    shutil.copy(migrated_sqlite, tmp_path / "bunraku.db")
    return Settings(data_dir=tmp_path, DATABASE_URL="", _env_file=None)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with an empty, migrated database: every test that asks for them runs on both kinds."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_settings")
    url = request.getfixturevalue("postgres_url")
    asyncio.run(_empty(url))
    return Settings(data_dir=tmp_path, DATABASE_URL=url, _env_file=None)


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[House]:
    async with running(settings) as app, browser(app) as http:
        yield House(app, http)


@pytest.fixture
async def sqlite_house(sqlite_settings: Settings) -> AsyncIterator[House]:
    """For what does not touch the database."""
    async with running(sqlite_settings) as app, browser(app) as http:
        yield House(app, http)


@pytest.fixture(scope="session")
def master_take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One recorded take, to be copied."""
    return record_take(tmp_path_factory.mktemp("takes") / "11111111-1111-4111-8111-111111111111")


@pytest.fixture
def put_take(master_take: Path, tmp_path: Path) -> Callable[..., object]:
    """Return a function that puts a finished episode on disk; its arguments change the manifest."""
    return lambda **changes: copy_take(master_take, tmp_path / "episodes", **changes)
