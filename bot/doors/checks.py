"""What must fit together within a door file. Each finding says where, so that the refusal can name the line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from bot.doors.areas import known_areas
from bot.doors.conditions import Condition
from bot.doors.door import BUILT_IN, FACT_KINDS, SITUATION, Door, Setting
from bot.doors.questions import Question
from bot.doors.repeated import MOST
from bot.doors.texts import wanted
from directory_client.rules import week
from directory_client.traits import MODES, STREAMS, TIMES

Loc = tuple[int | str, ...]
Finding = tuple[Loc, str]
_SEASON = re.compile(r"\d\d-\d\d\.\.\d\d-\d\d")


def findings(door: Door) -> Iterator[Finding]:
    """Everything in the door that does not fit, in the order of the file's parts."""
    yield from _once(door)
    yield from _facts(door)
    yield from _settings(door)
    yield from _questions(door)
    yield from _consents(door)
    yield from _routes(door)
    yield from _rules(door)
    yield from _report(door)
    yield from _place(door)
    yield from _rest(door)


def _once(door: Door) -> Iterator[Finding]:
    lists: Mapping[str, Iterable[str]] = {
        "intake": (one.id for one in door.intake),
        "routes": (one.id for one in door.routes),
        "rules": (one.id for one in door.rules),
        "consents": (one.id for one in door.consents),
        "outcomes": (one.id for one in door.outcomes),
        "closing": (one.id for one in door.closing),
        "evaluation": (one.id for one in door.evaluation.questions) if door.evaluation else (),
    }
    for name, ids in lists.items():
        seen: set[str] = set()
        for at, one in enumerate(ids):
            if one in seen:
                at_: Loc = (name, "questions", at, "id") if name == "evaluation" else (name, at, "id")
                yield at_, f"{one!r} stands twice"
            seen.add(one)


def _facts(door: Door) -> Iterator[Finding]:
    for name, fact in door.facts.items():
        at: Loc = ("facts", name)
        if len(fact) != 1:
            yield at, "a fact has one kind and one value, such as {line: 211-ontario}"
            continue
        ((kind, value),) = fact.items()
        if kind == "setting":
            if value not in door.settings:
                yield at, f"there is no setting named {value!r}"
        elif kind == "text":
            if value not in door.texts.get("en", {}):
                yield at, f"there is no sentence {value!r} in texts/{door.id}/en.yml"
        elif kind == "question":
            if door.asked(value) is None:
                yield at, f"there is no question named {value!r}"
        elif kind == "listing_phone":
            chosen = door.asked(value)
            if chosen is None or chosen.kind != "listing":
                yield at, f"{value!r} is no question of kind listing"
        elif kind not in FACT_KINDS:
            kinds = ", ".join([*FACT_KINDS, "setting", "text", "question", "listing_phone"])
            yield at, f"{kind!r} is not a kind of fact: {kinds}"
        elif value not in FACT_KINDS[kind]():
            yield at, f"there is no {kind.partition('_')[0]} record named {value!r}"
    known = {*door.facts, *BUILT_IN, *SITUATION, "least", "most", "receiver"}
    for key in door.texts.get("en", {}):
        if unknown := sorted(wanted(f"{door.id}/{key}", door.texts) - known):
            yield ("facts",), f"the sentence {key} has a place for {unknown[0]!r}: name it under facts"


def _settings(door: Door) -> Iterator[Finding]:
    for name, setting in door.settings.items():
        if not _fits(setting):
            yield ("settings", name, "value"), f"{setting.value!r} is not a value of kind {setting.kind}"


def _fits(setting: Setting) -> bool:
    value = setting.value
    match setting.kind:
        case "yes_no":
            return isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "season":
            return isinstance(value, str) and (not value or bool(_SEASON.fullmatch(value)))
        case "date":
            try:
                return bool(date.fromisoformat(str(value)))
            except ValueError:
                return False
    return isinstance(value, str)


