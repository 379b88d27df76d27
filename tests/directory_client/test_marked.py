"""What a process has read once of a site and its record, it does not read again, and is never out of date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session

from directory_client import marked
from directory_client.corrections import correct
from directory_client.index import reindex
from directory_client.memory import Memory
from directory_client.models import SearchNeed, SearchSite
from tests.directory_client.conftest import DATABASES, engine_for
from tests.directory_client.imports.test_take_in import NOW, bank, found, names, take


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine_for(request) as made:
        yield made


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        sent.append(" ".join(statement.split()))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def marks(engine: Engine) -> dict[str, int]:
    with Session(engine) as session:
        return {site_id: mark for site_id, mark in session.execute(select(SearchSite.id, SearchSite.mark))}


def test_a_search_that_was_made_before_reads_no_site_and_no_record(engine: Engine) -> None:
    take(engine, *(bank(number) for number in range(1, 4)))
    first = found(engine)
    with statements(engine) as sent:
        assert found(engine) == first
    assert len(first.listings) == 3
    assert [one for one in sent if "search_site" in one or "JOIN organization" in one or "FROM phone" in one] == []


@pytest.mark.parametrize("query", [{}, {"need": None, "words": "ajax food bank"}, {"language": "fr"}, {"lat": None}])
def test_the_answer_is_the_same_with_nothing_in_memory(
    engine: Engine, query: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    take(engine, *(bank(number) for number in range(1, 6)))
    warm = [found(engine, limit=5, **query) for _ in range(2)][1]
    for name in ("_sites", "_records"):
        monkeypatch.setattr(marked, name, Memory(1))
    assert found(engine, limit=5, **query) == warm
    assert len(warm.listings) == 5


def test_an_import_and_a_correction_are_seen_by_the_next_search(engine: Engine) -> None:
    take(engine, bank())
    assert names(found(engine)) == ["Ajax Food Bank 1"]
    take(engine, bank(name="Ajax Pantry"))
    assert names(found(engine)) == ["Ajax Pantry"]
    with Session(engine) as session, session.begin():
        correct(session, "s1", "phone", "905-555-0199", NOW.date())
    assert found(engine).listings[0].phones[0].display == "905-555-0199"


def test_no_two_writings_of_a_site_have_the_same_mark(engine: Engine) -> None:
    take(engine, *(bank(number) for number in range(1, 4)))
    before = marks(engine)
    with Session(engine) as session, session.begin():
        reindex(session)
    after = marks(engine)
    assert len({*before.values(), *after.values()}) == 6
    assert all(after.values())
    with Session(engine) as session:
        assert {(one.site_id, one.mark) for one in session.scalars(select(SearchNeed))} == set(after.items())


def test_what_an_earlier_version_left_without_a_mark_is_read_each_time(engine: Engine) -> None:
    take(engine, bank())
    with Session(engine) as session, session.begin():
        for table in (SearchSite, SearchNeed):
            session.execute(update(table).values(mark=0))
    found(engine)
    with Session(engine) as session, session.begin():  # nobody does this; it shows where the answer comes from
        session.execute(update(SearchSite).values(interpretation=True, latitude=44.2))
    with statements(engine) as sent:
        assert found(engine).widened_to_km == 50
    assert any("search_site" in one for one in sent)


def test_who_has_learnt_the_sites_reads_none_at_the_first_search(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(engine, *(bank(number) for number in range(1, 4)))
    monkeypatch.setattr(marked, "_sites", Memory(marked.SITES_KEPT))
    monkeypatch.setattr(marked, "_NEXT", marked._NEXT.limit(2))
    with engine.connect() as connection:
        assert marked.learn(connection) == 3
    with statements(engine) as sent:
        assert len(found(engine).listings) == 3
    # The records of those that are shown are read with their sites' rows; the candidates' own columns are not.
    assert [one for one in sent if "search_site.folded_name" in one] == []
