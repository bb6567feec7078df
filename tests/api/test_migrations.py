"""The schema goes up, down and up again on both databases, and is what the models say."""

import asyncio
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Inspector, inspect
from sqlalchemy.ext.asyncio import create_async_engine

from backend.db.migrate import alembic_config
from backend.db.tables import Base
from tests.api.postgres import Cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'new' / 'empty.db'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.create("migrations").replace("postgresql://", "postgresql+asyncpg://")


def tables(url: str) -> set[str]:
    async def names() -> set[str]:
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            found = await connection.run_sync(lambda sync: Inspector.get_table_names(inspect(sync)))
        await engine.dispose()
        return set(found)

    return asyncio.run(names())


def test_up_down_up_and_the_models_agree(empty_url: str):
    config = alembic_config(empty_url)
    wanted = {table.name for table in Base.metadata.sorted_tables}
    command.upgrade(config, "head")
    assert wanted <= tables(empty_url)
    command.check(config)
    command.downgrade(config, "base")
    assert not wanted & tables(empty_url)
    command.upgrade(config, "head")
    command.check(config)
    assert wanted <= tables(empty_url)


def test_a_percent_sign_in_the_password_survives_configparser():
    url = "postgresql+asyncpg://ann:a%40b@127.0.0.1/x"
    assert alembic_config(url).get_main_option("sqlalchemy.url") == url
