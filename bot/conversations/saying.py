"""What is said in a conversation: messages with their outbox rows, in order."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from bot.carrier.addresses import CHANNELS as TEXTING
from bot.conversations import inbox, ownership
from bot.conversations.models import Conversation, Message, Outbox, new_id

if TYPE_CHECKING:
    from bot.words import Reply


def say(
    session: Session,
    conversation_id: str,
    channel: str,
    replies: list[Reply],
    answers: str | None,
    now: datetime,
    author: str = "bot",
) -> list[tuple[Reply, str]]:
    """Stores replies and their outbox rows, in order, in the caller's transaction.

    Args:
        answers: id of the message that they answer.
        author: "bot", "specialist", or "system" for what is told about a handoff.
    """
    if not replies:
        return []
    seq = inbox.next_seq(session, conversation_id, len(replies))
    said: list[tuple[Reply, str]] = []
    for offset, reply in enumerate(replies):
        message = Message(
            id=new_id(), conversation_id=conversation_id, seq=seq + offset, direction="out", author=author,
            channel=channel, text=reply.text, language=reply.language, kind=reply.kind, payload=reply.payload(),
            state="said", answers=answers, created_at=now,
        )  # fmt: skip
        session.add(message)
        said.append((reply, message.id))
    session.flush()
    conversation = session.get_one(Conversation, conversation_id)
    for offset, (reply, message_id) in enumerate(said):
        session.add(
            Outbox(
                conversation_id=conversation_id, message_id=message_id, channel=channel, seq=seq + offset,
                priority=ownership.DANGER if reply.kind == "crisis" else 0, person_id=conversation.person_id,
                line=conversation.line, next_at=now if channel in TEXTING else None, created_at=now,
            )
        )  # fmt: skip
    return said
