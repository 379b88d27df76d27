"""A conversation as the desk opens it: the messages in two languages, and all that is known beside them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.console.api import context, messages, told
from bot.console.api.access import holds, may_write
from bot.console.api.asked import Asked
from bot.console.api.connections import connections
from bot.console.api.further import further
from bot.console.api.interpreter import interpreter
from bot.console.api.labels import Labels
from bot.console.api.messages import Page
from bot.console.api.reading import Reader
from bot.console.api.summary import Facts, summary
from bot.console.api.warnings import warnings, window_ends
from bot.conversations.models import Conversation
from bot.handoff.people import first_name
from bot.language.catalogue import RTL
from bot.staff.rights import Right


def reader_of(asked: Asked) -> Reader:
    return Reader.of(asked.language, asked.member.languages)


def translation(asked: Asked, conversation: Conversation, needs: list[str], labels: Labels) -> dict[str, Any]:
    """How the two understand each other: "same", "machine" or "none", for reading and for writing."""
    reader, person = reader_of(asked), conversation.language
    pairs = asked.service.translator.pairs
    same = person in reader.reads
    reads = "same" if same else "machine" if (person, reader.language) in pairs else "none"
    writes = "same" if same else "machine" if (reader.language, person) in pairs else "none"
    door = asked.service.doors.get(conversation.door)
    helper = None
    if "none" in (reads, writes):
        helper = interpreter(person, needs, reader.language, door.line if door else None)
    return {"reads": reads, "writes": writes, "interpreter": helper}


def opened(
    session: Session, asked: Asked, conversation: Conversation, before: int | None, limit: int
) -> tuple[dict[str, Any], Page]:
    """The whole answer, and the page of messages in it. A fixed number of statements, however long it is."""
    service, member, labels, now = asked.service, asked.member, asked.labels, asked.now
    found = messages.before(session, conversation.id, before, limit)
    page = messages.page(session, service, conversation, found, reader_of(asked), labels, now)
    if before is not None:
        return {"messages": list(page.shown)}, page
    named = context.needs(session, conversation.id)
    codes = [code for code, _ in named]
    history = context.risk_history(session, conversation.id, labels)
    shown, given = context.listings(session, service.directory, conversation.id, labels, now)
    between = translation(asked, conversation, codes, labels)
    worst = max(history, key=lambda one: one["level"], default=None)
    level = max(conversation.risk_level, 0)
    head = {
        "id": conversation.id,
        "door": conversation.door,
        "door_name": labels.door(conversation.door),
        "channel": conversation.channel,
        "channel_name": labels.channel(conversation.channel),
        "language": conversation.language,
        "language_name": labels.language_name(conversation.language),
        "language_from": conversation.language_from,
        "rtl": conversation.language in RTL,
        "owner": conversation.owner,
        "holder": conversation.holder,
        "holder_name": first_name(session, conversation.holder) or None,
        "mine": holds(member, conversation),
        "may_write": may_write(session, member, conversation),
        "created": conversation.created_at.isoformat(),
        "waiting_since": _iso(conversation.waiting_since),
        "risk": {**labels.risk(level, worst["kind"] if worst and level else None), "history": history},
        "came": labels.came(conversation.door, conversation.memory.get("mark"), conversation.memory.get("sign")),
        "needs": [{"code": code, "label": labels.need(code), "at": at.isoformat()} for code, at in named],
        "place": None,
        "place_known": bool(conversation.memory.get("place")),
        "intake": told.intake(session, conversation, labels, service.keys),
        "consents": told.consents(session, conversation, labels),
        "warnings": warnings(
            session, service, conversation, labels, now,
            translated="none" not in (between["reads"], between["writes"]),
        ),
        "window_ends": _iso(window_ends(session, conversation)),
        "translation": between,
    }  # fmt: skip
    facts = Facts(
        conversation.door, conversation.channel, conversation.language, codes, bool(conversation.memory.get("place")),
        len(shown), worst["level"] if worst else level, worst["kind"] if worst else None,
        bool(worst and worst["third_person"]),
    )  # fmt: skip
    history_right = member.may(Right.HISTORY)
    answer = {
        "conversation": head,
        "summary": summary(facts, labels),
        "further": further(asked, conversation),
        "messages": list(page.shown),
        "more": bool(found) and found[0].seq > 1,
        "notes": context.notes(session, conversation.id),
        "listings_shown": shown,
        "referrals": given,
        "connections": connections(session, conversation.id, labels),
        "earlier": context.earlier(session, conversation, member.doors, labels) if history_right else [],
    }
    return answer, page


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
