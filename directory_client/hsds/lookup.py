"""Finds the record behind an id from outside, be it the record's own or one that was made for it.

A made id cannot be reckoned backwards, so it is looked up in a map from the made ids of a table to the real ones.
The map lives in the process and not in a table of its own: it only repeats what a pure function gives, it can
miss new records but never name a wrong one, and whoever writes records does not have to know of it. An id that is
missing makes the map anew, unless nothing was written since; 60,000 ids take a third of a second.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from sqlalchemy import Connection, func, select

from directory_client.hsds.ids import is_uuid, public_id
from directory_client.models import Base, FeedRun


class Lookup:
    """One for a database; may be used by several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._maps: dict[str, tuple[Any, dict[str, str]]] = {}

    def own(self, connection: Connection, table: str, id_: str) -> str | None:
        """The record's own id; None when there is no such record."""
        ids = Base.metadata.tables[table].c.id
        if connection.scalar(select(ids).where(ids == id_)) is not None:
            return id_
        if not is_uuid(id_):
            return None
        if found := self._known(connection, table).get(id_.lower()):
            return connection.scalar(select(ids).where(ids == found))
        # UUIDs are the same in capitals and in small letters.
        return connection.scalar(select(ids).where(ids.in_([id_.lower(), id_.upper()])).limit(1))

    def _known(self, connection: Connection, table: str) -> dict[str, str]:
        ids = Base.metadata.tables[table].c.id
        state = tuple(connection.execute(select(func.count(), func.min(ids), func.max(ids))).one())
        state += (connection.scalar(select(func.max(FeedRun.finished_at))),)
        with self._lock:
            before, known = self._maps.get(table, (None, {}))
            if before != state:
                known = {public_id(table, id_): id_ for id_ in connection.scalars(select(ids)) if not is_uuid(id_)}
                self._maps[table] = (state, known)
            return known
