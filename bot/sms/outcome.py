"""What becomes of a text after the carrier was asked: taken, refused, nobody knows, put aside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from bot.carrier import errors
from bot.carrier.errors import Treatment
from bot.carrier.rest import Sent
from bot.conversations import people
from bot.conversations.carrier_models import DeliveryEvent
from bot.conversations.models import Audit, Outbox, Person

log = structlog.get_logger(__name__)
FAILED = ("undelivered", "failed", "canceled")
"""Statuses after which a text will not arrive any more."""
DELIVERED = ("delivered", "read")
LATER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
"""Waits before a phone that was off is tried again."""
SILENT = "silent"
"""The status of a text whose request got no answer: one search for it in vain proves nothing."""
LOOKED = "looked"
"""The status of a text that was searched for in vain, after which the carrier had time to read what lay there."""
SECOND_LOOK = timedelta(seconds=5)
SECOND_LOOK_IN_DANGER = timedelta(seconds=2)
GIVE_UP = timedelta(hours=4)
"""A text older than this is not tried again: what it answers has passed."""
_LONGEST = 60.0
_LONGEST_IN_DANGER = 10.0


def accepted(session: Session, outbox_id: str, sent: Sent, now: datetime) -> bool:
    """The carrier has taken the text. False when its id belongs to another text: this one is still to be looked for.

    What the carrier said about it earlier (a status callback may be quicker than the answer) is kept.
    """
    row = locked(session, outbox_id)
    if row is None:  # the person had the conversation erased meanwhile
        return True
    if row.sid == sent.sid:
        return True
    if not open_to_news(row):
        log.error("a text went out twice", outbox=outbox_id)
        return True
    if known(session, sent.sid):
        return False
    taken(row, sent.sid, now)
    row.status = sent.status
    if sent.status in DELIVERED:
        row.state = "delivered"
    elif sent.status in FAILED:
        failed(session, row, sent.error_code, now)
    return True


def open_to_news(row: Outbox) -> bool:
    """Whether an id that is new to us can be of this text: no attempt was taken yet, or the last one failed."""
    return row.state in ("sending", "ready") or (row.state == "failed" and row.sid is None)


def taken(row: Outbox, sid: str, now: datetime) -> None:
    """Writes the carrier's id into a text that it has taken."""
    row.sid, row.status, row.error_code = sid, None, None
    row.state, row.sent_at = "sent", now


def known(session: Session, sid: str) -> bool:
    """Whether an id of the carrier belongs to a text already, or to an attempt at one that failed."""
    return bool(
        session.scalar(
            select(
                exists().where(Outbox.sid == sid)
                | exists().where(DeliveryEvent.sid == sid, DeliveryEvent.status.in_(FAILED))
            )
        )
    )


def refused(
    session: Session,
    outbox_id: str,
    attempt: int,
    code: int | None,
    http_status: int,
    retry_after: float | None,
    now: datetime,
) -> None:
    """The carrier has not taken the text."""
    row = _still_ours(session, outbox_id, attempt)
    if row is not None:
        row.status = "refused"
        failed(session, row, code, now, http_status=http_status, retry_after=retry_after)


def unsure(
    session: Session, outbox_id: str, attempt: int, perhaps: bool, now: datetime, *, silent: bool = False
) -> None:
    """No answer. A text that may have been taken all the same stays "sending", and is looked for before it is sent."""
    row = _still_ours(session, outbox_id, attempt)
    if row is None:
        return
    wait = timedelta(seconds=backoff(row.attempts, row.priority))
    if now + wait - row.created_at > GIVE_UP:
        give_up(session, row, "away", now)
    elif perhaps:
        row.next_at = now + wait
        row.status = SILENT if silent else row.status
    else:
        row.state, row.next_at = "ready", now + wait


