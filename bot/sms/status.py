"""What the carrier reports about a text that it took: late, twice or in any order, it changes nothing twice.

The statuses and their order are those of Twilio's page "Outbound Message Status in Status Callbacks", which also says
that callbacks may overtake each other.
"""

from __future__ import annotations

from collections.abc import Mapping
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
"""One statement instead of a look, a savepoint and an insert: there are several callbacks for each text."""

Taken = Literal["changed", "again", "noted", "known", "unknown"]
"""changed; changed, and the text is to be sent again; only remembered; was known; of no text of ours, so not kept."""


def take(session: Session, sid: str, out: str | None, status: str, error_code: int | None, now: datetime) -> Taken:
    """Takes a status callback.

    Args:
        sid: the carrier's id of the text.
        out: our own, which stood in the callback's address. It tells of a text that was taken although the process
            that sent it died before it could write the carrier's id down.
        status: as the carrier calls it; one that is not in `RANKS` is remembered and changes nothing.
    """
    row = _row(session, sid, out)
    if row is None:
        return "unknown"
    if not _remember(session, sid, status, error_code, now):
        return "known"
    if row.sid != sid:
        if not outcome.open_to_news(row) or _failed_before(session, sid, status):
            return "noted"  # of an attempt that another has followed
        outcome.taken(row, sid, now)
    if status not in RANKS or RANKS[status] <= RANKS.get(row.status or "", -1):
        return "noted"
    row.status = status
    if status in DELIVERED:
        row.state, row.error_code = "delivered", None
    elif status in FAILED:
        outcome.failed(session, row, error_code, now)
        return "again" if row.state == "ready" else "changed"
    return "changed"


def _row(session: Session, sid: str, out: str | None) -> Outbox | None:
    """The text of a callback, locked: the one that has this id of the carrier, else the one that our own id names.

    In this order, because of two texts with the same words to the same person a search may have found the other's.
    """
    mine = select(Outbox).where(Outbox.sid == sid).with_for_update().execution_options(populate_existing=True)
    found = session.scalar(mine)
    if found is None and out is not None:
        return outcome.locked(session, out[:36])
    return found


def _remember(session: Session, sid: str, status: str, error_code: int | None, now: datetime) -> bool:
    """Stores the callback; false when it is there already."""
    insert = _INSERT[session.get_bind().dialect.name]
    values = {"id": new_id(), "sid": sid, "status": status, "error_code": error_code, "created_at": now}
    new = insert(DeliveryEvent.__table__).values(**values).on_conflict_do_nothing().returning(DeliveryEvent.id)
    return session.execute(new).scalar_one_or_none() is not None


def _failed_before(session: Session, sid: str, status: str) -> bool:
    """Whether this attempt is known to have failed, by another callback than this one."""
    event = select(DeliveryEvent.id).where(
        DeliveryEvent.sid == sid, DeliveryEvent.status.in_(FAILED), DeliveryEvent.status != status
    )
    return session.scalar(event.limit(1)) is not None
