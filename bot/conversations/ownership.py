"""Who may speak: bot, waiting, held, closed.

Every change is one statement with the old state in its condition, one audit row, and what the book of handoffs says
about it, in the same transaction.

Whatever takes a conversation from a specialist remembers the last message that they had (`held_to`): the bot is silent
from the claim on, and does not answer what was written to a person. Danger alone is answered then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.conversations.models import Audit, Conversation
from bot.handoff import book
from bot.handoff.book import DANGER

_NOBODY: dict[str, Any] = {"holder": None, "waiting_since": None, "priority": 0}


def ask_for_person(
    session: Session, conversation_id: str, *, reason: str, priority: int, now: datetime,
    skill: str | None = None, mark: str | None = None,
) -> bool:  # fmt: skip
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
        book.opened(session, conversation_id, reason, priority, now, skill=skill, mark=mark)
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
        book.raised(session, conversation_id, book.level_of(priority), None, now)
    return False


def claim(session: Session, conversation_id: str, specialist: str, now: datetime) -> bool:
    """From waiting to held. Of two who press at once one gets it."""
    claimed = _change(
        session, conversation_id, ("waiting",), now, owner="held", holder=specialist, engine_stale=True,
        options=[],  # numbers that the bot has offered mean nothing after words of a specialist
    )  # fmt: skip
    if claimed:
        book.taken(session, conversation_id, specialist, "claim", now)
        _audit(session, conversation_id, specialist, "claimed", now)
    return claimed


def release(
    session: Session,
    conversation_id: str,
    specialist: str,
    now: datetime,
    *,
    how: Literal["release", "disconnected", "transfer"] = "release",
    skill: str | None = None,
) -> bool:
    """From held back to waiting, with the time that it has waited already and the priority that it has.

    Args:
        specialist: who holds it.
        skill: who should take it next: "language:pa" or a skill of staff.
    """
    freed = _change(
        session, conversation_id, ("held",), now, specialist, owner="waiting", holder=None,
        held_to=Conversation.last_seq,
    )  # fmt: skip
    if freed:
        book.freed(session, conversation_id, how, now, skill=skill)
        actor = "system" if how == "disconnected" else specialist
        _audit(session, conversation_id, actor, "released", now, how=how, holder=specialist)
    return freed


def hand_over(
    session: Session,
    conversation_id: str,
    holder: str,
    to: str,
    now: datetime,
    *,
    how: Literal["transfer", "takeover", "reassign"],
    by: str,
) -> bool:
    """From one specialist to another. False when `holder` does not hold it (any more)."""
    given = _change(session, conversation_id, ("held",), now, holder, owner="held", holder=to)
    if given:
        book.taken(session, conversation_id, to, how, now)
        _audit(session, conversation_id, by, how, now, holder=holder, to=to)
    return given


def give_back(session: Session, conversation_id: str, specialist: str, now: datetime) -> bool:
    """From held to bot, by the one who holds it."""
    given = _change(
        session, conversation_id, ("held",), now, specialist, owner="bot", risk_level=0,
        held_to=Conversation.last_seq, **_NOBODY,
    )  # fmt: skip
    if given:
        book.ended(session, conversation_id, "returned", "return", now)
        _audit(session, conversation_id, specialist, "returned", now)
    return given


def close(session: Session, conversation_id: str, specialist: str, now: datetime, *, outcome: str = "closed") -> bool:
    """From held to closed, by the one who holds it."""
    closed = _change(
        session, conversation_id, ("held",), now, specialist, owner="closed", risk_level=0,
        held_to=Conversation.last_seq, **_NOBODY,
    )  # fmt: skip
    if closed:
        book.ended(session, conversation_id, outcome, "close", now)
        _audit(session, conversation_id, specialist, "closed", now, outcome=outcome)
    return closed


def stop_waiting(
    session: Session,
    conversation_id: str,
    outcome: Literal["left", "unanswered", "callback"],
    now: datetime,
    *,
    actor: str = "system",
) -> bool:
    """From waiting to bot: the person does not want to wait any longer, or nobody came."""
    stopped = _change(session, conversation_id, ("waiting",), now, owner="bot", **_NOBODY)
    if stopped:
        book.ended(session, conversation_id, outcome, outcome, now)
        _audit(session, conversation_id, actor, outcome, now)
    return stopped


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


__all__ = [
    "DANGER", "ask_for_person", "claim", "close", "give_back", "hand_over", "release", "reopen", "stop_waiting",
]  # fmt: skip
