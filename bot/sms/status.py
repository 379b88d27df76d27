"""What the carrier reports about a text that it took: late, twice or in any order, it changes nothing twice.

The statuses and their order are those of Twilio's page "Outbound Message Status in Status Callbacks", which also says
that callbacks may overtake each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.conversations.carrier_models import DeliveryEvent
from bot.conversations.models import Outbox, new_id
from bot.sms import outcome
from bot.sms.outcome import DELIVERED, FAILED

RANKS: Mapping[str, int] = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "canceled": 4,
    "undelivered": 4,
    "failed": 4,
    "partially_delivered": 5,
    "delivered": 6,
    "read": 7,
}
"""A status counts only when it is higher than the one before. A network that reports a failure may be wrong; one that
reports a delivery is believed."""

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""One statement instead of a look, a savepoint and an insert for each."""

Taken = Literal["changed", "again", "noted", "known", "unknown"]
"""changed; changed, and the text is to be sent again; only remembered; was known; of no text of ours, so not kept."""


@dataclass(frozen=True, slots=True)
class Report:
    """A status callback.

    Attributes:
        sid: the carrier's id of the text.
        out: our own, which stood in the callback's address. It tells of a text that was taken although the process
            that sent it died before it could write the carrier's id down.
        status: as the carrier calls it; one that is not in `RANKS` is remembered and changes nothing.
        error_code: the carrier's.
        at: when it came.
    """

    sid: str
    out: str | None
    status: str
    error_code: int | None
    at: datetime


def take_all(session: Session, reports: Sequence[Report]) -> list[Taken]:
    """Takes status callbacks, in their order. What came of each, in the same order.

    Texts and callbacks are looked up for all of them at once: several come for each text, and while they are
    written nobody else can write.
    """
    by_sid, by_id = _rows(session, reports)
    ours = [report for report in reports if report.sid in by_sid or report.out in by_id]
    new = _remember(session, ours)
    taken: list[Taken] = []
    for report in reports:
        row = by_sid.get(report.sid)
        if row is None or row.sid != report.sid:
            row = by_id.get(report.out)
        if row is None:
            taken.append("unknown")
            continue
        key = report.sid, report.status
        taken.append(_take(session, row, report) if key in new else "known")
        new.discard(key)  # what stands there twice has come twice
        if row.sid == report.sid:
            by_sid[report.sid] = row
    return taken


def _take(session: Session, row: Outbox, report: Report) -> Taken:
    if row.sid != report.sid:
        if not outcome.open_to_news(row) or _failed_before(session, report.sid, report.status):
            return "noted"  # of an attempt that another has followed
        outcome.taken(row, report.sid, report.at)
    if report.status not in RANKS or RANKS[report.status] <= RANKS.get(row.status or "", -1):
        return "noted"
    row.status = report.status
    if report.status in DELIVERED:
        row.state, row.error_code = "delivered", None
    elif report.status in FAILED:
        outcome.failed(session, row, report.error_code, report.at)
        return "again" if row.state == "ready" else "changed"
    return "changed"


def _rows(session: Session, reports: Sequence[Report]) -> tuple[dict[str, Outbox], dict[str | None, Outbox]]:
    """The texts of callbacks, locked: those that have the carrier's id, and those that our own ids name.

    The first come first, because of two texts with the same words to the same person a search may have found the
    other's.
    """
    texts = select(Outbox).order_by(Outbox.id).with_for_update().execution_options(populate_existing=True)
    by_sid = {
        row.sid: row for row in session.scalars(texts.where(Outbox.sid.in_({one.sid for one in reports}))) if row.sid
    }
    named = {one.out: one.out[:36] for one in reports if one.out}
    if all(one.sid in by_sid for one in reports) or not named:
        return by_sid, {}
    found = {row.id: row for row in session.scalars(texts.where(Outbox.id.in_(set(named.values()))))}
    return by_sid, {out: found[id] for out, id in named.items() if id in found}


def _remember(session: Session, reports: Sequence[Report]) -> set[tuple[str, str]]:
    """Stores the callbacks; gives those that were not there yet."""
    if not reports:
        return set()
    insert = _INSERT[session.get_bind().dialect.name](DeliveryEvent.__table__)
    rows = [
        {"id": new_id(), "sid": one.sid, "status": one.status, "error_code": one.error_code, "created_at": one.at}
        for one in reports
    ]
    new = insert.values(rows).on_conflict_do_nothing().returning(DeliveryEvent.sid, DeliveryEvent.status)
    return {(sid, status) for sid, status in session.execute(new)}


def _failed_before(session: Session, sid: str, status: str) -> bool:
    """Whether this attempt is known to have failed, by another callback than this one."""
    event = select(DeliveryEvent.id).where(
        DeliveryEvent.sid == sid, DeliveryEvent.status.in_(FAILED), DeliveryEvent.status != status
    )
    return session.scalar(event.limit(1)) is not None
