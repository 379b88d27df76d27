"""What else a specialist can do for the person at hand, beyond the conversation: what the doors offer."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from bot.console.api.asked import Asked
from bot.conversations.models import Conversation
from bot.staff.rights import Right


def further(asked: Asked, conversation: Conversation) -> list[dict[str, str | None]]:
    """Each with its code, its label, and the page it is done on; without a page the desk asks for it itself."""
    return [
        {"code": code, "label": asked.labels.say(f"further_{code}", door=door), "href": page}
        for code, door, page in _offered(asked, conversation)
    ]


def _offered(asked: Asked, conversation: Conversation) -> Iterator[tuple[str, str, str | None]]:
    member, doors, labels = asked.member, asked.service.doors, asked.labels
    here = doors.get(conversation.door)
    if here is not None and here.diversion is not None:
        yield "diversion", labels.door(here.id), "/console/diversions"
    if member.may(Right.CASES):
        yield "plan", labels.door(conversation.door), None
    for door in doors.values():
        if door.table is not None and member.at(door.id):
            page = f"/console/situations/{door.id}/new?{urlencode({'conversation': conversation.id})}"
            yield "situation", labels.door(door.id), page
