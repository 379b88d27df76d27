"""Databases for the tests of the directory: SQLite in memory, and PostgreSQL where a server can be had."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from directory_client.models import Base
from directory_client.sample import load_lines, load_sample

DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
SAMPLE_DAY = date(2026, 11, 21)


@contextmanager
def engine_for(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database with empty tables, of the kind that the parameter of a fixture names."""
    if request.param == "sqlite":
        engine = create_engine("sqlite://", poolclass=StaticPool)
        Base.metadata.create_all(engine)
        yield engine
        engine.dispose()
        return
    # The server of PORCHLIGHT_TEST_POSTGRES_URL, else one of the tests' own, else skipped with a reason.
    server = create_engine(request.getfixturevalue("postgres_url"), isolation_level="AUTOCOMMIT")
    name = f"directory_{uuid.uuid4().hex}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = create_engine(make_url(server.url).set(database=name))
    try:
        Base.metadata.create_all(engine)
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@contextmanager
def rolled_back(engine: Engine) -> Iterator[Session]:
    """A session whose changes are taken back in the end."""
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


@pytest.fixture(scope="session", params=DATABASES)
def directory_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine_for(request) as engine:
        yield engine


@pytest.fixture
def directory_session(directory_engine: Engine) -> Iterator[Session]:
    """A session on an empty directory; nothing outlives the test."""
    with rolled_back(directory_engine) as session:
        yield session


@pytest.fixture(scope="session", params=DATABASES)
def sample_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine_for(request) as engine:
        with Session(engine) as session, session.begin():
            load_lines(session)
            load_sample(session, today=SAMPLE_DAY)
        yield engine


@pytest.fixture
def sample_session(sample_engine: Engine) -> Iterator[Session]:
    """A session on a directory with the lines and the sample services of `SAMPLE_DAY`."""
    with rolled_back(sample_engine) as session:
        yield session
