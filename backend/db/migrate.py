"""Bring the database's schema up to date: `python -m backend.db.migrate`."""

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

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


def main() -> None:
    """Upgrade the app's database; the last line of stderr says what is wrong when that fails."""
    url = settings().database
    try:
        upgrade(url)
    except (OSError, DBAPIError) as error:
        where = make_url(url).render_as_string(hide_password=True)
        raise SystemExit(f"the database {where} cannot be used: {error}") from None


if __name__ == "__main__":
    main()
