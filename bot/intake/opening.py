"""A conversation on the web begins: the door's first words, and what is known from the first moment on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversations import ownership
from bot.conversations.models import Conversation, Message, RiskFinding
from bot.doors.routes import Entrance, entrance
from bot.doors.texts import with_honesty
from bot.doors.world import situation
from bot.handoff import book
from bot.intake.hall import entered
from bot.intake.store import Where, written
from bot.service import Service
from bot.slips import read


def opened(
    service: Service, door_id: str, language: str, known_from: str, came: Mapping[str, str], channel: str
) -> str:
    """Opens a conversation and gives its token. At a door that is danger by itself a person is asked for at once."""
    now, door = service.clock(), service.doors[door_id]
    memory: dict[str, Any] = {}
    if (sign := came.get("sign") or came.get("slip")) and door.entry.signs:
        memory["sign"] = "".join(c for c in sign if c.isalnum()).upper()[:8]
        with Session(service.ledger.reader) as session:
            memory |= read.of_slip(session, door, memory["sign"], now)
    if mark := door.entry.mark(came.get("from")):
        memory["mark"] = mark
    with Session(service.ledger.reader) as session:
        around = situation(session, door, now, language=language, channel=channel, memory=memory)
    found = entrance(door, around, now, channel=channel, memory=memory)
    decision = entered(found, door)
    pieces = [piece for piece in found.pieces if "do" not in piece]
    if not found.crisis:
        pieces = with_honesty(pieces, service.catalogue, language)
    kind = "crisis" if found.crisis else "text"
    replies = service.words.replies(pieces, language, service.directory.find(now), now, kind=kind)

    def also(session: Session, conversation: Conversation) -> None:
        conversation.memory = found.memory
        noted = [piece for piece in decision.pieces if piece.get("do") in ("entered", "outcome")]
        written(session, Where(conversation.id, door.id, channel, language), noted, service.keys, now)
        if found.crisis:
            _alarmed(session, conversation, found, decision.priority or 0, now)
        elif found.person is not None:
            asked = {name: found.person.get(name) for name in ("reason", "priority", "skill", "mark")}
            ownership.ask_for_person(session, conversation.id, now=now, **asked)  # type: ignore[arg-type]

    start = partial(service.ledger.start, door=door.id, channel=channel, language=language, language_from=known_from)
    token = start(replies=replies, now=now, also=also)
    if found.crisis or found.person is not None:
        service.heard_of(door.id)
    return token


def _alarmed(session: Session, conversation: Conversation, found: Entrance, priority: int, now: datetime) -> None:
    """Coming in by this door is a finding of its own."""
    conversation.risk_level = int(found.level)
    first = session.scalars(
        select(Message.id).where(Message.conversation_id == conversation.id).order_by(Message.seq).limit(1)
    ).one()
    session.add(
        RiskFinding(
            conversation_id=conversation.id, message_id=first, level=int(found.level), kind=found.kind,
            reasons=[f"door:{conversation.door}"], created_at=now,
        )
    )  # fmt: skip
    session.flush()
    reason = f"risk:{found.level.label}"
    ownership.ask_for_person(session, conversation.id, reason=reason, priority=priority, now=now)
    book.raised(session, conversation.id, int(found.level), found.kind, now)
