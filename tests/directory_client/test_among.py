"""A list of ids as one parameter, on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, not_, select
from sqlalchemy.orm import Session

from directory_client.among import among
from directory_client.models import SearchWord

ODD = ("plain", 'a "quoted" one', "it's", "{a,b}", "back\\slash", "NULL", "", "é 😀", "%", "[1, 2]")


@pytest.fixture
def session(directory_session: Session) -> Session:
    directory_session.add_all(SearchWord(word=word, services=1) for word in ODD)
    directory_session.flush()
    return directory_session


def found(session: Session, *ids: str) -> list[str]:
    return list(session.scalars(select(SearchWord.word).where(among(session.connection(), SearchWord.word, ids))))


@pytest.mark.parametrize("word", ODD)
def test_an_id_is_found_whatever_is_in_it(session: Session, word: str) -> None:
    assert found(session, "another", word) == [word]


def test_nothing_is_among_nothing(session: Session) -> None:
    assert found(session) == []


def test_the_same_statement_serves_other_lists(session: Session) -> None:
    assert [set(found(session, *ids)) for ids in (("it's",), ("%", ""), ODD, ())] == [
        {"it's"},
        {"%", ""},
        set(ODD),
        set(),
    ]


def test_an_id_given_twice_is_one(session: Session) -> None:
    assert found(session, "%", "%") == ["%"]


def test_what_is_not_among_them_stays(session: Session) -> None:
    session.execute(delete(SearchWord).where(not_(among(session.connection(), SearchWord.word, ["plain"]))))
    assert list(session.scalars(select(SearchWord.word))) == ["plain"]


def test_thousands_of_ids_are_no_trouble(session: Session) -> None:
    assert found(session, *(f"number {number}" for number in range(30_000)), "plain") == ["plain"]
