"""Anonymous doors: the sealed number of a text is forgotten once nothing is left to send to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from bot.conversations.ledger import Ledger
from bot.conversations.models import Conversation, Outbox, Person
from bot.doors.door import Door

REST = timedelta(hours=1)
"""Silence after which nobody is expected to be answered any more; a later text begins a new conversation."""


def forget_numbers(ledger: Ledger, doors: Mapping[str, Door], now: datetime) -> int:
    """Cuts what was said at anonymous doors off from the person who said it. Blocks. Gives how many conversations."""
    anonymous = [door.id for door in doors.values() if door.anonymous]
    if not anonymous:
        return 0
    unsent = exists().where(Outbox.conversation_id == Conversation.id, Outbox.state.in_(("ready", "sending")))
    rested = select(Conversation.id, Conversation.person_id).where(
        Conversation.door.in_(anonymous),
        Conversation.person_id.is_not(None),
        Conversation.owner.in_(("bot", "closed")),
        Conversation.updated_at < now - REST,
        ~unsent,
    )
    with Session(ledger.reader) as session:
        found = session.execute(rested).all()
    if not found:
        return 0
    ids, people = [one[0] for one in found], {one[1] for one in found}
    with ledger.writing() as session:
        quiet = {"synchronize_session": False}
        session.execute(
            update(Conversation)
            .where(Conversation.id.in_(ids))
            .values(person_id=None, line=None)
            .execution_options(**quiet)
        )
        session.execute(
            update(Outbox).where(Outbox.conversation_id.in_(ids)).values(person_id=None).execution_options(**quiet)
        )
        elsewhere = exists().where(Conversation.person_id == Person.id)
        session.execute(delete(Person).where(Person.id.in_(people), ~elsewhere).execution_options(**quiet))
    return len(ids)