def look_again(session: Session, outbox_id: str, attempt: int, now: datetime) -> None:
    """The carrier does not have the text, but a request that it never answered may still lie there unread.

    A carrier that was slow for a while answers new questions and old requests at the same time, in any order.
    """
    row = _still_ours(session, outbox_id, attempt)
    if row is not None:
        row.status = LOOKED
        row.next_at = now + (SECOND_LOOK_IN_DANGER if row.priority > 0 else SECOND_LOOK)


def failed(
    session: Session,
    row: Outbox,
    code: int | None,
    now: datetime,
    *,
    http_status: int | None = None,
    retry_after: float | None = None,
) -> Treatment:
    """Decides about a text that was refused, or taken and then not delivered."""
    treatment = errors.what(code, http_status)
    row.error_code = code
    if treatment.alert:
        log.error("the carrier refuses texts", code=code, status=http_status, advice=treatment.words)
    wait = _wait(treatment, row, retry_after)
    if wait is not None and now + wait - row.created_at <= GIVE_UP:
        row.state, row.next_at = "ready", now + wait
        return treatment
    row.state = "failed"
    if treatment.retry == "opted_out":
        row.state = "held"
        person = session.get(Person, row.person_id) if row.person_id else None
        if person is not None and row.line is not None:
            people.opt_out(session, row.line, person.pseudonym, word="STOP", told_by="carrier", now=now)
    _noted(session, row, row.state, now, code=code)
    return treatment


def give_up(session: Session, row: Outbox, reason: str, now: datetime, code: int | None = None) -> None:
    """Puts a text aside that cannot be sent, with the reason that staff read (`errors.REASONS`)."""
    _aside(session, row, "failed", reason, now, code)


def hold(session: Session, row: Outbox, now: datetime) -> None:
    """Keeps a text back: the person wants none."""
    _aside(session, row, "held", "opted-out", now, None)


def set_aside(session: Session, outbox_id: str, attempt: int, reason: str, now: datetime) -> None:
    """The same for a claimed text that certainly has not gone out."""
    row = _still_ours(session, outbox_id, attempt)
    if row is not None:
        _aside(session, row, "held" if reason == "opted-out" else "failed", reason, now, None)


def backoff(attempts: int, priority: int) -> float:
    """Seconds before the next try: doubled each time, soon again for somebody in danger."""
    longest = _LONGEST_IN_DANGER if priority > 0 else _LONGEST
    return float(min(longest, 2.0 ** min(attempts, 10)))


def locked(session: Session, outbox_id: str) -> Outbox | None:
    return session.get(Outbox, outbox_id, with_for_update=True, populate_existing=True)


def _still_ours(session: Session, outbox_id: str, attempt: int) -> Outbox | None:
    """The claimed row, unless it was claimed anew or a status callback has settled it."""
    row = locked(session, outbox_id)
    return row if row is not None and row.state == "sending" and row.attempts == attempt else None


def _wait(treatment: Treatment, row: Outbox, retry_after: float | None) -> timedelta | None:
    """How long to wait before the next try; None for never."""
    if treatment.retry == "backoff":
        return timedelta(seconds=max(backoff(row.attempts, row.priority), retry_after or 0.0))
    if treatment.retry == "later" and row.attempts <= len(LATER):
        return LATER[max(0, row.attempts - 1)]
    return None


def _aside(
    session: Session, row: Outbox, state: Literal["failed", "held"], reason: str, now: datetime, code: int | None
) -> None:
    values: dict[str, Any] = {"state": state, "status": reason, "error_code": code}
    changed = session.execute(
        update(Outbox)
        .where(Outbox.id == row.id, Outbox.state.in_(("ready", "sending")))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        _noted(session, row, state, now, code=code, reason=reason)


def _noted(session: Session, row: Outbox, state: str, now: datetime, **detail: Any) -> None:
    """Leaves a line for staff in the conversation's history, without words or numbers."""
    session.add(
        Audit(
            conversation_id=row.conversation_id,
            actor="carrier" if detail.get("code") else "system",
            action="text held" if state == "held" else "text failed",
            detail={"outbox": row.id, **{name: value for name, value in detail.items() if value is not None}},
            created_at=now,
        )
    )
