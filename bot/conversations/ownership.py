"""Who may speak: bot, waiting, held, closed.

Every change is one statement with the old state in its condition, and one audit row in the same transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.conversations.models import Audit, Conversation

DANGER = 100
"""Priority of a conversation with a finding of high; emergencies get twice as much."""


def ask_for_person(session: Session, conversation_id: str, *, reason: str, priority: int, now: datetime) -> bool:
    """From bot to waiting. False when somebody waits or speaks already; then only a higher priority is noted."""
    asked = _change(
        session,
        conversation_id,
        ("bot", "closed"),
        now,
        owner="waiting",
        waiting_since=now,
        priority=priority,
    )
    if asked:
        _audit(session, conversation_id, "bot", "waiting", now, reason=reason, priority=priority)
        return True
    raised = session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, Conversation.priority < priority)
        .values(priority=priority)
        .execution_options(synchronize_session=False)
    )
    if raised.rowcount:  # type: ignore[attr-defined]
        _audit(session, conversation_id, "bot", "priority", now, reason=reason, priority=priority)
    return False


def claim(session: Session, conversation_id: str, specialist: str, now: datetime) -> bool:
    """From waiting to held. Of two who press at once one gets it."""
    claimed = _change(session, conversation_id, ("waiting",), now, owner="held", holder=specialist, engine_stale=True)
    if claimed:
        _audit(session, conversation_id, specialist, "claimed", now)
    return claimed


def give_back(session: Session, conversation_id: str, specialist: str, now: datetime) -> bool:
    """From held to bot, by the one who holds it."""
    given = _change(
        session,
        conversation_id,
        ("held",),
        now,
        specialist,
        owner="bot",
        holder=None,
        waiting_since=None,
        priority=0,
        risk_level=0,
    )
    if given:
        _audit(session, conversation_id, specialist, "returned", now)
    return given


def close(session: Session, conversation_id: str, specialist: str, now: datetime) -> bool:
    """From held to closed, by the one who holds it."""
    closed = _change(
        session,
        conversation_id,
        ("held",),
        now,
        specialist,
        owner="closed",
        holder=None,
        waiting_since=None,
        priority=0,
        risk_level=0,
    )
    if closed:
        _audit(session, conversation_id, specialist, "closed", now)
    return closed


def reopen(session: Session, conversation_id: str, now: datetime) -> bool:
    """From closed to bot, when the person writes again. What is known of them is kept."""
    opened = _change(session, conversation_id, ("closed",), now, owner="bot")
    if opened:
        _audit(session, conversation_id, "person", "reopened", now)
    return opened


def _change(
    session: Session,
    conversation_id: str,
    before: tuple[str, ...],
    now: datetime,
    holder_is: str | None = None,
    **values: Any,
) -> bool:
    statement = update(Conversation).where(Conversation.id == conversation_id, Conversation.owner.in_(before))
    if holder_is is not None:
        statement = statement.where(Conversation.holder == holder_is)
    changed = session.execute(statement.values(updated_at=now, **values).execution_options(synchronize_session=False))
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _audit(session: Session, conversation_id: str, actor: str, action: str, now: datetime, **detail: Any) -> None:
    session.add(Audit(conversation_id=conversation_id, actor=actor, action=action, detail=detail, created_at=now))
