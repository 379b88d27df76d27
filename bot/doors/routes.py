"""What is said when somebody enters a door or takes one of its routes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answers import PERSON, Choice, Piece, choice, say
from bot.doors.door import Door, Route


def greeting(door: Door) -> list[Piece]:
    """The first words at a door, with its routes as numbered choices."""
    pieces = [say(message, line_911={"line": "emergency"}) for message in door.greeting]
    if door.question:
        pieces.append(say(door.question, route_menu(door)))
    return pieces


def first_text(door: Door, language: str, intent: str | None, answer: Sequence[Piece]) -> list[Piece]:
    """The answer to somebody's first text, with who answers before it in as few words as there is room for.

    Whoever only says hello at a door that asks something is asked that.
    """
    first = say("sms_greeting", door=door.name(language), line_911={"line": "emergency"})
    if door.question and intent == "greet":
        return [first, say(door.question, route_menu(door))]
    return [first, *answer]


def route_menu(door: Door) -> list[Choice]:
    return [*(choice({"message": r.label}, "choose_route", route=r.id) for r in door.routes), PERSON]


def pieces_for(route: Route) -> list[Piece]:
    """The answer to a route: its line, named and with its number from the line records."""
    return [say(route.say, [PERSON], name={"line_name": route.line}, phone={"line": route.line})]
