"""A month of conversations is counted twice: by the reports, and by hand from what happened. On both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from bot.console.floor.protection import LEAST
from bot.conversations.database import upgrade
from bot.conversations.models import Conversation
from bot.database import open_database
from bot.doors.loading import load as load_doors
from bot.reports import rows
from bot.reports.areas import areas
from bot.reports.counts import MEASURES, Count, Span, period_of
from bot.reports.tables import ALL, report
from bot.settings import Settings
from directory_client.places import Gazetteer
from tests.bot.reports.month import DOORS, Told, month
from tests.support.postgres import empty_postgres, postgres_url

__all__ = ["empty_postgres", "postgres_url"]
OCTOBER = Span(date(2026, 10, 1), date(2026, 10, 31))


def counted(engine: Engine, doors: Sequence[str] | None = None, span: Span = OCTOBER) -> list[Count]:
    with Session(engine) as session:
        return rows.counts(session, span, doors, areas(Gazetteer.load()), load_doors())


def told_in(engine: Engine, seed: int, many: int = 400) -> Told:
    with Session(engine) as session, session.begin():
        return month(session, seed, many)


def same_twice(found: Sequence[Count], told: Told) -> None:
    """Every measure, day and door, with all keys together and with each alone."""

    def plain(keys: Any) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(keys.items()))

    first = Counter((one.measure, one.day.isoformat(), one.door, plain(one.keys)) for one in found)
    second = Counter((measure, day, door, plain(keys)) for measure, day, door, keys in told.things)
    assert first == second
    assert {measure for measure, *_ in second} >= {"contacts", "needs", "unmet", "gaps", "asks", "shown", "referrals"}


@pytest.fixture
def book(settings: Settings) -> Engine:
    return open_database(settings.database)


def test_the_reports_count_what_happened_also_where_people_erased_it(book: Engine) -> None:
    told = told_in(book, seed=7)
    with Session(book) as session:
        kept = session.scalar(select(func.count(Conversation.id)))
        erased = session.scalar(text("SELECT count(*) FROM door_event WHERE event = 'contact'"))
    assert erased and kept, "some were erased and some not"
    same_twice(counted(book), told)


def test_what_the_tables_show_agrees_with_what_happened(book: Engine) -> None:
    told = told_in(book, seed=11)
    found = counted(book)
    for door in (None, *DOORS):
        made = report(found, [], OCTOBER, DOORS, door)
        for measure in made.measures:
            mine = [one for one in told.things if one[0] == measure.name and door in (None, one[2])]
            assert measure.total in (None, len(mine))
            for by, shown in measure.tables.items():
                true = Counter(_key(one, by) for one in mine)
                if [row.key for row in shown] == [ALL]:
                    continue  # nothing of this table may be shown
                assert {row.key for row in shown} >= set(true)
                for row in shown:
                    assert row.count is None or (row.count == true[row.key] and not 0 < row.count < LEAST)
        assert door is not None or made.measure("contacts").total == len(
            [one for one in told.things if one[0] == "contacts"]
        )


def _key(one: tuple[str, str, str, dict[str, str]], by: str) -> str:
    _, day, door, keys = one
    if by in ("day", "week", "month"):
        return period_of(date.fromisoformat(day), by)
    return door if by == "door" else keys.get(by, "none")


def test_a_reader_of_one_door_is_given_its_rows_alone(book: Engine) -> None:
    told = told_in(book, seed=3, many=120)
    told.things = [one for one in told.things if one[2] == "good2talk"]
    same_twice(counted(book, ["good2talk"]), told)


def test_the_days_of_a_span_add_up_to_it(book: Engine) -> None:
    told_in(book, seed=5, many=150)
    whole = Counter((one.measure, one.day) for one in counted(book))
    pieces: Counter[Any] = Counter()
    for day in OCTOBER.days():
        pieces += Counter((one.measure, one.day) for one in counted(book, span=Span(day, day)))
    assert whole == pieces


def test_what_is_left_of_an_erased_conversation_knows_no_hour_and_no_conversation(book: Engine) -> None:
    told_in(book, seed=7, many=80)
    with Session(book) as session:
        left = session.execute(
            text("SELECT event, created_at FROM door_event WHERE event IN ('contact', 'need', 'shown')")
        ).all()
        dump = repr(session.execute(text("SELECT * FROM door_event")).all())
    assert left and len({str(at)[11:16] for _, at in left}) <= 2, "noon in Toronto, in summer and winter"
    assert "planted" not in dump


def test_postgresql_counts_the_same(empty_postgres: str) -> None:
    upgrade(empty_postgres)
    engine = open_database(empty_postgres)
    try:
        told = told_in(engine, seed=7, many=150)
        same_twice(counted(engine), told)
    finally:
        engine.dispose()


def test_every_way_of_counting_is_filled_by_something(book: Engine) -> None:
    told_in(book, seed=7)
    for one in counted(book):
        assert set(one.keys) <= {*MEASURES[one.measure]}, one.measure
