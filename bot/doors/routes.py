"""What is said when somebody enters a door or takes one of its routes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.answers import PERSON, Choice, Piece, choice, do, say
from bot.doors.conditions import World
from bot.doors.door import Door
from bot.doors.world import Situation, situation, world_of
from bot.intake import machine
from bot.intake.ending import facts_of, handed, routes_open
from bot.named_lines import LINE_911
from bot.safety import Level

LEVELS = {"high": Level.HIGH, "emergency": Level.EMERGENCY}


@dataclass(frozen=True, slots=True)
class Entrance:
    """The first words at a door and what is known from the first moment on.

    `level` and `kind` are those of a door that is danger by itself; a person is asked for then.
    """

    pieces: list[Piece]
    memory: dict[str, Any] = field(default_factory=dict)
    level: Level = Level.NONE
    kind: str | None = None
    person: Piece | None = None
    """The handoff of whoever goes to a person at once, without a menu: it is among the pieces too."""

    @property
    def crisis(self) -> bool:
        return self.level >= Level.HIGH


def entrance(
    door: Door, around: Situation, now: datetime, *, channel: str = "web", memory: Mapping[str, Any] | None = None
) -> Entrance:
    """Somebody comes in: danger first where the door means danger, else the greeting and the first question."""
    memory = dict(memory or {})
    world = world_of(door, around, now)
    facts = facts_of(door, world)
    mark = world.facts.get("mark")
    if mark:
        memory["mark"] = mark
    notice = door.notice
    if notice and (notice.mark is None or notice.mark == mark):
        return Entrance([door.say(one, **facts) for one in notice.say], memory, LEVELS[notice.level], notice.kind)
    marked = door.entry.marked(mark)
    if marked is not None and (route := door.route(marked.to)) is not None:
        person = handed(door, route, world, silent=True)
        said = [door.say(one, **facts) for one in marked.say or door.greeting]
        if route.outcome:
            said.append(do("outcome", door=door.id, outcome=route.outcome))
        return Entrance([*said, person], memory, person=person)
    pieces = [door.say(message, **facts) for message in door.greeting]
    pieces += standing(door, world)
    if door.question:
        pieces.append(door.say(door.question, route_menu(door, world), **facts))
    if door.start == "entry" and door.intake:
        state = machine.started(door, world, memory.get("known"))
        memory["intake"] = state.as_json()
        pieces += machine.asked(door, state, world, channel)
    return Entrance(pieces, memory)


def standing(door: Door, world: World) -> list[Piece]:
    """What is said after the greeting while the service is closed, out of season or out of hours."""
    if door.status.say and (world.facts.get("status") == "closed" or world.facts.get("season") == "out"):
        return [door.say(door.status.say, **facts_of(door, world))]
    if door.hours and door.hours.say and world.facts.get("hours") == "closed":
        return [door.say(door.hours.say, **facts_of(door, world))]
    return []


def greeting(door: Door, now: datetime, language: str = "en") -> list[Piece]:
    """The first words at a door for a page that has no conversation yet; nothing is stored."""
    return entrance(door, situation(None, door, now, language=language, channel="web", memory={}), now).pieces


def first_text(door: Door, language: str, intent: str | None, answer: Sequence[Piece]) -> list[Piece]:
    """The answer to somebody's first text, with who answers before it in as few words as there is room for.

    Whoever only says hello at a door that asks something is asked that.
    """
    first = say("sms_greeting", door=door.name(language), line_911=LINE_911)
    if door.question and intent == "greet":
        return [first, door.say(door.question, route_menu(door))]
    return [first, *answer]


def route_menu(door: Door, world: World | None = None) -> list[Choice]:
    """The labelled routes as numbered choices, with a person at the end."""
    routes = routes_open(door, world) if world else [one for one in door.routes if one.label]
    return [*(choice({"message": str(r.label)}, "choose_route", route=r.id) for r in routes), PERSON]