def _questions(door: Door) -> Iterator[Finding]:
    before: set[str] = set()
    for at, question in enumerate(door.intake):
        here: Loc = ("intake", at)
        if (question.kind == "choice") != bool(question.choices):
            yield (*here, "choices" if question.choices else "kind"), "choices belong to questions of kind choice"
        if len({one.id for one in question.choices}) < len(question.choices):
            yield (*here, "choices"), "two choices have the same id"
        if question.several and question.kind != "choice":
            yield (*here, "several"), "only a choice can have several answers"
        if question.precision != "day" and question.kind != "date":
            yield (*here, "precision"), "only dates have a precision"
        if question.each is not None and question.nth is None:
            yield (*here, "each"), f"{question.each!r} is no question of kind number with most (1 to {MOST})"
        elif question.nth is not None and question.each is None:
            yield (*here, "nth"), "is not written: give each"
        elif question.each is not None and question.each not in before:
            yield (*here, "each"), f"the question {question.each!r} comes later"
        if question.confirm and question.kind not in ("text", "place"):
            yield (*here, "confirm"), "only texts and places are read back"
        yield from _find(door, question, here, before)
        yield from _bounds(question, here)
        yield from _condition(door, question.when, (*here, "when"), before)
        before.add(question.id)


_TRAITS = {"stream": STREAMS, "mode": MODES, "time": TIMES}


def _find(door: Door, question: Question, here: Loc, before: set[str]) -> Iterator[Finding]:
    """A question of kind listing: what it looks for stands in earlier questions."""
    find = question.find
    if (question.kind == "listing") != (find is not None):
        yield (*here, "find" if find else "kind"), "find belongs to questions of kind listing"
    if find is None:
        return
    at: Loc = (*here, "find")
    if question.required:
        yield (*here, "required"), "nobody has to take one of the services: required is false"
    if door.route(find.nothing) is None:
        yield (*at, "nothing"), f"there is no route named {find.nothing!r}"
    kinds = {"by": "choice", "place": "place", "stream": "choice", "mode": "choice", "time": "choice"}
    for name, kind in kinds.items():
        value = getattr(find, name)
        asked = door.asked(value) if value in before else None
        if value is not None and (asked is None or asked.kind != kind):
            yield (*at, name), f"{value!r} is no earlier question of kind {kind}"
        elif asked is not None and (known := _TRAITS.get(name)):
            for option in asked.choices:
                if option.id not in (*known, "any"):
                    yield (*at, name), f"{option.id!r} is not one of {', '.join(known)}, any"
    by = door.asked(find.by)
    if by is not None and {one.id for one in by.choices} != find.needs.keys():
        yield (*at, "needs"), f"needs has another list of answers than {find.by!r}"


def _bounds(question: Question, here: Loc) -> Iterator[Finding]:
    for name in ("least", "most"):
        value = getattr(question, name)
        if value is None:
            continue
        if question.kind not in ("number", "text", "date"):
            yield (*here, name), f"a question of kind {question.kind} has no bounds"
        elif isinstance(value, str) != (question.kind == "date"):
            yield (*here, name), "numbers and texts are bounded by a number, dates by a day (2000-01-31, today-18y)"
    if isinstance(question.least, float) and isinstance(question.most, float) and question.least > question.most:
        yield (*here, "least"), "least is greater than most"


def _condition(door: Door, when: Condition | None, at: Loc, answered: set[str] | None) -> Iterator[Finding]:
    """`answered` holds the questions that come before; None where all have been asked."""
    if when is None:
        return
    if not when.comparisons and not (when.all or when.any or when.none):
        yield at, "the condition compares nothing: give is, not, at_least, at_most, inside, answered, …"
    subjects = [one for one in (when.question, when.setting, when.fact) if one is not None]
    if len(subjects) != (1 if when.comparisons else 0):
        yield at, "a comparison is about one question, setting or fact"
    if when.question is not None:
        asked = door.asked(when.question)
        if asked is None:
            yield at, f"there is no question named {when.question!r}"
        elif answered is not None and when.question not in answered:
            yield at, f"the question {when.question!r} comes later"
        elif asked.kind == "choice":
            for value in _values(when):
                if asked.option(value) is None:
                    yield at, f"{value!r} is not a choice of {when.question!r}"
        elif asked.kind == "yes_no" and any(not isinstance(value, bool) for value in _values(when)):
            yield at, "a yes or no question is compared with true or false"
    if when.setting is not None and when.setting not in door.settings:
        yield at, f"there is no setting named {when.setting!r}"
    for area in (when.inside, when.outside):
        if area is not None and area not in door.areas and area not in known_areas():
            yield at, f"there is no area named {area!r}: draw it under areas"
    for one in (*when.all, *when.any, *when.none):
        yield from _condition(door, one, at, answered)


