"""Where somebody who waits stands: their place, whether they are in danger, whether they are called back anyway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.answers import Piece
from bot.conversations.models import Conversation
from bot.doors.door import Door
from bot.handoff import book
from bot.handoff.people import first_name as account_name
from bot.handoff.place import PlaceInLine, place_of
from bot.safety.levels import Level
from bot.waiting.names import first_name
from bot.waiting.wording import waiting_pieces


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation with regard to people: who has it, and for whoever waits, where they stand.

    `name` is the first name of the specialist who holds it.
    """

    owner: str
    danger: bool = False
    place: PlaceInLine | None = None
    called_back: bool = False
    name: str | None = None


def standing(session: Session, conversation_id: str, now: datetime) -> Standing | None:
    """Reads it; None for a conversation that is gone."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        return None
    danger = conversation.risk_level >= Level.HIGH
    if conversation.owner == "held":
        return Standing("held", danger, name=first_name(account_name(session, conversation.holder)) or None)
    if conversation.owner != "waiting":
        return Standing(conversation.owner, danger, place=place_of(session, conversation_id, now))
    handoff = book.open_handoff(session, conversation_id)
    return Standing(
        "waiting",
        danger,
        place_of(session, conversation_id, now),
        called_back=handoff is not None and handoff.callback_id is not None,
    )


def told(found: Standing, door: Door, language: str, now: datetime, *, offer: bool = True) -> list[Piece]:
    """What somebody who asks for a person is told about their place and, with `offer`, what they can do by number."""
    return waiting_pieces(
        found.place,
        door,
        language,
        now,
        danger=found.danger and found.owner == "waiting",
        called_back=found.called_back,
        offer=offer,
    )
