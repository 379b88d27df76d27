"""What the web chat shows above the field for writing: the place in line, who is there, what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.answers import Piece, say
from bot.conversations.views import Seen
from bot.service import Service
from bot.waiting.lines import lines_for
from bot.waiting.standing import Standing, standing
from bot.waiting.wording import callback_pieces, place_pieces
from directory_client.lines import Line
from directory_client.phones import dialled

NOTHING: dict[str, Any] = {"waiting": None, "person": None}


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is worded: sentences, and lines as buttons that call or text."""

    pieces: list[Piece]
    lines: Sequence[Line]


def panel(service: Service, seen: Seen, now: datetime) -> dict[str, Any]:
    """The panel of a conversation as JSON. Reads the database; call it in a thread.

    Returns:
        `waiting`: None, or {"sentences", "lines": [{"label", "href"}], "callback": "offer"|"asked"|None, "danger"},
        worded in the conversation's language; `person`: None, or {"name"} of the specialist who holds it.
    """
    if seen.owner not in ("waiting", "held"):
        return NOTHING
    with Session(service.ledger.reader) as session:
        found = standing(session, seen.id, now)
    if found is None or found.owner not in ("waiting", "held"):
        return NOTHING
    if found.owner == "held":
        return {"waiting": None, "person": {"name": found.name} if found.name else None}
    shown = _shown(service, seen, found, now)
    replies = service.words.replies(shown.pieces, seen.language, lambda listing, near: None, now)
    callback = "asked" if found.called_back else None if found.danger else "offer"
    return {
        "waiting": {
            "sentences": [reply.text for reply in replies],
            "lines": [button for line in shown.lines for button in _buttons(service, line, seen.language)],
            "callback": callback,
            "danger": found.danger,
        },
        "person": None,
    }


def _shown(service: Service, seen: Seen, found: Standing, now: datetime) -> _Shown:
    place = found.place
    nobody = place is not None and place.specialists_on <= 0
    pieces = [say("handoff_nobody_on")] if nobody else place_pieces(place) if place else []
    if found.called_back:
        pieces += callback_pieces()
    named = nobody or found.danger
    lines = lines_for(service.doors[seen.door], seen.language, now, danger=found.danger) if named else []
    return _Shown(pieces, lines)


def _buttons(service: Service, line: Line, language: str) -> list[dict[str, str]]:
    found = []
    for number, verb, scheme in ((line.voice, "call", "tel"), (line.text, "text", "sms")):
        if number:
            does = service.catalogue.say(f"listing_verb_{verb}", language)
            label = f"{line.name_in(language)}: {does} {number}"
            found.append({"label": label, "href": f"{scheme}:{dialled(number)}"})
    return found
