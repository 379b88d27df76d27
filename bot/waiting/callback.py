"""Somebody who does not want to wait at the screen: a request to be called back, with what is safe.

The number stands encrypted in the `callback` table alone; what was agreed to so far is kept if they stop answering.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations import ownership
from bot.conversations.carrier_models import Callback
from bot.conversations.models import Audit, Conversation, Person
from bot.handoff import book
from bot.waiting.wording import HOURS


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody has said about being called back; None where they have not.

    Attributes:
        number: encrypted.
        own: they want to be called at the number that they text from.
        hours: one of `HOURS`: when it is safe.
        may: whether a message may be left; unknown is no.
        language: in which they want to be called.
    """

    number: bytes | None = None
    own: bool = False
    hours: str | None = None
    may: bool | None = None
    language: str | None = None


def keep(session: Session, conversation_id: str, told: Told, now: datetime) -> bool:
    """Writes it to the request of this wait, made when there is none yet. False when there is no number to call.

    Somebody who does not wait (any more) waits from then on, so that staff see the request.

    Raises:
        ValueError: for hours that are not offered.
    """
    if told.hours is not None and told.hours not in HOURS:
        raise ValueError(f"safe hours are one of {', '.join(HOURS)}")
    conversation = session.get(Conversation, conversation_id, populate_existing=True)
    if conversation is None or conversation.owner == "held":
        return False
    number = told.number or (_own(session, conversation) if told.own else None)
    row = _open(session, conversation_id)
    if row is None:
        if number is None:
            return False
        row = _new(session, conversation, now)
    row.number = number or row.number
    row.safe_hours = told.hours or row.safe_hours
    row.may_leave_message = told.may if told.may is not None else row.may_leave_message
    row.language = told.language or row.language
    session.flush()
    handoff = book.open_handoff(session, conversation_id)
    if handoff is None:
        ownership.ask_for_person(session, conversation_id, reason="callback", priority=0, now=now)
    elif handoff.callback_id is None:
        handoff.callback_id = row.id
    session.flush()
    return True


def textable(channel: str) -> bool:
    """Whether the address of this channel is a number that can be called."""
    return channel == "sms"


def _own(session: Session, conversation: Conversation) -> bytes | None:
    person = session.get(Person, conversation.person_id) if conversation.person_id else None
    return person.address if person is not None and textable(person.channel) else None


def _open(session: Session, conversation_id: str) -> Callback | None:
    return session.scalars(
        select(Callback)
        .where(Callback.conversation_id == conversation_id, Callback.state == "open")
        .order_by(Callback.created_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()


def _new(session: Session, conversation: Conversation, now: datetime) -> Callback:
    row = Callback(
        id=str(uuid.uuid4()), conversation_id=conversation.id, kind="callback", language=conversation.language,
        state="open", created_at=now,
    )  # fmt: skip
    session.add(row)
    detail = {"kind": "callback", "channel": conversation.channel}
    session.add(
        Audit(conversation_id=conversation.id, actor="person", action="callback", detail=detail, created_at=now)
    )
    session.flush()
    return row
