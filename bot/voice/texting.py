"""What was read out, as a text to the caller's own number: only when they said yes, and only to mobile numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType
from sqlalchemy.orm import Session

from bot.carrier.numbers import OurNumber
from bot.conversations import inbox, people
from bot.conversations.identity import Keys
from bot.conversations.models import Message, Outbox, new_id
from bot.service import Service
from bot.sms.wording import texts
from bot.voice.callers import withheld
from bot.voice.calls import Calling
from bot.words import Reply

CHANNEL = "sms"
Refusal = Literal["voice_text_withheld", "voice_text_impossible", "voice_text_opted_out"]
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
"""Numbers of North America do not tell which they are; a landline is refused by the carrier (30006, 21614)."""


@dataclass(frozen=True, slots=True)
class Way:
    """From which number of ours to whom."""

    line: OurNumber
    number: str


def mobile(number: str) -> bool:
    """Whether a number may belong to a mobile phone."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed) and phonenumbers.number_type(parsed) in _MOBILE


def way(service: Service, door: str, caller: str) -> Way | Refusal:
    """How a text can reach the caller, or the sentence that says why it cannot."""
    if withheld(caller):
        return "voice_text_withheld"
    line = service.numbers.find("sms", door)
    if line is None or line.kind in ("whatsapp", "messenger") or not mobile(caller):
        return "voice_text_impossible"
    with Session(service.ledger.reader) as session:
        if people.opted_out(session, line.number, service.keys.pseudonym(CHANNEL, caller)):
            return "voice_text_opted_out"
    return Way(line, caller)


def worded(service: Service, calling: Calling, listings: Sequence[str], line: OurNumber, now: datetime) -> list[Reply]:
    """The services in as few texts as possible, with the name of who sends them."""
    place = calling.memory.get("place") or {}
    near = {"lat": place["lat"], "lon": place["lon"]} if place.get("lat") is not None else None
    piece = {"listings": list(listings), "near": near, "need": None, "detail": len(listings) == 1}
    language = calling.language
    found = service.words.replies([piece], language, service.directory.find(now), now)
    name = service.doors[calling.door].name(language) if calling.door in service.doors else "211"
    intro = Reply(service.catalogue.say("voice_text_intro", language, service=name), language)
    return texts([intro, *found], service.catalogue.say, language, line.kind)


def sending(
    keys: Keys, calling: Calling, to: Way, replies: Sequence[Reply], now: datetime
) -> Callable[[Session], None]:
    """Writes the texts to the outbox, under the person of the text channel. For `also` of `Calls.answer`."""

    def write(session: Session) -> None:
        person = people.person_for(session, keys, CHANNEL, to.number, now)
        seq = inbox.next_seq(session, calling.conversation_id, len(replies))
        for offset, reply in enumerate(replies):
            message = Message(
                id=new_id(), conversation_id=calling.conversation_id, seq=seq + offset, direction="out", author="bot",
                channel=CHANNEL, text=reply.text, language=reply.language, kind=reply.kind, payload=reply.payload(),
                state="said", created_at=now,
            )  # fmt: skip
            session.add(message)
            session.flush()
            row = Outbox(
                conversation_id=calling.conversation_id, message_id=message.id, channel=CHANNEL, seq=seq + offset,
                person_id=person.id, line=to.line.number, created_at=now,
            )  # fmt: skip
            session.add(row)

    return write
