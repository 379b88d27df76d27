"""Sites and their records, read from the database once by each process.

Every row of the index has a mark that no other writing of it, in this or any other directory, will ever have. What was
read under a mark is therefore never out of date: a record that has changed has another mark, which nobody knows yet.
So a search asks the database only which marks answer it. The server reads all sites before it makes its workers
(`learn`), which share that memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from directory_client.among import among
from directory_client.memory import Memory
from directory_client.models import SearchSite
from directory_client.ranking import Candidate
from directory_client.records import Record, records

SITES_KEPT = 100_000
"""All of a province, at somewhat less than a kilobyte each."""
RECORDS_KEPT = 2_000
"""Records that were shown, at some kilobytes each."""

Columns = tuple[Any, ...]
"""The first arguments of a `Candidate`."""

_COLUMNS = (
    SearchSite.id,
    SearchSite.service_id,
    SearchSite.location_id,
    SearchSite.organization_id,
    SearchSite.program_id,
    SearchSite.folded_name,
    SearchSite.latitude,
    SearchSite.longitude,
    SearchSite.confidential,
    SearchSite.reach,
    SearchSite.languages,
    SearchSite.interpretation,
    SearchSite.assured_date,
    SearchSite.sample,
    SearchSite.area_lat,
    SearchSite.area_lon,
    SearchSite.area_km,
    SearchSite.free,
    SearchSite.minimum_age,
    SearchSite.maximum_age,
    SearchSite.accessible,
    SearchSite.audience,
    SearchSite.twin,
    SearchSite.hours,
    SearchSite.mark,
)
_REPEATED = frozenset(
    number for number, column in enumerate(_COLUMNS) if column.key in ("reach", "languages", "audience", "hours")
)
"""Texts that many sites share, and that every row brings a copy of: a quarter of its memory."""
_NEXT = select(*_COLUMNS).where(SearchSite.id > bindparam("last")).order_by(SearchSite.id).limit(2_000)
_sites: Memory[int, Columns] = Memory(SITES_KEPT)
_records: Memory[int, Record] = Memory(RECORDS_KEPT)


def learn(connection: Connection) -> int:
    """Reads all sites, as many as are kept, so that nobody who searches waits for that; returns how many there were.

    A province takes some seconds.
    """
    count, last = 0, ""
    while rows := connection.execute(_NEXT, {"last": last}).all():
        for row in rows:
            if row.mark:
                _sites.keep(row.mark, _lean(row))
        count, last = count + len(rows), rows[-1].id
        if count >= SITES_KEPT:
            break
    return count


def sites(connection: Connection, marks: Mapping[str, int]) -> dict[str, Columns]:
    """What `Candidate` begins with, of these sites by their ids; one that is not there any more is left out.

    Args:
        marks: those of the sites, 0 of what has none.
    """
    found = {id_: row for id_, mark in marks.items() if (row := _sites.get(mark)) is not None}
    if missing := [id_ for id_ in marks if id_ not in found]:
        for row in connection.execute(select(*_COLUMNS).where(among(connection, SearchSite.id, missing))):
            found[row.id] = columns = _lean(row)
            if row.mark:
                _sites.keep(row.mark, columns)
    return found


def _lean(row: Iterable[Any]) -> Columns:
    return tuple(_one(value) if number in _REPEATED else value for number, value in enumerate(row))


@lru_cache(maxsize=16_384)
def _one(text: str | None) -> str | None:
    """The first of many equal texts."""
    return text


def records_of(session: Session, candidates: Sequence[Candidate]) -> list[Record]:
    """The records of these candidates, in their order; one that is not there any more is left out."""
    found = {one.id: record for one in candidates if (record := _records.get(one.mark)) is not None}
    missing = [one.id for one in candidates if one.id not in found]
    for record in records(session, missing):
        found[record.site.id] = record
        if mark := record.service.site_mark:
            _records.keep(mark, record)
    return [found[one.id] for one in candidates if one.id in found]


__all__ = ["Columns", "learn", "records_of", "sites"]
