from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.database import for_reading, open_database
from tests.directory_client.conftest import DATABASES, engine_for


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = open_database(f"sqlite:///{tmp_path / 'read.db'}")
        yield made
        made.dispose()
    else:
        with engine_for(request) as made:
            yield made


def test_who_only_reads_sees_at_once_what_others_commit(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE told (word text)"))
    with for_reading(engine).connect() as reader:
        assert reader.scalar(text("SELECT count(*) FROM told")) == 0
    with engine.begin() as writer:
        writer.execute(text("INSERT INTO told VALUES ('news')"))
        with for_reading(engine).connect() as reader:  # beside the writer, which it does not wait for
            assert reader.scalar(text("SELECT count(*) FROM told")) == 0
    with for_reading(engine).connect() as reader:
        assert reader.scalar(text("SELECT word FROM told")) == "news"


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_on_postgresql_nobody_who_only_reads_holds_a_transaction(engine: Engine) -> None:
    with for_reading(engine).connect() as reader:
        reader.scalar(text("SELECT 1"))
        status = reader.connection.dbapi_connection.info.transaction_status  # type: ignore[union-attr]
        assert status.name == "IDLE"
    with engine.connect() as other:  # the pool gives the same connection to those who write, as it was
        other.scalar(text("SELECT 1"))
        assert other.connection.dbapi_connection.info.transaction_status.name == "INTRANS"  # type: ignore[union-attr]
