"""A door on the phone: its first words aloud, its first question, and danger that needs no question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import answers
from bot.answers import Piece
from bot.conversations.ledger import Ledger
from bot.conversations.models import Conversation
from bot.doors.door import BUILT_IN, Door
from bot.doors.routes import entrance, route_menu, standing
from bot.doors.world import situation, world_of
from bot.intake import machine
from bot.intake.state import State
from directory_client.lines import lines
from directory_client.needs import NEEDS


def spoken_facts(door: Door, language: str) -> dict[str, str]:
    """The facts of a door's first words that are lines: their numbers and names as they stand in the records."""
    known = {}
    for name, fact in {**BUILT_IN, **door.facts}.items():
        if "line" in fact:
            known[name] = lines()[fact["line"]].voice or ""
        elif "line_name" in fact:
            known[name] = lines()[fact["line_name"]].name_in(language)
    return known


def alarming(door: Door) -> bool:
    """Whether calling this door is danger by itself."""
    return door.notice is not None and door.notice.mark in (None, door.entry.mark(None))


def straight_to_person(door: Door) -> bool:
    """Whether whoever calls this door goes to a person at once, without a menu."""
    mark = door.entry.marked(door.entry.mark(None))
    return mark is not None and mark.to is not None


def first_question(
    ledger: Ledger, door: Door, memory: Mapping[str, Any], language: str, now: datetime
) -> tuple[list[Piece], dict[str, Any] | None]:
    """What a caller is asked first: the door's open question, its choices, or what they need. Blocks.

    Returns:
        Pieces, and the memory to be kept when the door's questions have begun with them.
    """
    with Session(ledger.reader) as session:
        around = situation(session, door, now, language=language, channel="voice", memory=memory)
    state = State.of(memory.get("intake"), door.id)
    world = world_of(door, around, now, state.answers if state else None)
    if state is not None and state.open:
        return machine.asked(door, state, world, "voice"), None
    if door.start == "entry" and door.intake and state is None:
        found = entrance(door, around, now, channel="voice", memory=memory)
        greeted = set(door.greeting)
        return [piece for piece in found.pieces if piece.get("say") not in greeted], found.memory
    said = standing(door, world)
    if door.question:
        return [*said, door.say(door.question, route_menu(door, world))], None
    return [*said, answers.say("ask_need", answers.area_menu(NEEDS))], None


def keeping(conversation_id: str, memory: Mapping[str, Any] | None) -> Callable[[Session], None] | None:
    """Writes the memory of questions that have begun."""
    if memory is None:
        return None

    def write(session: Session) -> None:
        session.get_one(Conversation, conversation_id).memory = dict(memory)

    return write
