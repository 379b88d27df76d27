"""The worklist of calls to make: people who left a number, or a message, when nobody was there.

A number is opened only for whoever makes the call, and that is recorded. "Safe" is what the person said: outside those
hours somebody they fear may pick up.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from cryptography.fernet import InvalidToken
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.clock import TORONTO
from bot.conversations import ownership
from bot.conversations.carrier_models import Callback
from bot.conversations.identity import Keys
from bot.conversations.models import Conversation
from bot.handoff import book
from bot.handoff.models import Handoff
from bot.handoff.people import Taker
from bot.safety.levels import Level
from bot.staff.record import record

HOURS: dict[str, tuple[time, time]] = {
    "morning": (time(8), time(12)),
    "afternoon": (time(12), time(17)),
    "evening": (time(17), time(21)),
}
"""What the words mean on the clock of Toronto. "any", and danger, is any hour."""
POLITE = (time(8), time(21))
"""Somebody who has not said when is called at hours at which one calls."""
AGAIN = timedelta(hours=1)
"""After a try that nobody answered, until the next is due."""
Result = Literal["reached", "no_answer", "wrong_number", "not_wanted"]
RESULTS: tuple[Result, ...] = ("reached", "no_answer", "wrong_number", "not_wanted")


@dataclass(frozen=True, slots=True)
class Call:
    """A call to make. `due` says that it is safe and time now; `next_at` when it will be, if it is not."""

    id: str
    conversation: str
    door: str
    kind: str
    language: str
    risk_level: int
    since: datetime
    safe_hours: str | None
    may_leave_message: bool | None
    has_number: bool
    has_recording: bool
    tries: int
    due: bool
    next_at: datetime | None


def worklist(session: Session, now: datetime, doors: Collection[str] = ("*",)) -> list[Call]:
    """All open calls at these doors: danger first, then what is due, then the oldest."""
    statement = (
        select(Callback, Conversation, Handoff.risk_level)
        .join(Conversation, Conversation.id == Callback.conversation_id)
        .outerjoin(Handoff, Handoff.callback_id == Callback.id)
        .where(Callback.state == "open")
        .execution_options(populate_existing=True)
    )
    if "*" not in doors:
        statement = statement.where(Conversation.door.in_(sorted(doors)))
    found: dict[str, Call] = {}
    for row, conversation, level in session.execute(statement):
        one = _call(row, conversation, max(level or 0, conversation.risk_level), now)
        if one.id not in found or found[one.id].risk_level < one.risk_level:
            found[one.id] = one
    return sorted(found.values(), key=_rank)


def number_for(session: Session, keys: Keys, callback_id: str, member: Taker, now: datetime) -> str | None:
    """The number to call, as E.164, for whoever makes the call now. Recorded. None when there is none."""
    row = session.get(Callback, callback_id)
    conversation = session.get(Conversation, row.conversation_id) if row else None
    if row is None or conversation is None or row.state != "open" or row.number is None:
        return None
    if not member.at(conversation.door):
        return None
    try:
        number = keys.opened(row.number)
    except InvalidToken:  # sealed with another key
        return None
    record(session, member.id, "number_opened", conversation=conversation.id, door=conversation.door, at=now)
    return number


def finish(session: Session, callback_id: str, member: Taker, result: Result, now: datetime) -> bool:
    """Notes what came of a call. False when it is not open (any more), or at another's door.

    Without an answer it stays open and is due again later; everything else ends it, and the wait that it belongs to.

    Raises:
        ValueError: for an unknown result.
    """
    if result not in RESULTS:
        raise ValueError(f"what came of a call is one of {', '.join(RESULTS)}")
    row = session.get(Callback, callback_id, populate_existing=True)
    conversation = session.get(Conversation, row.conversation_id, populate_existing=True) if row else None
    if row is None or conversation is None or not member.at(conversation.door):
        return False
    over = {"state": "done", "outcome": result, "done_by": member.id, "done_at": now}
    changed = session.execute(
        update(Callback)
        .where(Callback.id == callback_id, Callback.state == "open")
        .values(tries=Callback.tries + 1, tried_at=now, **({} if result == "no_answer" else over))
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    handoff = book.open_handoff(session, conversation.id)
    if result != "no_answer" and handoff is not None and handoff.callback_id == callback_id:
        ownership.stop_waiting(session, conversation.id, "callback", now, actor=member.id)
    record(
        session, member.id, "called_back", conversation=conversation.id, door=conversation.door, at=now, result=result
    )
    return True


def safe_from(hours: str | None, now: datetime, *, danger: bool = False) -> datetime:
    """The first moment from `now` on at which the person may be called."""
    if hours == "any" or (danger and hours is None):
        return now
    opens, closes = HOURS.get(hours or "", POLITE)
    here = now.astimezone(TORONTO)
    for days in (0, 1):
        day = here.date() + timedelta(days=days)
        begin = datetime.combine(day, opens, TORONTO)
        if here < datetime.combine(day, closes, TORONTO):
            return max(now, begin.astimezone(now.tzinfo))
    return now


def _call(row: Callback, conversation: Conversation, level: int, now: datetime) -> Call:
    earliest = max(now, row.tried_at + AGAIN) if row.tried_at else now
    at = safe_from(row.safe_hours, earliest, danger=level >= Level.HIGH)
    return Call(
        id=row.id, conversation=conversation.id, door=conversation.door, kind=row.kind, language=row.language,
        risk_level=level, since=row.created_at, safe_hours=row.safe_hours, may_leave_message=row.may_leave_message,
        has_number=row.number is not None, has_recording=row.recording is not None, tries=row.tries, due=at <= now,
        next_at=None if at <= now else at,
    )  # fmt: skip


def _rank(one: Call) -> tuple[int, bool, datetime, str]:
    return -(one.risk_level if one.risk_level >= Level.HIGH else 0), not one.due, one.since, one.id
