"""What the person told the door before a specialist came: answers to its questions, and what they agreed to share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.api.labels import Labels
from bot.console.models import PartnerTransfer
from bot.conversations.identity import Keys
from bot.conversations.models import Conversation
from bot.doors.door import Door
from bot.intake.labels import said
from bot.intake.models import ConsentGiven, IntakeAnswer
from bot.intake.store import value_of
from directory_client.lines import lines


def intake(session: Session, conversation: Conversation, labels: Labels, keys: Keys) -> list[dict[str, Any]]:
    """The last answer to each question, in the order of the door's file.

    Choices are in the language of the interface; what the person wrote freely is in their own words. A place is not
    named here: it is told on request, which is on record.

    Returns:
        {"question", "answer" (None: they did not want to say), "language" (of their own words, else None)}
    """
    rows = session.scalars(
        select(IntakeAnswer)
        .where(IntakeAnswer.conversation_id == conversation.id)
        .order_by(IntakeAnswer.created_at, IntakeAnswer.id)
    )
    last: dict[tuple[str, str], IntakeAnswer] = {}
    for row in rows:
        last[row.door, row.question] = row
    return [
        {
            "question": question(labels.doors.get(row.door), row.question, labels),
            "answer": _answer(row, labels, keys),
            "language": conversation.language if row.kind == "text" else None,
        }
        for row in sorted(last.values(), key=lambda row: _position(row, labels))
    ]


def _position(row: IntakeAnswer, labels: Labels) -> int:
    door = labels.doors.get(row.door)
    codes = [one.id for one in door.intake] if door else []
    return codes.index(row.question) if row.question in codes else -1


def question(door: Door | None, code: str, labels: Labels) -> str:
    """A question in a word or two."""
    if code == "sign":
        slips = door.entry.signs.slips if door and door.entry.signs else None
        return labels.say("intake_slip" if slips else "intake_sign")
    asked = door.asked(code) if door else None
    return _said(door, asked.short, labels) if door and asked and asked.short else code.replace("_", " ").capitalize()


def _answer(row: IntakeAnswer, labels: Labels, keys: Keys) -> str | None:
    value = value_of(row, keys)
    if value is None:
        return None
    match row.kind:
        case "place":
            return labels.say("intake_place")
        case "yes_no":
            return labels.say(f"intake_{value}")
        case "date":
            return format_date(row.day, locale=labels.language)
        case "number":
            return f"{value:g}"
        case "choice":
            return ", ".join(_option(row, code, labels) for code in str(value).split(","))
    return str(value)


def _option(row: IntakeAnswer, code: str, labels: Labels) -> str:
    door = labels.doors.get(row.door)
    asked = door.asked(row.question) if door else None
    option = asked.option(code) if asked else None
    return _said(door, option.label, labels) if door and option else code


def _said(door: Door, message: str, labels: Labels) -> str:
    return next(said(door, message, labels.language), message)


def consents(session: Session, conversation: Conversation, labels: Labels) -> list[dict[str, Any]]:
    """What the person agreed to share or refused: asked by the door, or by a specialist before a warm transfer.

    Returns:
        {"code", "label", "at", "given"}, oldest first.
    """
    asked = session.scalars(select(ConsentGiven).where(ConsentGiven.conversation_id == conversation.id))
    handed = session.scalars(select(PartnerTransfer).where(PartnerTransfer.conversation_id == conversation.id))
    found = [_of_door(row, labels) for row in asked]
    found += [_of_desk(row, labels) for row in handed if row.shared]
    return sorted(found, key=lambda one: str(one["at"]))


def _of_door(row: ConsentGiven, labels: Labels) -> dict[str, Any]:
    door = labels.doors.get(row.door)
    facts: Mapping[str, object] = {
        "fields": ", ".join(question(door, str(field), labels) for field in row.fields),
        "receiver": _said(door, row.receiver, labels) if door else labels.door(row.door),
    }
    if row.withdrawn_at:
        sentence = "consent_withdrawn"
    else:
        sentence = "consent_given" if row.given and row.fields else "consent_refused"
    return {
        "code": row.consent,
        "label": labels.say(sentence, **facts),
        "at": row.created_at.isoformat(),
        "given": row.given and not row.withdrawn_at,
    }


def _of_desk(row: PartnerTransfer, labels: Labels) -> dict[str, Any]:
    line = lines().get(row.line)
    fields = ", ".join(labels.say(f"share_{field}") for field in row.shared)
    receiver = line.name_in(labels.language) if line else row.line
    return {
        "code": row.consent_version,
        "label": labels.say("consent_given", fields=fields, receiver=receiver),
        "at": row.created_at.isoformat(),
        "given": True,
    }
