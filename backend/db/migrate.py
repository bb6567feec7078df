"""Bring the database's schema up to date: `python -m backend.db.migrate`."""

from alembic import command
from alembic.config import Config

from backend.settings import ROOT, settings


def alembic_config(database_url: str) -> Config:
    """Return Alembic's configuration for `database_url` (with its async driver)."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    # Alembic reads options through configparser, where % begins an interpolation.
    config.set_main_option("sqlalchemy.url", database_url.replace("%", "%%"))
    return config


def upgrade(database_url: str) -> None:
    """Apply every migration that is missing; a new SQLite file is created."""
    command.upgrade(alembic_config(database_url), "head")


if __name__ == "__main__":
    upgrade(settings().database)
