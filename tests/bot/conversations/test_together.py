"""Small writes of many requests share a transaction, and nobody is hurt by another's mistake."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.conversations.together import MOST, Together, each
from bot.database import open_database

pytestmark = pytest.mark.anyio


class Shelf:
    """A database that counts its transactions and can be made to wait."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_database(f"sqlite:///{folder / 'shelf.db'}")
        self.transactions = 0
        self.free = threading.Event()
        self.free.set()
        with self.writing() as session:
            session.execute(text("CREATE TABLE kept (number INTEGER PRIMARY KEY)"))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        self.free.wait(10)
        with Session(self.engine) as session, session.begin():
            yield session
        self.transactions += 1

    def numbers(self) -> list[int]:
        with Session(self.engine.execution_options(reading=True)) as session:
            return list(session.scalars(text("SELECT number FROM kept ORDER BY number")))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path)
    yield shelf
    shelf.engine.dispose()


def keep(session: Session, number: int) -> int:
    session.execute(text("INSERT INTO kept VALUES (:number)"), {"number": number})
    return number


async def test_what_comes_in_during_a_commit_is_written_in_the_next_one(shelf: Shelf) -> None:
    together = Together(shelf.writing, each)
    shelf.free.clear()
    first = asyncio.create_task(together.run(lambda session: keep(session, 0)))
    await asyncio.sleep(0.05)
    others = [asyncio.create_task(together.run(lambda session, n=n: keep(session, n))) for n in range(1, 20)]
    await asyncio.sleep(0.05)
    before = shelf.transactions
    shelf.free.set()
    assert await asyncio.gather(first, *others) == list(range(20))
    assert shelf.transactions - before == 2
    assert shelf.numbers() == list(range(20))


async def test_a_transaction_does_not_grow_without_end(shelf: Shelf) -> None:
    together, before = Together(shelf.writing, each), shelf.transactions
    await asyncio.gather(*(together.run(lambda session, n=n: keep(session, n)) for n in range(MOST + 1)))
    assert shelf.transactions - before == 2


async def test_nothing_is_answered_before_it_is_committed(shelf: Shelf) -> None:
    together = Together(shelf.writing, each)
    for n in range(3):
        await together.run(lambda session, n=n: keep(session, n))
        assert shelf.numbers() == list(range(n + 1))


async def test_the_mistake_of_one_is_told_to_that_one_and_the_others_are_written(shelf: Shelf) -> None:
    def broken(session: Session) -> int:
        keep(session, 99)
        raise LookupError("not this one")

    together = Together(shelf.writing, each)
    works = [lambda session, n=n: keep(session, n) for n in range(5)]
    found = await asyncio.gather(
        *(together.run(work) for work in (*works[:2], broken, *works[2:])), return_exceptions=True
    )
    assert [one for one in found if not isinstance(one, BaseException)] == list(range(5))
    assert isinstance(found[2], LookupError)
    assert shelf.numbers() == list(range(5))
    with pytest.raises(LookupError):
        await together.run(broken)


async def test_somebody_who_no_longer_waits_holds_up_nobody(shelf: Shelf) -> None:
    together = Together(shelf.writing, each)
    shelf.free.clear()
    gone = asyncio.create_task(together.run(lambda session: keep(session, 1)))
    await asyncio.sleep(0.05)
    gone.cancel()
    shelf.free.set()
    assert await together.run(lambda session: keep(session, 2)) == 2
    assert shelf.numbers() == [1, 2]
