"""Where the answers lead: the reason, the route, and what the gateway has to write down. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot import answers
from bot.answers import PERSON, Piece, choice, do
from bot.doors.conditions import World, holds
from bot.doors.door import Door
from bot.doors.routing import Report, Route, Rule
from bot.doors.timetable import line_opens
from bot.intake.state import State

NAMED = "common/line"
"""The name of a line and its number, and no more."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What is said and done at the end of the questions, or when a route is taken."""

    pieces: list[Piece] = field(default_factory=list)
    search: str | None = None
    """A need to search for, near the person."""
    need: str | None = None
    """A need that is talked of from now on: a place that comes next is searched for it."""
    starts: bool = False
    """The questions of the door begin."""
    door: str | None = None
    """The conversation goes on at this door."""


def ending(door: Door, state: State, world: World) -> Ending:
    """After the last question: the rule's reason, what is offered instead, and the route."""
    rule = next((one for one in door.rules if one.id == state.rule), None)
    route = door.route(state.route)
    pieces: list[Piece] = []
    if rule is not None:
        refused = bool(route and route.id != rule.to)
        if not refused:
            pieces += [door.say(message, **facts_of(door, world)) for message in rule.say]
        pieces.append(do("verdict", door=door.id, rule=rule.id, verdict=rule.verdict, refused=refused))
        if rule.unmet:
            pieces.append(do("unmet", need=rule.unmet.need, reason=rule.unmet.reason))
    taken = route_taken(door, route, world, state) if route else Ending()
    pieces += taken.pieces
    needs = offered(door, rule, world) if rule is not None else []
    if needs:
        # One list of numbers, with a person at its end.
        pieces = [{**piece, "choices": []} if piece.get("choices") == [PERSON] else piece for piece in pieces]
        choices = [choice({"need": need}, "need", need=[need]) for need in needs]
        pieces.append(answers.say("common/offer", [*choices, PERSON]))
    return replace(taken, pieces=pieces)


def offered(door: Door, rule: Rule, world: World) -> list[str]:
    """The needs that a rule offers: those of the options that were chosen, then its own."""
    found: list[str] = []
    for name in rule.offer_from:
        asked, value = door.asked(name), world.answers.get(name)
        for one in value if isinstance(value, list | tuple) else [value]:
            option = asked.option(one) if asked else None
            if option is not None and option.need:
                found.append(option.need)
    return list(dict.fromkeys((*found, *rule.offer)))


def route_taken(door: Door, route: Route, world: World, state: State | None = None) -> Ending:
    """What a route says and does."""
    line = open_line(door, route, world)
    named: dict[str, Any] = {"name": {"line_name": line}, "phone": {"line": line}} if line else {}
    facts = {**facts_of(door, world), **named}
    last = [choice({"message": one.label}, "choose_route", route=one.to) for one in route.then]
    called = line if route.by_phone and world.facts.get("channel") == "voice" else None
    last += [PERSON] if route.then or (route.to in ("line", "nothing") and called is None) else []
    messages = route.by_phone if called else route.say
    if route.to == "line" and line and not messages:
        messages = (NAMED,)
    said = [
        answers.say(NAMED, last, **named) if message == NAMED else door.say(message, last, **facts)
        for message in messages
    ]
    for piece in said[:-1]:
        piece["choices"] = []
    if called:
        said.append(do("connect", line=called))
    if route.outcome:
        said.append(do("outcome", door=door.id, outcome=route.outcome))
    if route.unmet:
        said.append(do("unmet", need=route.unmet.need, reason=route.unmet.reason))
    match route.to:
        case "search":
            return Ending(said, search=route.need, need=route.need)
        case "intake":
            return Ending(said, starts=True)
        case "door":
            return Ending(said, door=route.door)
        case "specialist" | "situation":
            said.append(handed(door, route, world, silent=bool(route.say)))
        case "case":
            kept = door.retention.answers_days
            said.append(do("case", door=door.id, route=route.id, answers=_shared(state), days=kept))
        case "register":
            said.append(do("register", door=door.id, route=route.id, state=route.state, answers=_shared(state)))
        case "referral":
            said.append(_referral(door, route, state))
        case "report":
            if door.report and state:
                said.append(do("report", door=door.id, **report_of(door.report, state.answers, world)))
    return Ending(said, need=route.need)


