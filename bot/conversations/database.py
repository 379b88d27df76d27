"""Bringing a database up to date. Every command does it by itself; an empty database is as good as a full one."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from bot.database import open_database

MIGRATIONS = Path(__file__).resolve().parent.parent.parent / "migrations"
_LOCK = 2_118_211
"""Number of PostgreSQL's advisory lock, so that several processes starting together migrate one after the other."""


def upgrade(url: str) -> None:
    """Applies the migrations that the database lacks.

    Raises:
        sqlalchemy.exc.OperationalError: when the database cannot be reached or written.
    """
    engine = open_database(url)
    try:
        upgrade_engine(engine)
    finally:
        engine.dispose()


def upgrade_engine(engine: Engine, revision: str = "head") -> None:
    """The same on an open engine."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        command.upgrade(configuration(connection), revision)


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration for the folder migrations/, on a connection if there is one."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
