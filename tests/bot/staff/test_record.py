"""The record: rows are added, never changed, on both databases; no words stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.conversations.database import upgrade_engine
from bot.database import open_database
from bot.staff.models import StaffAudit
from bot.staff.record import record, record_view
from tests.bot.conftest import MONDAY


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Iterator[Engine]:
    url = (
        request.getfixturevalue("empty_postgres")
        if request.param == "postgres"
        else f"sqlite:///{request.getfixturevalue('tmp_path') / 'x.db'}"
    )
    engine = open_database(url)
    upgrade_engine(engine)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE staff_audit SET actor = 'nobody'",
        "UPDATE staff_audit SET at = at",
        "DELETE FROM staff_audit",
        "DELETE FROM staff_audit WHERE actor = 'ana'",
        "TRUNCATE staff_audit",
    ],
)
def test_no_row_can_be_changed_or_taken_out(database: Engine, statement: str) -> None:
    if statement.startswith("TRUNCATE") and database.dialect.name == "sqlite":
        return  # it has none
    with Session(database) as session:
        record(session, "ana", "viewed", conversation="c1", door="211", at=MONDAY)
        session.commit()
    with pytest.raises(DBAPIError, match="added to, never changed"), database.begin() as connection:
        connection.execute(text(statement))
    with Session(database) as session:
        assert session.scalar(select(StaffAudit.actor)) == "ana"


def test_a_row_is_stored_with_its_change_or_not_at_all(database: Engine) -> None:
    with Session(database) as session:
        record(session, "ana", "exported", at=MONDAY, rows=3)
        session.rollback()
        assert session.scalar(select(func.count()).select_from(StaffAudit)) == 0


def test_looking_again_within_a_quarter_of_an_hour_is_one_view_for_each_person_and_conversation(
    database: Engine,
) -> None:
    with Session(database) as session:
        for minutes, actor, conversation in (
            (0, "ana", "c1"), (14, "ana", "c1"), (14, "ben", "c1"), (14, "ana", "c2"), (15, "ana", "c1"),
        ):  # fmt: skip
            record_view(session, actor, conversation, "211", MONDAY + timedelta(minutes=minutes))
            session.flush()
        rows = session.execute(select(StaffAudit.actor, StaffAudit.conversation_id)).all()
    assert sorted(map(tuple, rows)) == [("ana", "c1"), ("ana", "c1"), ("ana", "c2"), ("ben", "c1")]


@pytest.mark.parametrize(
    "words", ["I want to die", "two words", "line\nbreak", "x" * 81, ["fine", "not fine"], {"a": 1}]
)
def test_what_could_be_somebodys_words_is_refused(tmp_path: object, words: object) -> None:
    with pytest.raises(ValueError, match="no words"):
        record(Session(), "ana", "viewed", at=MONDAY, note=words)
