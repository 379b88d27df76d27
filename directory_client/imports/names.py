"""Under which id a record of a feed stands in the tables."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from directory_client.among import among
from directory_client.imports.convert import shape
from directory_client.models import FeedRecord
from directory_client.tables.base import ID_LENGTH

_NAMESPACE = uuid.UUID("6b1f2f0a-6f5e-5d0f-9a57-0c1d5c9c7a11")
CHUNK = 500
FEW = 10_000
"""So many ids of a table are kept in memory, instead of asking for them by chunks: some megabytes."""
LONGEST_FEED_ID = 2 * ID_LENGTH


class Names:
    """Keeps a feed's own ids where it can.

    An id that is too long, or that a record of another source has already, becomes a UUID made of source, table
    and id: the same in every import.
    """

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source
        self._present: defaultdict[str, set[str]] = defaultdict(set)
        self._renamed: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._before: dict[str, frozenset[str] | None] = {}
        """All ids of a table as it was before; None where there are more than a few."""
        earlier = select(FeedRecord.feed_id).where(FeedRecord.source == source).limit(1)
        self._first = connection.scalar(earlier) is None

    def known(self, table: str, feed_ids: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Record id and digest of those that an earlier import brought."""
        if self._first:
            return {}
        statement = select(FeedRecord.feed_id, FeedRecord.record_id, FeedRecord.digest).where(
            FeedRecord.source == self._source,
            FeedRecord.entity == table,
            among(self._connection, FeedRecord.feed_id, feed_ids),
        )
        return {row.feed_id: (row.record_id, row.digest) for row in self._connection.execute(statement)}

    def new(self, table: str, feed_ids: Collection[str]) -> dict[str, str]:
        """Ids for records that are new: their own where it is free."""
        taken = self._taken(table, [id_ for id_ in feed_ids if len(id_) <= ID_LENGTH])
        return {id_: id_ if len(id_) <= ID_LENGTH and id_ not in taken else self.made(table, id_) for id_ in feed_ids}

    def _taken(self, table: str, feed_ids: Sequence[str]) -> Collection[str]:
        """At least those of these ids that a record has already."""
        ids = shape(table).table.c.id
        if table not in self._before:
            before = list(self._connection.scalars(select(ids).limit(FEW + 1)))
            self._before[table] = frozenset(before) if len(before) <= FEW else None
        before_all = self._before[table]
        if before_all is not None:  # what this import has added since has ids of the same feed, which are all different
            return before_all
        return (
            set(self._connection.scalars(select(ids).where(among(self._connection, ids, feed_ids)))) if feed_ids else ()
        )

    def made(self, table: str, feed_id: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, f"{self._source}/{table}/{feed_id}"))

    def note(self, table: str, feed_id: str, record_id: str) -> None:
        """Says that a record is there, for those that refer to it."""
        self._present[table].add(feed_id)
        if record_id != feed_id:
            self._renamed[table][feed_id] = record_id

    def resolved(self, table: str, feed_id: str) -> str | None:
        """The id of a record that something refers to; None when neither this feed nor an earlier one has it."""
        if feed_id in self._present[table]:
            return self._renamed[table].get(feed_id, feed_id)
        earlier = self.known(table, [feed_id]).get(feed_id)
        if earlier is None:
            return None
        self.note(table, feed_id, earlier[0])
        return earlier[0]


def feed_id(raw: object) -> str:
    """An id of a feed as it is compared: without what no screen shows, and no longer than the tables hold.

    A longer one ends in a digest of the whole. "" for what is no id.
    """
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        return ""
    if isinstance(raw, int) and abs(raw) >= 10**LONGEST_FEED_ID:
        return ""
    text = str(raw)
    if not text.isprintable():  # zero bytes and halves of a pair are letters to no database
        text = "".join(letter for letter in text if letter.isprintable())
    text = text.strip()
    if len(text) <= LONGEST_FEED_ID:
        return text
    digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{text[: LONGEST_FEED_ID - len(digest) - 1]}#{digest}"


def is_uuid(text: str) -> bool:
    """Whether an id is what the specification asks for."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