def _values(when: Condition) -> list[object]:
    found: list[object] = []
    for value in (when.is_, when.not_):
        found += value if isinstance(value, tuple) else [] if value is None else [value]
    return found


def _consents(door: Door) -> Iterator[Finding]:
    for at, consent in enumerate(door.consents):
        for name in consent.shares:
            if door.asked(name) is None:
                yield ("consents", at, "shares"), f"there is no question named {name!r}"
        chosen = door.asked(consent.listing)
        if consent.listing is not None and (chosen is None or chosen.kind != "listing"):
            yield ("consents", at, "listing"), f"{consent.listing!r} is no question of kind listing"


def _routes(door: Door) -> Iterator[Finding]:
    needs = {"line": "line", "search": "need", "door": "door"}
    for at, route in enumerate(door.routes):
        here: Loc = ("routes", at)
        field = needs.get(route.to)
        if field and getattr(route, field) is None:
            yield (*here, "to"), f"a route to {route.to} needs {field}"
        if route.danger and route.to not in ("specialist", "situation"):
            yield (*here, "danger"), "in danger a route leads to a specialist"
        if route.by_phone and route.to != "line":
            yield (*here, "by_phone"), "only a route to a line puts callers through"
        if route.to == "intake" and not door.intake:
            yield (*here, "to"), "there are no questions under intake"
        if route.to == "report" and door.report is None:
            yield (*here, "to"), "say under report which answers the report keeps"
        if route.to == "register" and door.registration is None:
            yield (*here, "to"), "say under registration what it keeps and what makes two households the same"
        if route.to in ("case", "register") and route.consent is None:
            yield (*here, "to"), f"a {route.to} needs consent: name one of the consents, and refused"
        if route.consent is not None:
            if door.consent(route.consent) is None:
                yield (*here, "consent"), f"there is no consent named {route.consent!r}"
            if route.refused is None or door.route(route.refused) is None:
                yield (*here, "refused" if route.refused else "consent"), "refused names the route after a no"
        given = door.consent(route.consent)
        if route.to == "referral" and (given is None or given.listing is None):
            yield (*here, "to"), "a referral needs a consent that names the question of the service under listing"
        for then in route.then:
            if door.route(then.to) is None:
                yield (*here, "then"), f"there is no route named {then.to!r}"
        if route.outcome is not None and route.outcome not in {one.id for one in door.outcomes}:
            yield (*here, "outcome"), f"there is no outcome named {route.outcome!r}"
        yield from _condition(door, route.when, (*here, "when"), None)


def _rules(door: Door) -> Iterator[Finding]:
    if door.intake and not door.rules:
        yield ("intake",), "after the questions a rule says where they lead: give rules"
    for at, rule in enumerate(door.rules):
        if door.route(rule.to) is None:
            yield ("rules", at, "to"), f"there is no route named {rule.to!r}"
        elif door.route(rule.to).to == "intake":  # type: ignore[union-attr]
            yield ("rules", at, "to"), "a rule cannot lead back to the questions"
        last = at == len(door.rules) - 1
        if last != (rule.when is None):
            yield ("rules", at, "when" if rule.when else "id"), "the last rule, and only the last, has no condition"
        if rule.verdict != "eligible" and not rule.say:
            yield ("rules", at, "verdict"), "who is not eligible is told the reason: give say"
        for name in rule.offer_from:
            if not _chosen(door, name):
                yield ("rules", at, "offer_from"), f"{name!r} is no question of kind choice"
        yield from _condition(door, rule.when, ("rules", at, "when"), None)


def _report(door: Door) -> Iterator[Finding]:
    if door.report is None:
        return
    kept = door.report
    for name in ("type", "place", "time", "frequency"):
        if (value := getattr(kept, name)) is not None and door.asked(value) is None:
            yield ("report", name), f"there is no question named {value!r}"
    for value in kept.more:
        asked = door.asked(value)
        if asked is None or asked.kind in ("text", "place"):
            yield ("report", "more"), f"{value!r} is no question of kind choice, yes_no, number or date"


