"""What a specialist has to know before writing: somebody has opted out, a window has closed, a text never arrived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.carrier.addresses import CHANNELS as TEXTING
from bot.carrier.addresses import WITH_A_WINDOW
from bot.console.api.labels import Labels
from bot.conversations import people
from bot.conversations.carrier_models import Call, Callback
from bot.conversations.models import Conversation, Message, Person
from bot.service import Service
from bot.sms.dead_letters import dead_letters
from bot.sms.queue import WINDOW


def barred(session: Session, service: Service, conversation: Conversation, now: datetime) -> str | None:
    """Why nothing can be sent to the person now, as a code; None when it can.

    Asked again in the transaction that stores a message: an opt-out may come at any moment.
    """
    if conversation.channel not in TEXTING:
        return None
    ours = service.numbers.of(conversation.line) if conversation.line else None
    if ours is None or not ours.sms:
        return "no_number"
    person = session.get(Person, conversation.person_id) if conversation.person_id else None
    if person is None or person.address is None:
        return "no_address"
    if people.opted_out(session, ours.number, person.pseudonym):
        return "opted_out"
    if conversation.channel in WITH_A_WINDOW and not _window_open(session, person.id, ours.number, now):
        return "window_closed"
    return None


def warnings(
    session: Session, service: Service, conversation: Conversation, labels: Labels, now: datetime, *, translated: bool
) -> list[dict[str, Any]]:
    """Everything of that kind, with words. `translated`: whether both ways have a translation or need none."""
    codes: list[str] = []
    if reason := barred(session, service, conversation, now):
        codes.append(reason)
    if not translated:
        codes.append("no_translation")
    if conversation.channel in TEXTING and any(
        letter.state == "failed" for letter in dead_letters(session, limit=5, conversation_id=conversation.id)
    ):
        codes.append("dead_letter")
    if conversation.channel == "voice":
        codes.append("voice")
        withheld = session.scalar(
            select(Call.withheld)
            .where(Call.conversation_id == conversation.id)
            .order_by(Call.created_at.desc())
            .limit(1)
        )
        if withheld:
            codes.append("withheld")
    careful = session.scalar(
        select(Callback.id)
        .where(Callback.conversation_id == conversation.id, Callback.may_leave_message.is_(False))
        .limit(1)
    )
    if careful:
        codes.append("phone_watched")
    return [{"code": code, "label": labels.say(f"warning_{code}")} for code in codes]


def window_ends(session: Session, conversation: Conversation) -> datetime | None:
    """Until when the person may be written to, on a channel that has such a limit."""
    if conversation.channel not in WITH_A_WINDOW or conversation.person_id is None or conversation.line is None:
        return None
    last = _last_heard(session, conversation.person_id, conversation.line)
    return last + WINDOW if last else None


def _window_open(session: Session, person_id: str, line: str, now: datetime) -> bool:
    last = _last_heard(session, person_id, line)
    return last is not None and now - last < WINDOW


def _last_heard(session: Session, person_id: str, line: str) -> datetime | None:
    return session.scalar(
        select(func.max(Message.created_at))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.person_id == person_id, Conversation.line == line, Message.direction == "in")
    )
