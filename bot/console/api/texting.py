"""Texting a caller: what a specialist writes in a call goes to the caller's phone as a text, if they said yes."""

from __future__ import annotations

from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session

from bot.console.api.asked import Problem
from bot.console.api.saying import Route
from bot.conversations import people
from bot.conversations.models import Conversation, Person
from bot.service import Service
from bot.voice.texting import CHANNEL, way


def consented(conversation: Conversation, said_yes: bool) -> None:
    """Raises Problem "consent" until the specialist notes that the caller wants a text: others may read it there."""
    if not said_yes:
        raise Problem(409, "consent")


def texting_route(session: Session, service: Service, conversation: Conversation, now: datetime | None = None) -> Route:
    """How a text reaches a caller. With `now` the caller's row for texts is made; needs a session that may write.

    Raises:
        Problem: "no_text" when there is no way: a hidden number, a landline, no number of ours; or "opted_out".
    """
    person = session.get(Person, conversation.person_id) if conversation.person_id else None
    if person is None or person.address is None:
        raise Problem(409, "no_text")
    try:
        caller = service.keys.opened(person.address)
    except InvalidToken:
        raise Problem(409, "no_address") from None
    found = way(service, conversation.door, caller)
    if found == "voice_text_opted_out":
        raise Problem(409, "opted_out")
    if isinstance(found, str):
        raise Problem(409, "no_text")
    to = people.person_for(session, service.keys, CHANNEL, found.number, now).id if now else None
    return Route(CHANNEL, to, found.line.number)