def _place(door: Door) -> Iterator[Finding]:
    if door.place is None:
        return
    for at, area in ((("place", "area"), door.place.area), *(_else(door))):
        if area not in door.areas and area not in known_areas():
            yield at, f"there is no area named {area!r}: draw it under areas"
    if door.place.question is not None:
        asked = door.asked(door.place.question)
        if asked is None or asked.kind != "place":
            yield ("place", "question"), f"{door.place.question!r} is no question of kind place"
    for number, other in enumerate(door.place.elsewhere):
        if door.route(other.to) is None:
            yield ("place", "elsewhere", number, "to"), f"there is no route named {other.to!r}"


def _else(door: Door) -> list[tuple[Loc, str]]:
    assert door.place is not None
    return [
        (("place", "elsewhere", number, "area"), other.area)
        for number, other in enumerate(door.place.elsewhere)
        if other.area is not None
    ]


def _rest(door: Door) -> Iterator[Finding]:
    yield from _marks(door)
    yield from _register(door)
    yield from _slips(door)
    yield from _table(door)
    if door.start == "entry" and not door.intake:
        yield ("start",), "there are no questions under intake"
    if door.notice and door.notice.mark and door.notice.mark not in {one.id for one in door.entry.marks}:
        yield ("notice", "mark"), f"there is no mark named {door.notice.mark!r}"
    for at, field in enumerate(door.closing):
        if (field.kind == "choice") != bool(field.choices):
            yield ("closing", at, "kind"), "choices belong to fields of kind choice"


def _chosen(door: Door, name: str, *, several: bool = False) -> bool:
    asked = door.asked(name)
    return asked is not None and asked.kind == "choice" and (asked.several or not several)


def _register(door: Door) -> Iterator[Finding]:
    if door.registration is None:
        return
    kept = door.registration
    named = [("answers", one) for one in kept.answers] + [("same", one) for group in kept.same for one in group]
    for field, name in named:
        if door.asked(name) is None:
            yield ("registration", field), f"there is no question named {name!r}"
    for name in kept.counts:
        asked = door.asked(name)
        if asked is None or asked.kind not in ("number", "choice", "yes_no"):
            yield ("registration", "counts"), f"{name!r} is no question of kind number, choice or yes_no"
    size = door.asked(kept.size)
    if kept.size is not None and (size is None or size.kind != "number"):
        yield ("registration", "size"), f"{kept.size!r} is no question of kind number"
    for field, kind in (("season", "season"), ("capacity", "number")):
        setting = getattr(kept, field)
        if setting is not None and (setting not in door.settings or door.settings[setting].kind != kind):
            yield ("registration", field), f"there is no setting of kind {kind} named {setting!r}"
    if not any(route.to == "register" for route in door.routes):
        yield ("registration",), "no route leads to the register"


def _slips(door: Door) -> Iterator[Finding]:
    slips = door.entry.signs.slips if door.entry.signs else None
    for field in ("social", "health") if slips else ():
        name = getattr(slips, field)
        if name is not None and not _chosen(door, name, several=True):
            yield ("entry", "signs", "slips", field), f"{name!r} is no question of kind choice with several answers"


def _marks(door: Door) -> Iterator[Finding]:
    for at, mark in enumerate(door.entry.marks):
        here: Loc = ("entry", "marks", at)
        route = door.route(mark.to)
        if mark.to is not None and (route is None or route.to not in ("specialist", "situation")):
            yield (*here, "to"), f"{mark.to!r} is no route to a specialist"
        if mark.to is None and (mark.say or mark.phrases or mark.meanwhile):
            yield here, "say, phrases and meanwhile belong to a mark with to"
        if mark.phrases and not mark.say:
            yield (*here, "phrases"), "whoever writes one of these is told what follows: give say"


def _table(door: Door) -> Iterator[Finding]:
    if door.table is None:
        return
    setting = door.settings.get(door.table.meeting)
    if setting is None or setting.kind != "text":
        yield ("table", "meeting"), f"there is no setting of kind text named {door.table.meeting!r}"
    elif setting.value:
        try:
            week(str(setting.value))
        except ValueError as problem:
            yield ("settings", door.table.meeting, "value"), str(problem)
    if not any(route.to == "situation" for route in door.routes):
        yield ("table",), "no route leads to a situation, so nobody reaches the table"