def handed(door: Door, route: Route, world: World, *, silent: bool) -> Piece:
    """The request for a person that a route makes."""
    mark = route.mark or world.facts.get("mark")
    if route.danger:
        return do("danger", door=door.id, route=route.id, level=route.danger, kind=route.kind)
    return do(
        "handoff", reason=f"door:{route.id}", priority=route.priority, silent=silent, skill=route.skill, mark=mark
    )


def _referral(door: Door, route: Route, state: State | None) -> Piece:
    """A form for the service that was chosen: what was allowed, and what it is counted by."""
    consent = door.consent(route.consent)
    question = door.asked(consent.listing) if consent else None
    given = state.answers if state else {}
    chosen = given.get(question.id) if question else None
    find = question.find if question else None
    counted = {} if find is None else {
        "need": find.needs.get(str(given.get(find.by))),
        "stream": given.get(find.stream) if find.stream else None,
        "mode": given.get(find.mode) if find.mode else None,
    }  # fmt: skip
    listing = chosen.get("listing") if isinstance(chosen, Mapping) else None
    kept = door.retention.answers_days
    return do("referral", door=door.id, route=route.id, listing=listing, answers=_shared(state), days=kept, **counted)


def _shared(state: State | None) -> dict[str, Any]:
    """Only what the person has allowed to be shared."""
    return {name: state.answers[name] for name in state.allowed if name in state.answers} if state else {}


def report_of(report: Report, given: Mapping[str, Any], world: World) -> dict[str, Any]:
    """The fields of a report. A place is kept by its name alone."""
    place = given.get(report.place) if report.place else None
    return {
        "kind": given.get(report.type),
        "place": place.get("name") if isinstance(place, Mapping) else place,
        "time": given.get(report.time) if report.time else None,
        "frequency": given.get(report.frequency) if report.frequency else None,
        "source": str(world.facts.get("channel") or report.source),
        "more": {name: given[name] for name in report.more if given.get(name) is not None},
    }


def open_line(door: Door, route: Route, world: World) -> str | None:
    """The first line of the route that is open and speaks the person's language; the first at all when none is."""
    language = world.facts.get("language")
    stops = [(one.line, one.languages, one.hours) for one in route.chain]
    if route.line:
        stops.insert(0, (route.line, (), None))
    for line, languages, spec in stops:
        if (not languages or language in languages) and line_opens(line, spec, world.now):
            return line
    return stops[0][0] if stops else None


def facts_of(door: Door, world: World) -> dict[str, Any]:
    """The facts of a door's sentences at this moment: its own, its settings, the sign, the answers."""
    found: dict[str, Any] = {
        "door": {"message": f"{door.id}/door_name"},
        "checked": {"date": door.status.checked.isoformat()},
    }
    for name in ("sign", "place"):
        if world.facts.get(name):
            found[name] = str(world.facts[name])
    found["referral"] = {"message": f"common/referral_{world.facts.get('referral') or 'none'}"}
    for name, fact in door.facts.items():
        ((kind, value),) = fact.items()
        if kind == "setting":
            found[name] = _setting(door, value, world)
        elif kind == "text":
            found[name] = {"message": f"{door.id}/{value}"}
        elif kind == "listing_phone":
            chosen = world.answers.get(value)
            found[name] = {"listing_phone": chosen["listing"]} if isinstance(chosen, Mapping) else ""
        elif kind == "question":
            found[name] = _answer(world.answers.get(value))
        else:
            found[name] = dict(fact)
    return found


def _setting(door: Door, name: str, world: World) -> Any:
    value = world.settings.get(name, door.settings[name].value)
    if door.settings[name].kind == "date":
        return {"date": str(value)}
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _answer(value: Any) -> str:
    return str(value.get("name") or "") if isinstance(value, Mapping) else "" if value is None else str(value)


def routes_open(door: Door, world: World) -> list[Route]:
    """The routes that are numbered choices at the door now."""
    return [one for one in door.routes if one.label and holds(one.when, world)]
