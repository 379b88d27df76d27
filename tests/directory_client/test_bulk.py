"""Rows that are added at once stand there as they were given, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from sqlalchemy import Table, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory_client import bulk
from directory_client.models import Address, FeedRun, Location, SearchWord

HARD = ("tab\tand\nline\r\n", "back\\slash \\N \\.", "", "'quoted' \"twice\"", "É à l’Île 😀", "NULL", "100 % $1 {x}")


def table(model: Any) -> Table:
    return cast(Table, model.__table__)


def words(*texts: str) -> list[dict[str, Any]]:
    return [{"word": text, "services": number} for number, text in enumerate(texts)]


def test_every_text_comes_back_as_it_was(directory_session: Session) -> None:
    bulk.add(directory_session.connection(), table(SearchWord), words(*HARD))
    found = directory_session.execute(select(SearchWord.word, SearchWord.services)).all()
    assert {row.word: row.services for row in found} == {text: number for number, text in enumerate(HARD)}


def test_times_objects_and_nothing_at_all_come_back(directory_session: Session) -> None:
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    run = {"id": "r", "source": "s", "complete": True, "started_at": at, "finished_at": at, "counts": {"é": [1, None]}}
    bulk.add(directory_session.connection(), table(FeedRun), [run])
    found = directory_session.execute(select(FeedRun)).scalar_one()
    assert found.complete and found.counts == {"é": [1, None]}
    assert found.started_at.replace(tzinfo=UTC) == at


def test_defaults_fill_in_what_is_lacking(directory_session: Session) -> None:
    bulk.add(directory_session.connection(), table(Location), [{"id": "somewhere"}])
    found = directory_session.get_one(Location, "somewhere")
    assert (found.location_type, found.confidential, found.sample, found.latitude) == ("physical", False, False, None)


def test_nothing_is_added_for_no_rows(directory_session: Session) -> None:
    bulk.add(directory_session.connection(), table(SearchWord), [])
    assert directory_session.scalar(select(func.count()).select_from(SearchWord)) == 0


@pytest.mark.parametrize(
    "rows",
    [words("one", "two", "one"), [*words("one"), {"word": "secret", "services": None}]],
    ids=["twice", "nothing where something must be"],
)
def test_what_the_database_refuses_is_refused_whole(directory_session: Session, rows: list[dict[str, Any]]) -> None:
    with pytest.raises(IntegrityError), directory_session.begin_nested():
        bulk.add(directory_session.connection(), table(SearchWord), rows)
    assert directory_session.scalar(select(func.count()).select_from(SearchWord)) == 0
    directory_session.execute(insert(SearchWord), words("goes on"))


def test_whoever_asks_sees_what_was_added_behind(directory_session: Session) -> None:
    connection = directory_session.connection()
    with bulk.behind(connection):
        for start in range(0, 5_000, 500):
            rows = [{"word": f"word {number}", "services": number} for number in range(start, start + 500)]
            bulk.add(connection, table(SearchWord), rows)
            assert directory_session.scalar(select(func.count()).select_from(SearchWord)) == start + 500
    bulk.add(connection, table(SearchWord), words("afterwards"))
    assert directory_session.scalar(select(func.count()).select_from(SearchWord)) == 5_001


def test_what_is_added_behind_comes_in_its_order_and_is_there_at_the_end(directory_session: Session) -> None:
    connection = directory_session.connection()
    with bulk.behind(connection):
        for number in range(3 * bulk.WAITING):  # parents first: each would be refused before the one it belongs to
            place = [{"id": f"place {number}"}]
            spot = [{"id": f"address {number}", "location_id": f"place {number}", "address_1": "", "city": ""}]
            bulk.add(connection, table(Location), place)
            bulk.add(connection, table(Address), spot)
    assert directory_session.scalar(select(func.count()).select_from(Address)) == 3 * bulk.WAITING


@pytest.mark.parametrize("asked", [True, False], ids=["at the next question", "at the end"])
def test_what_is_refused_behind_is_said(directory_session: Session, asked: bool) -> None:
    with pytest.raises(IntegrityError), directory_session.begin_nested():
        connection = directory_session.connection()
        with bulk.behind(connection):
            bulk.add(connection, table(SearchWord), words("one", "two", "one"))
            if asked:
                directory_session.scalar(select(func.count()).select_from(SearchWord))
    assert directory_session.scalar(select(func.count()).select_from(SearchWord)) == 0
