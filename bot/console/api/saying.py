"""Writing what a specialist says into the book and the outbox, once, in order, and only while they may speak."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.carrier.addresses import CHANNELS as TEXTING
from bot.console.api.asked import id_in
from bot.conversations import inbox
from bot.conversations.models import Conversation, Message, Outbox, new_id
from bot.conversations.ownership import DANGER
from bot.handoff import claims
from bot.safety import Level
from bot.staff.sessions import Member
from bot.words import Reply

_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_.-]")
_MOST_PARTS = 60
"""Texts that the longest message may become."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where it is sent, when not to the conversation's own channel: what a caller wants as a text."""

    channel: str
    person_id: str | None
    line: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """Replies to be said as one thing, under the page's own id.

    marks: what is kept beside each of them; `first` beside the first alone.
    """

    client_id: str
    replies: Sequence[Reply]
    marks: Mapping[str, Any] = field(default_factory=dict)
    first: Mapping[str, Any] = field(default_factory=dict)


def said_before(session: Session, conversation_id: str, client_id: str) -> list[str]:
    """The ids of the messages that were stored under an id of the page; empty when it is new."""
    key = _key(conversation_id, client_id)
    keys = [key, *(f"{key}/{part}" for part in range(1, _MOST_PARTS))]
    known = select(Message.id).where(Message.conversation_id == conversation_id, Message.channel_id.in_(keys))
    return list(session.scalars(known.order_by(Message.seq)))


def say(
    session: Session,
    conversation: Conversation,
    member: Member,
    words: Words,
    now: datetime,
    route: Route | None = None,
) -> list[str]:
    """Stores replies and their outbox rows, in the caller's transaction, which holds the conversation's row.

    Returns:
        The ids of the messages, in order.
    """
    to = route or Route(conversation.channel, conversation.person_id, conversation.line)
    seq = inbox.next_seq(session, conversation.id, len(words.replies))
    key = _key(conversation.id, words.client_id)
    ids = []
    for offset, reply in enumerate(words.replies):
        payload = {**reply.payload(), "by": member.id, "by_name": member.name, **words.marks}
        message = Message(
            id=new_id(), conversation_id=conversation.id, seq=seq + offset, direction="out", author="specialist",
            channel=to.channel, channel_id=key if not offset else f"{key}/{offset}", text=reply.text,
            language=reply.language, kind=reply.kind, payload={**payload, **words.first} if not offset else payload,
            state="said", created_at=now,
        )  # fmt: skip
        session.add(message)
        ids.append(message.id)
    session.flush()
    urgent = DANGER if conversation.risk_level >= Level.HIGH else 0
    for offset, message_id in enumerate(ids):
        session.add(
            Outbox(
                conversation_id=conversation.id, message_id=message_id, channel=to.channel, seq=seq + offset,
                priority=urgent, person_id=to.person_id, line=to.line,
                next_at=now if to.channel in TEXTING else None, created_at=now,
            )
        )  # fmt: skip
    claims.answered(session, conversation.id, now)
    conversation.updated_at = now
    session.flush()
    return ids


def own_id(body: Mapping[str, Any], otherwise: str) -> str:
    """The page's own id of what it sends, else one that is made of what it is."""
    return id_in(body) if body.get("id") is not None else _NOT_IN_IDS.sub("-", otherwise)[:64]


def _key(conversation_id: str, client_id: str) -> str:
    """No other conversation can use it, nor any channel: carriers' ids have no colon at the fifth place."""
    return f"desk:{conversation_id}:{client_id}"
