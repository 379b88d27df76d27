"""A report that staff write down for somebody at the counter or on the phone: the door's own questions. Pure.

The same questions, rules and fields as in chat, so that a report is the same report however it was made. Questions
that hold words (text) are left out: nothing of them is kept in a report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.doors.conditions import World, holds
from bot.doors.door import Door
from bot.doors.questions import Question
from bot.doors.routing import Route, Rule
from bot.intake.ending import report_of
from bot.intake.machine import rule_for

COUNTER = "counter"
SOURCES = (COUNTER, "voice")
"""How a report can come to staff: somebody stands there, or is on the phone."""
LONGEST_PLACE = 80


class Unread(ValueError):
    """A field of the form that was not answered, or not with one of its choices."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Written:
    """What a form says. `fields` are those of the report; None when the door's rules keep no report of it."""

    answers: Mapping[str, Any]
    rule: Rule | None
    route: Route | None
    fields: Mapping[str, Any] | None


def questions(door: Door) -> list[Question]:
    """The questions of the form: those whose answers the report keeps, and those that they depend on."""
    if door.report is None:
        return []
    kept = {door.report.type, door.report.place, door.report.time, door.report.frequency, *door.report.more}
    asked = {one.id for one in door.intake if one.id in kept}
    for one in door.intake:
        if one.id in asked and one.when is not None and one.when.question:
            asked.add(one.when.question)
    return [one for one in door.intake if one.id in asked and one.kind != "text"]


def written(door: Door, form: Mapping[str, str], world: World) -> Written:
    """Reads a form.

    Args:
        form: the answer by question, and `source`.
        world: the door's situation, without answers.

    Raises:
        Unread: for a question that has to be answered and was not, or not with one of its choices.
    """
    source = form.get("source", COUNTER)
    if source not in SOURCES:
        raise Unread("source")
    answers: dict[str, Any] = {}
    for question in questions(door):
        if not holds(question.when, World(world.now, answers, world.settings, world.facts, world.areas)):
            continue
        answers[question.id] = _answer(question, form.get(question.id, "").strip())
    whole = World(world.now, answers, world.settings, {**world.facts, "channel": source}, world.areas)
    rule = rule_for(door, whole)
    route = door.route(rule.to) if rule else None
    keeps = door.report is not None and (route is None or route.to == "report")
    fields = report_of(door.report, answers, whole) if door.report and keeps else None
    return Written(answers, rule, route, fields)


def _answer(question: Question, text: str) -> Any:
    if not text:
        if question.required:
            raise Unread(question.id)
        return None
    match question.kind:
        case "choice" if question.option(text):
            return [text] if question.several else text
        case "yes_no" if text in ("yes", "no"):
            return text == "yes"
        case "number" if text.isascii() and text.isdigit() and len(text) <= 6:
            return int(text)
        case "date":
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                pass
        case "place" if len(text) <= LONGEST_PLACE:
            return {"name": text}
    raise Unread(question.id)
