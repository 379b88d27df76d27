"""One SQL database: how it is opened. SQLite by default, PostgreSQL in production."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url


def for_reading(engine: Engine) -> Engine:
    """The same database for whoever only reads, and needs no two statements to see the same moment.

    SQLite begins without asking for the right to write. PostgreSQL is asked without a transaction: each statement sees
    what has been committed either way, and to begin and to end one are two more ways to the server.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(reading=True, isolation_level="AUTOCOMMIT")
    return engine.execution_options(reading=True)


def open_database(url: str) -> Engine:
    """An engine for the URL.

    SQLite is opened in WAL mode with full synchronisation, so that what was acknowledged survives a cut of
    the power; every transaction begins IMMEDIATE, so that two writers wait for each other instead of failing.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_size=10, max_overflow=10, pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed, connect_args={"timeout": 15, "check_same_thread": False}, pool_size=10, max_overflow=30
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's BEGIN below is the only one
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA busy_timeout=15000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
