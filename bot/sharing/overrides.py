"""Going against what a person has excluded: one member asks with a reason, another one decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.conversations.identity import Keys
from bot.conversations.models import Conversation
from bot.sharing.deciding import Wish
from bot.sharing.models import Override
from bot.sharing.rule import Rule
from bot.staff.record import record

SHORTEST_REASON = 10
LONGEST_REASON = 500


class NotAsked(ValueError):
    """It cannot be asked for; the text is a code: reason, words, ground."""


def ask(
    session: Session,
    conversation: Conversation,
    wish: Wish,
    *,
    reason: str,
    words: str,
    by: str,
    rule: Rule,
    keys: Keys,
    now: datetime,
) -> Override:
    """Puts the request before the others. The words are sealed, and erased with the decision's time.

    Raises:
        NotAsked: without a reason, without words, or where the person's own yes is the ground.
    """
    if reason not in rule.reasons:
        raise NotAsked("reason")
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise NotAsked("words")
    if wish.ground == "consent":
        raise NotAsked("ground")
    row = Override(
        conversation_id=conversation.id,
        door=conversation.door,
        recipient=wish.recipient,
        purpose=wish.purpose,
        fields=list(wish.fields),
        ground=wish.ground,
        reason=reason,
        words=keys.sealed(words),
        asked_by=by,
        asked_at=now,
    )
    session.add(row)
    session.flush()
    record(
        session, by, "override_asked", conversation=conversation.id, door=conversation.door, at=now, override=row.id,
        line=wish.recipient, fields=list(wish.fields), ground=wish.ground, reason=reason,
    )  # fmt: skip
    return row


def pending(session: Session, rule: Rule, now: datetime) -> Sequence[Override]:
    """Requests that nobody has decided; those that are too old are over."""
    since = now - timedelta(hours=rule.override_hours)
    return session.scalars(
        select(Override).where(Override.state == "pending", Override.asked_at > since).order_by(Override.asked_at)
    ).all()


def decide(
    session: Session, override_id: str, *, approved: bool, by: str, rule: Rule, now: datetime
) -> Override | None:
    """Decides a request, once. None when there is nothing to decide, or the decider is the one who asked."""
    done = session.execute(
        update(Override)
        .where(
            Override.id == override_id,
            Override.state == "pending",
            Override.asked_by != by,
            Override.asked_at > now - timedelta(hours=rule.override_hours),
        )
        .values(state="approved" if approved else "refused", decided_by=by, decided_at=now)
        .execution_options(synchronize_session=False)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        return None
    row = session.get_one(Override, override_id)
    session.refresh(row)
    record(
        session, by, "override_approved" if approved else "override_refused", conversation=row.conversation_id,
        door=row.door, at=now, override=row.id, line=row.recipient,
    )  # fmt: skip
    return row
