"""Settings with history: what held when, and that at most one holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.console.floor.door_settings import CannotWithdraw, change_setting, history, setting_in_force, withdraw
from bot.conversations.database import upgrade_engine
from bot.database import open_database
from tests.bot.conftest import MONDAY

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('settings') / 'settings.db'}")
    upgrade_engine(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session
        session.rollback()


def put(session: Session, value: int, begins: datetime, now: datetime, key: str = "capacity") -> str:
    row = change_setting(session, "caring", key, {"value": value}, author="s1", effective_from=begins, now=now)
    session.flush()
    return row.id


def now_in_force(session: Session, moment: datetime) -> int | None:
    value = setting_in_force(session, "caring", "capacity", moment)
    return None if value is None else int(value["value"])


def test_a_setting_holds_from_its_day_until_the_next_one(session: Session) -> None:
    put(session, 1, MONDAY, MONDAY)
    put(session, 2, MONDAY + 5 * DAY, MONDAY + DAY)
    put(session, 3, MONDAY + 2 * DAY, MONDAY + DAY)
    assert now_in_force(session, MONDAY - DAY) is None
    assert [now_in_force(session, MONDAY + n * DAY) for n in (0, 1, 2, 4, 5, 50)] == [1, 1, 3, 3, 2, 2]


def test_a_change_cannot_be_made_in_the_past(session: Session) -> None:
    put(session, 1, MONDAY - 30 * DAY, MONDAY)
    assert now_in_force(session, MONDAY - DAY) is None
    assert now_in_force(session, MONDAY) == 1


def test_a_planned_change_can_be_withdrawn_and_one_that_began_cannot(session: Session) -> None:
    first = put(session, 1, MONDAY, MONDAY)
    planned = put(session, 2, MONDAY + 5 * DAY, MONDAY)
    withdraw(session, planned, author="s1", now=MONDAY + DAY)
    assert now_in_force(session, MONDAY + 9 * DAY) == 1
    assert len(history(session, "caring", "capacity")) == 2, "it stays on view"
    for gone in (first, planned, "none"):
        with pytest.raises(CannotWithdraw):
            withdraw(session, gone, author="s1", now=MONDAY + DAY)


def test_putting_it_back_leaves_the_matter_to_the_file(session: Session) -> None:
    put(session, 1, MONDAY, MONDAY)
    change_setting(session, "caring", "capacity", {}, author="s1", effective_from=MONDAY, now=MONDAY + DAY)
    session.flush()
    assert setting_in_force(session, "caring", "capacity", MONDAY + DAY) is None


def test_doors_and_settings_do_not_mix(session: Session) -> None:
    put(session, 1, MONDAY, MONDAY)
    assert setting_in_force(session, "caring", "hours", MONDAY) is None
    assert setting_in_force(session, "211", "capacity", MONDAY) is None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), min_size=1, max_size=7))
def test_whatever_the_order_the_latest_beginning_holds_and_only_one(
    session: Session, changes: list[tuple[int, int]]
) -> None:
    now, written = MONDAY, []
    for number, (begins, later) in enumerate(changes):
        now += later * DAY
        start = max(MONDAY + begins * DAY, now)
        put(session, number, start, now)
        written.append((start, number))
    for day in range(0, 20):
        moment = MONDAY + day * DAY
        begun = [one for one in written if one[0] <= moment]
        assert now_in_force(session, moment) == (max(begun)[1] if begun else None)
        rows = [
            row
            for row in history(session, "caring", "capacity")
            if row.effective_from <= moment and (row.superseded_at is None or row.superseded_at > moment)
        ]
        assert len(rows) == (1 if begun else 0)
    session.rollback()
