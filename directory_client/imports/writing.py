"""The part of an import that writes: what differs, what is gone, and the index of what was touched."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from itertools import batched
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from directory_client import bulk, timetables
from directory_client.among import among
from directory_client.beside import Beside
from directory_client.feeds.feed import Feed, FeedError, Refusal
from directory_client.feeds.hsds_names import FILES
from directory_client.imports import parents
from directory_client.imports.convert import shape
from directory_client.imports.names import CHUNK, Names, feed_id
from directory_client.imports.needs import needs_for
from directory_client.imports.prepare import Prepared, prepared
from directory_client.imports.report import Report
from directory_client.imports.stage import Stage
from directory_client.index import reindex
from directory_client.models import Base, FeedRecord, FeedRun, Metadata, Service

_ANY = ("attribute", "metadata")
_PARENTS_FIRST = [table.name for table in Base.metadata.sorted_tables if table.name in FILES and table.name not in _ANY]
TABLES = (*_PARENTS_FIRST, *_ANY)
"""What a feed may fill, parents first; last what may belong to a record of any table."""
CLOSED = "inactive"
MANY_ROWS = 50_000
"""So many new rows change what PostgreSQL knows of its tables."""
MANY = 20
"""So few may close at once without a question, however small the source."""
_KEPT = {"organization", "program", "location", "service", "taxonomy", "taxonomy_term", "metadata"}
"""Records that stay when a feed has them no longer: services closed, the others because something may refer to them."""
_OF_DETAILS = ("location", "service_at_location")
"""What hours, areas, languages and the like belong to besides a service."""
_OF_PLACES = ("schedule", "phone")
"""Details that a place has all of when a feed gives it any."""

Step = Callable[[str, int, int | None], None]
"""Told what is being done, how much of it is done, and of how much if that is known."""


class Writing:
    """The part that writes; lives for one transaction."""

    def __init__(
        self,
        session: Session,
        feed: Feed,
        stage: Stage,
        report: Report,
        step: Step,
        now: datetime,
        beside: Beside,
    ) -> None:
        self.session, self.connection = session, session.connection()
        self.feed, self.stage, self.report, self.step, self.now = feed, stage, report, step, now
        self.beside = beside
        self.counts = stage.counts()
        self.run_id = str(uuid.uuid4())
        self.names = Names(self.connection, feed.source)
        self.touched: set[str] = set()
        """Services whose index rows are to be made anew."""
        self.concerned: defaultdict[str, set[str]] = defaultdict(set)
        """Locations, organizations and the like whose services are to be made anew as well, by table."""
        self.added: set[str] = set()
        """Services that were not there before."""
        self.dated: set[str] = set()
        """Services of which the feed itself says when they were changed."""

    def run(self, close_many: bool) -> None:
        if self.feed.complete and not self.counts.get("service"):
            raise FeedError(
                "there is no service in it, and as the whole of its source it would close all of them. Nothing was "
                "changed; is services.csv missing? Without --replace the other tables can be taken."
            )
        with bulk.behind(self.connection):
            self._write(close_many)

    def _write(self, close_many: bool) -> None:
        total, done = sum(self.counts.values()), 0
        for table in TABLES:
            pieces = ((table, chunk) for chunk in batched(self.stage.rows(table), CHUNK))
            for rows in self.beside.made(prepared, pieces):
                self._take(table, rows)
                done += len(rows)
                self.step("Writing", done, total)
        self._count_anew()
        if self.feed.complete and not close_many:
            self._doubt()
        self._cut_cycles()
        for table in reversed(TABLES):
            self._gone(table)
        self._index()
        run = FeedRun(
            id=self.run_id, source=self.feed.source, complete=self.feed.complete, started_at=self.now,
            finished_at=self.now, counts=self.report.as_json(),
        )  # fmt: skip
        self.session.add(run)
        self.session.flush()

    def _count_anew(self) -> None:
        """Tells PostgreSQL what its tables hold now, which nobody else sees yet: by what they held before, it would
        read all of them for every few services."""
        if self.connection.dialect.name == "postgresql" and self.report.total("added") > MANY_ROWS:
            quote = self.connection.dialect.identifier_preparer.format_table
            filled = [shape(table).table for table in TABLES if self.counts.get(table)]
            tables = ", ".join(quote(table) for table in (*filled, cast(Table, FeedRecord.__table__)))
            self.connection.execute(text(f"ANALYZE {tables}"))

    # -- what is in the feed

    def _take(self, table: str, chunk: Iterable[Prepared]) -> None:
        rows: list[Prepared] = []
        refused = []
        for row in chunk:
            if self._made(table, row):
                rows.append(row)
            else:
                refused.append(row.id)
        self._keep(table, refused)
        known = self.names.known(table, [row.id for row in rows])
        new = self.names.new(table, [row.id for row in rows if row.id not in known])
        added: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        seen: list[tuple[str, str, str]] = []
        for row in rows:
            record_id, before = known.get(row.id) or (new[row.id], "")
            self.names.note(table, row.id, record_id)
            seen.append((row.id, record_id, row.digest))
            if table == "service":
                self._date(row.found, record_id)
            if row.digest == before:
                self.report.count(table, "unchanged")
                continue
            row.found["id"] = record_id
            (changed if row.id in known else added).append(row.found)
        if added:
            bulk.add(self.connection, shape(table).table, added)
            self.report.count(table, "added", len(added))
            if table == "service":
                self.added.update(row["id"] for row in added)
        if changed:
            self._change(table, changed)
        self._touch(table, [*added, *changed])
        self._remember(table, seen, known)

    def _made(self, table: str, row: Prepared) -> bool:
        """Completes the columns of a row; False when it is refused."""
        found = row.found
        for name, reason in row.wrong:
            self._refuse(table, row, reason, name)
        if row.lacking:
            self._refuse(table, row, f"has no {' and no '.join(row.lacking)}; the record was left out")
            return False
        for reference in shape(table).references:
            wanted, shown = row.references.get(reference.name, ("", ""))
            found[reference.name] = target = self.names.resolved(reference.table, wanted) if shown else None
            if target is None and reference.required:
                what = f"refers to {reference.table} {shown}, which is not there" if shown else "says nothing"
                self._refuse(table, row, f"{reference.name} {what}; the record was left out")
                return False
            if shown and target is None:
                self._refuse(table, row, f"{reference.table} {shown} is not there", reference.name)
        self._point(table, found)
        if table in ("organization", "service"):
            found["source"] = self.feed.source
            found["external_id"] = found.get("external_id") or (row.id if row.foreign else None)
        if table == "location" and not found["external_identifier"] and row.foreign:
            found["external_identifier"] = row.id
        return True

    def _date(self, service: dict[str, Any], record_id: str) -> None:
        if service["last_modified"]:
            self.dated.add(record_id)
        else:
            service["last_modified"] = self.now

    def _point(self, table: str, found: dict[str, Any]) -> None:
        """Ids that no foreign key knows of, since they may point to any table or to their own."""
        pairs = {
            "attribute": ("link_id", found.get("link_entity")),
            "metadata": ("resource_id", found.get("resource_type")),
            "organization": ("parent_organization_id", "organization"),
            "taxonomy_term": ("parent_id", "taxonomy_term"),
        }
        name, target = pairs.get(table, (None, None))
        if name and found.get(name) and target in TABLES:
            found[name] = self.names.resolved(str(target), feed_id(found[name])) or found[name]

    def _among(self, column: Any, ids: Collection[str]) -> ColumnElement[bool]:
        return among(self.connection, column, ids)

    def _refuse(self, table: str, row: Prepared, reason: str, field: str | None = None) -> None:
        self.report.refuse(Refusal(row.file, row.line, reason, field, table, row.id))

    def _change(self, table: str, rows: list[dict[str, Any]]) -> None:
        columns = shape(table).table.c
        before = {
            row.id: row._asdict()
            for row in self.connection.execute(
                select(*columns).where(self._among(columns.id, [row["id"] for row in rows]))
            )
        }
        told = {row["id"]: self._differences(before[row["id"]], row) for row in rows if row["id"] in before}
        really = [row for row in rows if told.get(row["id"])]
        lost = [row for row in rows if row["id"] not in before]  # taken out by hand since
        if lost:
            bulk.add(self.connection, shape(table).table, lost)
        self.report.count(table, "unchanged", len(rows) - len(really) - len(lost))
        self.report.count(table, "changed", len(really))
        self.report.count(table, "added", len(lost))
        if not really:
            return
        self._touch(table, [before[row["id"]] for row in really])  # whose it was, if it goes from one to another
        self._log((table, row["id"], "update", name, old, new) for row in really for name, old, new in told[row["id"]])
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in really[0] if name != "id"}
        statement = update(shape(table).table).where(columns.id == bindparam("this")).values(values)
        bound = [{"this": row["id"], **{f"new_{n}": v for n, v in row.items() if n != "id"}} for row in really]
        self.connection.execute(statement, bound)

    def _differences(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
        """Name, old and new value of the columns that changed; not the date of the change where we set it ourselves."""
        found = []
        for name, new in after.items():
            old = before[name]
            if isinstance(old, datetime) and isinstance(new, datetime) and old.tzinfo is None:
                new = new.replace(tzinfo=None)  # SQLite gives times back without their zone
            if old != new and (name != "last_modified" or after["id"] in self.dated):
                found.append((name, old, new))
        return found

    def _log(self, changes: Iterable[tuple[str, str, str, str, Any, Any]]) -> None:
        """The log of the specification: one row for each field."""
        rows = [
            {
                "id": str(uuid.uuid4()), "resource_id": id_, "resource_type": table,
                "last_action_date": self.now.date(),
                "last_action_type": action, "field_name": name, "previous_value": _shown(old),
                "replacement_value": _shown(new), "updated_by": f"import of {self.feed.source}",
            }
            for table, id_, action, name, old, new in changes
        ]  # fmt: skip
        bulk.add(self.connection, cast(Table, Metadata.__table__), rows)

    def _remember(self, table: str, seen: list[tuple[str, str, str]], known: Mapping[str, tuple[str, str]]) -> None:
        rows = [
            {
                "source": self.feed.source, "entity": table, "feed_id": feed_id, "record_id": record_id,
                "digest": digest, "run_id": self.run_id,
            }
            for feed_id, record_id, digest in seen
        ]  # fmt: skip
        fresh = [row for row in rows if row["feed_id"] not in known]
        again = [row for row in rows if row["feed_id"] in known]
        bulk.add(self.connection, cast(Table, FeedRecord.__table__), fresh)
        if again:
            statement = (
                update(FeedRecord.__table__)  # type: ignore[arg-type]
                .where(
                    FeedRecord.source == self.feed.source,
                    FeedRecord.entity == table,
                    FeedRecord.feed_id == bindparam("this"),
                )
                .values(digest=bindparam("new_digest"), run_id=self.run_id)
            )
            bound = [{"this": row["feed_id"], "new_digest": row["digest"]} for row in again]
            self.connection.execute(statement, bound)

    def _keep(self, table: str, refused: list[str]) -> None:
        """A record that cannot be read this time is not gone: what an earlier import took of it stays."""
        if refused:
            mine = (FeedRecord.source == self.feed.source, FeedRecord.entity == table)
            there = update(FeedRecord).where(*mine, self._among(FeedRecord.feed_id, refused))
            self.connection.execute(there.values(run_id=self.run_id, digest=""))

    # -- what is not in it any more

    def _gone(self, table: str) -> None:
        """Closes services and removes details that this source had and has no longer.

        A feed that is not complete says nothing of the services it leaves out, but all of those it names: their
        details are compared, and the hours and numbers of a place for which it has any; others stay as they are.
        """
        for chunk in batched(self._absent(table), CHUNK):
            ids = [record_id for _, record_id in chunk]
            columns = shape(table).table.c
            if table == "service":
                self._close(ids)
            elif table not in _KEPT:
                owners = [column for column in columns if column.name in ("service_id", "location_id")]
                rows = self.connection.execute(select(*columns).where(self._among(columns.id, ids))).all()
                self._touch(table, [dict(row._mapping) for row in rows])
                if owners:
                    self._log((table, row.id, "delete", "id", row.id, "") for row in rows)
                self.connection.execute(delete(shape(table).table).where(self._among(columns.id, ids)))
                self.report.count(table, "removed", len(rows))
                self._forget(table, [feed_id for feed_id, _ in chunk])

    def _doubt(self) -> None:
        """Refuses a complete feed that lacks most of what was there: it is likelier cut off than that much closed."""
        gone = len(self._absent("service"))
        mine = select(func.count()).where(FeedRecord.source == self.feed.source, FeedRecord.entity == "service")
        before = self.connection.scalar(mine) or 0
        if gone > MANY and gone > before / 2:
            raise FeedError(
                f"the feed lacks {gone:,} of the {before:,} services of its source, and with --replace they would be "
                "closed. Nothing was changed. If that is right, run it again with --close-many; if the file is only a "
                "part, without --replace."
            )

    def _absent(self, table: str) -> list[tuple[str, str]]:
        statement = select(FeedRecord.feed_id, FeedRecord.record_id).where(
            FeedRecord.source == self.feed.source, FeedRecord.entity == table, FeedRecord.run_id != self.run_id
        )
        if not self.feed.complete:
            columns = shape(table).table.c
            owner = columns.get("service_id")
            if owner is None or table in _KEPT or not self.counts.get(table):
                return []  # a list of services without their numbers does not say that they have none
            compared: ColumnElement[bool] = owner.in_(self._named("service").scalar_subquery())
            if table in _OF_PLACES:
                # Only those that are said again: a place may be named for no more than that a service is there.
                there, place = columns.service_at_location_id, columns.location_id
                again = columns.id.in_(self._named(table).scalar_subquery())
                compared = or_(
                    compared,
                    and_(owner.is_(None), there.in_(select(there).where(again).scalar_subquery())),
                    and_(owner.is_(None), there.is_(None), place.in_(select(place).where(again).scalar_subquery())),
                )
            mine = select(columns.id).where(compared)
            statement = statement.where(FeedRecord.record_id.in_(mine.scalar_subquery()))
        return [(row.feed_id, row.record_id) for row in self.connection.execute(statement)]

    def _named(self, table: str) -> Select[str]:
        """Ids of the records of a table that the feed has this time."""
        mine = (FeedRecord.source == self.feed.source, FeedRecord.entity == table, FeedRecord.run_id == self.run_id)
        return select(FeedRecord.record_id).where(*mine)

    def _close(self, ids: list[str]) -> None:
        open_ = select(Service.id, Service.status).where(self._among(Service.id, ids), Service.status != CLOSED)
        rows = self.connection.execute(open_).all()
        if not rows:
            return
        self._log(("service", row.id, "update", "status", row.status, CLOSED) for row in rows)
        closed = [row.id for row in rows]
        self.connection.execute(update(Service).where(self._among(Service.id, closed)).values(status=CLOSED))
        # Without its digest a service that comes back is written again.
        forget = update(FeedRecord).where(
            FeedRecord.source == self.feed.source,
            FeedRecord.entity == "service",
            self._among(FeedRecord.record_id, closed),
        )
        self.connection.execute(forget.values(digest=""))
        self.touched.update(closed)
        self.report.count("service", "closed", len(closed))

    def _forget(self, table: str, feed_ids: list[str]) -> None:
        statement = delete(FeedRecord).where(
            FeedRecord.source == self.feed.source,
            FeedRecord.entity == table,
            self._among(FeedRecord.feed_id, feed_ids),
        )
        self.connection.execute(statement)

    # -- afterwards

    def _touch(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Notes which services the change of these rows concerns."""
        rows = list(rows)
        if table == "service":
            self.touched.update(row["id"] for row in rows)
            return
        self.touched.update(row["service_id"] for row in rows if row.get("service_id"))
        if table == "attribute":
            self.touched.update(row["link_id"] for row in rows if row["link_entity"] == "service")
        # A number of the organization is that of each of its services without one; its programs and contacts are not.
        owners = ("location", "service_at_location", "organization") if table == "phone" else _OF_DETAILS
        for owner in owners:
            self.concerned[owner].update(row[f"{owner}_id"] for row in rows if row.get(f"{owner}_id"))
        if table in parents.OWNERS:
            self.concerned[table].update(row["id"] for row in rows)

    def _concern(self) -> None:
        """Touches the services of what was touched."""
        for table, ids in self.concerned.items():
            for chunk in batched(sorted(ids), CHUNK):
                self.touched.update(parents.services_of(self.connection, table, chunk))

    def _cut_cycles(self) -> None:
        for table, name in (("organization", "parent_organization_id"), ("taxonomy_term", "parent_id")):
            for id_ in parents.cut_cycles(self.connection, table, name):
                self.report.refuse(
                    Refusal("", 0, "is its own ancestor; the link to its parent was left out", name, table, id_)
                )

    def _index(self) -> None:
        self._concern()
        ids = sorted(self.touched)
        undated = [id_ for id_ in ids if id_ not in self.dated and id_ not in self.added]
        for chunk in batched(undated, CHUNK):  # a new number is a change of the service for whoever follows it
            self.connection.execute(
                update(Service).where(self._among(Service.id, chunk)).values(last_modified=self.now)
            )
        needs_for(self.connection, ids, self.beside, step=lambda done: self.step("Telling needs", done, len(ids)))
        reindex(self.session, ids, step=lambda done: self.step("Indexing", done, len(ids)), beside=self.beside)
        timetables.tidy(self.connection)


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


__all__ = ["TABLES", "Step", "Writing"]
