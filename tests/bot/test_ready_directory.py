from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.commands import ready
from directory_client.checks import findings
from directory_client.sample import load_sample
from tests.directory_client.conftest import DATABASES, engine_for

TODAY = date(2026, 11, 19)


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine_for(request) as made:
        yield made


def test_a_command_that_reads_the_directory_may_read_it_piece_by_piece(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Session(engine) as session, session.begin():
        load_sample(session, today=TODAY)
    monkeypatch.setattr(ready, "writable_directory", lambda: engine)
    with ready.ready_directory().connect() as connection:
        assert list(findings(connection, TODAY))
