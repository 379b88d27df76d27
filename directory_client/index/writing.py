"""Derives the search index from the records: reads some, makes rows of them, writes these, and so on."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from itertools import batched
from typing import cast

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.orm import Session

from directory_client import bulk
from directory_client.among import among
from directory_client.beside import Beside
from directory_client.fulltext import count_words
from directory_client.index.making import Entries, entries
from directory_client.index.reading import material
from directory_client.models import SearchEdition, SearchHours, SearchNeed, SearchSite, Service, ServiceText
from directory_client.timetables import Kept, keep

CHUNK = 500
FEW = 10
"""Chunks for which a second process is not worth while."""
EDITION = "5"
"""To be raised when the index is made differently."""
MARKS = 2**62
"""Marks begin at a number below this by chance: two writings of a whole province never come to the same."""


def reindex(
    session: Session,
    service_ids: Iterable[str] | None = None,
    step: Callable[[int], None] = lambda done: None,
    beside: Beside | None = None,
) -> int:
    """Write the index rows of these services anew, of all when None; returns how many sites there are.

    Records must have been flushed. `step` is told how many services are done; `beside` is a helper that is at work
    already. Services that are not active lose their rows.
    """
    fresh = session.scalar(select(SearchSite.id).limit(1)) is None
    if service_ids is None:
        session.execute(delete(SearchNeed))
        session.execute(delete(SearchSite))
        session.execute(delete(ServiceText))
        session.execute(delete(SearchHours))
        ids = list(session.scalars(select(Service.id)))
    else:
        ids = list(dict.fromkeys(service_ids))
    total = done = 0
    written = set[Kept]()
    chunks = list(batched(ids, CHUNK))
    number = (session.scalar(select(func.max(ServiceText.number))) or 0) + 1
    mark = 1 + secrets.randbelow(MARKS)
    with nullcontext(beside) if beside else Beside(after=FEW) as helper:
        made = helper.made(entries, (material(session, chunk) for chunk in chunks))
        for chunk, found in zip(chunks, made, strict=True):
            if service_ids is not None:
                _forget(session, chunk)
            _write(session, found, number, mark, written)
            number, mark = number + len(found.texts), mark + len(found.sites)
            total, done = total + len(found.sites), done + len(chunk)
            step(done)
    count_words(session.connection())
    if fresh or service_ids is None:
        stamp(session)
    return total


def outdated(session: Session) -> bool:
    """Whether an earlier version of the product made the index: an upgraded installation makes its own anew."""
    made = list(session.scalars(select(SearchEdition.edition)))
    return made != [EDITION] and session.scalar(select(SearchSite.id).limit(1)) is not None


def stamp(session: Session) -> None:
    """Says that every row of the index was made by this version."""
    session.execute(delete(SearchEdition))
    session.execute(insert(SearchEdition), [{"edition": EDITION}])


def _forget(session: Session, service_ids: Sequence[str]) -> None:
    connection = session.connection()
    known = select(SearchSite.id).where(among(connection, SearchSite.service_id, service_ids)).limit(1)
    if session.scalar(known) is None:  # new ones, as nearly all of a first import
        return
    mine = select(SearchSite.id).where(among(connection, SearchSite.service_id, service_ids))
    session.execute(delete(SearchNeed).where(SearchNeed.site_id.in_(mine.scalar_subquery())))
    session.execute(delete(SearchSite).where(among(connection, SearchSite.service_id, service_ids)))
    session.execute(delete(ServiceText).where(among(connection, ServiceText.service_id, service_ids)))


def _write(session: Session, made: Entries, number: int, mark: int, written: set[Kept]) -> None:
    for row in (*made.texts, *made.sites):
        row["number"] += number
    for row in (*made.sites, *made.needs):
        row["mark"] += mark
    connection = session.connection()
    keep(connection, made.hours - written)
    written |= made.hours
    bulk.add(connection, cast(Table, ServiceText.__table__), made.texts)
    bulk.add(connection, cast(Table, SearchSite.__table__), made.sites)
    bulk.add(connection, cast(Table, SearchNeed.__table__), made.needs)


__all__ = ["outdated", "reindex", "stamp"]
