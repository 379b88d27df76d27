"""Puts the sample directory into a database and takes it out again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from sqlalchemy import Table, delete, func, insert, select
from sqlalchemy.orm import Session

from directory_client import timetables
from directory_client.fulltext import count_words
from directory_client.index import reindex
from directory_client.line_records import load_lines
from directory_client.models import Base, SearchNeed, SearchSite, Service, ServiceNeed, ServiceText
from directory_client.sample_records import PREFIX, SOURCE, sample_records

FRESH_FOR = timedelta(days=60)
"""After this long the dates of confirmation are counted anew, or the whole set would look stale one day."""


def load_sample(session: Session, *, today: date | None = None) -> int:
    """Write the sample services, unless this edition is there and still fresh; returns how many there are.

    `today` is the local date that the dates of confirmation count back from. The session is flushed, not
    committed.
    """
    today = today or date.today()
    count, newest = session.execute(
        select(func.count(), func.max(Service.assured_date)).where(Service.sample, Service.source == SOURCE)
    ).one()
    rows = sample_records(today)
    if count == len(rows[Service]) and newest and timedelta() <= today - newest < FRESH_FOR:
        return int(count)
    remove_sample(session)
    for table, records in rows.items():
        # Straight into the table: the mapper would take the rows apart by which columns are empty.
        session.execute(insert(cast(Table, table.__table__)), records)
    reindex(session, [row["id"] for row in rows[Service]])
    return len(rows[Service])


def remove_sample(session: Session) -> int:
    """Take every sample record out; returns how many services went. Flushed, not committed."""
    gone = session.scalar(select(func.count()).select_from(Service).where(Service.sample)) or 0
    # Children first; the prefix does what foreign keys would, where SQLite does not look after them.
    session.execute(delete(SearchNeed).where(SearchNeed.site_id.startswith(PREFIX, autoescape=True)))
    for table in (SearchSite, ServiceText, ServiceNeed):
        session.execute(delete(table).where(table.service_id.startswith(PREFIX, autoescape=True)))
    for table in reversed(Base.metadata.sorted_tables):
        if "id" in table.c and table.name != SearchSite.__tablename__:
            session.execute(delete(table).where(table.c.id.startswith(PREFIX, autoescape=True)))
    count_words(session.connection())
    timetables.tidy(session.connection())
    return gone


__all__ = ["load_lines", "load_sample", "remove_sample"]
