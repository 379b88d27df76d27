"""Messages as the desk's page gets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.carrier.errors import why
from bot.console.api.labels import Labels
from bot.console.api.reading import UNKNOWN, Reader, reading, reworded
from bot.conversations.models import Conversation, Message, Outbox
from bot.language.catalogue import RTL
from bot.service import Service

MOST = 200
"""Messages of one look."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages of a conversation in order, and those of them that a machine could still translate."""

    shown: tuple[dict[str, Any], ...]
    pending: tuple[str, ...]
    """Newest first."""


def before(session: Session, conversation_id: str, seq: int | None, limit: int) -> list[Message]:
    """The last messages, or the last before a number; in order."""
    wanted = select(Message).where(Message.conversation_id == conversation_id)
    if seq is not None:
        wanted = wanted.where(Message.seq < seq)
    found = session.scalars(wanted.order_by(Message.seq.desc()).limit(max(1, min(limit, MOST)))).all()
    return list(reversed(found))


def after(session: Session, conversation_id: str, seq: int) -> list[Message]:
    """What came after a number, in order."""
    wanted = select(Message).where(Message.conversation_id == conversation_id, Message.seq > seq)
    return list(session.scalars(wanted.order_by(Message.seq).limit(MOST)))


def page(
    session: Session,
    service: Service,
    conversation: Conversation,
    messages: Sequence[Message],
    reader: Reader,
    labels: Labels,
    now: datetime,
) -> Page:
    """Messages with their readings and deliveries: three statements, however many there are."""
    ids = [message.id for message in messages]
    rows = session.scalars(select(Outbox).where(Outbox.message_id.in_(ids))) if ids else ()
    outbox = {row.message_id: row for row in rows}
    ours = service.numbers.of(conversation.line) if conversation.line else None
    again = reworded(service, messages, reader, now, ours.kind if ours else "long")
    pairs = service.translator.pairs
    shown, pending = [], []
    for message in messages:
        own = conversation.language if message.language == UNKNOWN else message.language
        beside = reading(message, own, reader, again.get(message.id), pairs)
        shown.append(as_json(message, own, beside, outbox.get(message.id), labels))
        if beside and beside["pending"]:
            pending.append(message.id)
    return Page(tuple(shown), tuple(reversed(pending)))


def as_json(
    message: Message, language: str, beside: Mapping[str, Any] | None, outbox: Outbox | None, labels: Labels
) -> dict[str, Any]:
    """One message. `language` is that of its text, as far as it is known."""
    payload = message.payload
    return {
        "id": message.id,
        "seq": message.seq,
        "author": message.author,
        "author_id": payload.get("by"),
        "author_name": payload.get("by_name"),
        "time": message.created_at.isoformat(),
        "channel": message.channel,
        "language": language,
        "language_name": labels.language_name(language),
        "rtl": bool(payload.get("rtl", language in RTL)),
        "text": message.text,
        "translation": beside,
        "machine_translated": bool(payload.get("machine_translated")),
        "kind": message.kind,
        "cards": payload.get("cards") or [],
        "choices": payload.get("choices") or [],
        "delivery": delivery(message, outbox, labels),
    }


def delivery(message: Message, outbox: Outbox | None, labels: Labels) -> dict[str, Any] | None:
    """What became of a message to the person; None for the person's own."""
    if message.direction == "in" or outbox is None:
        return None
    # On the web a message is "ready" until the page has said that it holds it.
    state = "sent" if outbox.channel == "web" and outbox.state == "ready" else outbox.state
    failed = state in ("failed", "held")
    reason = None
    if failed:
        code = outbox.error_code or outbox.status or "unknown"
        reason = labels.known_or(f"delivery_code_{code}", why(outbox.status, outbox.error_code))
    return {
        "state": state,
        "code": outbox.error_code or (outbox.status if failed else None),
        "label": labels.delivery(state),
        "reason": reason,
    }
