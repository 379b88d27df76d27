"""The questions of a door as a machine: state and what was said in, state and pieces out. Pure.

What is wanted from it (`Wanted`) is plain JSON, because it also travels as the meaning of a numbered choice:

    {"do": "answer", "value": …} | {"do": "skip" | "back" | "why" | "go_on" | "again"}
    {"do": "yes" | "no"}                      to an answer read back, a summary, a consent
    {"do": "change", "question": id}          from the summary
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot import answers as pieces_of
from bot.answers import PERSON, Choice, Piece, choice, do
from bot.doors.areas import inside
from bot.doors.conditions import World, holds
from bot.doors.door import Door
from bot.doors.questions import Question
from bot.doors.routing import Rule
from bot.intake import labels, offering
from bot.intake.answers import Refusal, Said, answer_to
from bot.intake.state import State
from bot.numbers import chosen_number
from bot.person_words import asks_for_person
from bot.voice.yes_no import yes_no

INTENT = "intake"
Wanted = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What follows: the new state, and what is said before the next question."""

    state: State
    said: list[Piece] = field(default_factory=list)


def started(door: Door, world: World, known: Mapping[str, Any] | None = None) -> State:
    """The state before the first question. What the person has said once elsewhere is taken over."""
    known = known or {}
    taken = {one.id: known[one.once] for one in door.intake if one.once and known.get(one.once) is not None}
    return _on(State(door.id, answers=taken), door, world)


def given(wanted: Wanted) -> dict[str, Any]:
    """What a numbered choice means to the dialogue."""
    return {"intent": INTENT, "entities": {INTENT: dict(wanted)}}


def kept_once(door: Door, state: State) -> dict[str, Any]:
    """The answers that follow the person, by the name under which they do."""
    return {
        one.once: state.answers[one.id] for one in door.intake if one.once and state.answers.get(one.id) is not None
    }


def read(door: Door, state: State, said: Said, world: World) -> Wanted | None:
    """What a message means to the open question; None when it says nothing to it."""
    word = labels.command(said.text, said.language)
    if word == "go_on":
        return {"do": "go_on"}
    if not state.open:
        return None
    if word is not None:
        return {"do": word}
    if labels.folded(said.text) in {labels.folded(text) for text in labels.said(door, "choice_person", said.language)}:
        return None
    if asks_for_person(said.text, said.language):
        return None
    question = door.asked(state.at)
    if state.phase == "questions" and question is not None and question.kind == "listing":
        return offering.read(state, said)
    if state.phase == "questions" and question is not None:
        value = answer_to(question, door, said, world)
        if value is None or isinstance(value, Refusal):
            return {"do": "refused", "message": value.message, "facts": dict(value.facts)} if value else None
        return {"do": "answer", "value": value}
    number = chosen_number(said.text)
    answer = (number == 1 if number in (1, 2) else None) if number is not None else yes_no(said.text, said.language)
    return None if answer is None else {"do": "yes" if answer else "no"}


def applied(door: Door, state: State, wanted: Wanted, world: World) -> Step:
    """Does what is wanted."""
    what = wanted.get("do")
    state = replace(state, paused=False)
    if state.phase == "done":
        return Step(state)
    if what == "why":
        return Step(state, [door.say(_why(door, state))])
    if what == "refused":
        missed = replace(state, misses=state.misses + 1)
        return Step(missed, [pieces_of.say(str(wanted["message"]), **wanted.get("facts", {}))])
    if what == "back":
        return _back(door, state, world)
    if what == "change" and door.asked(wanted.get("question")):
        return Step(replace(state, phase="questions", at=str(wanted["question"]), changing=True, misses=0))
    question = door.asked(state.at)
    if state.phase == "questions" and question is not None:
        if what == "skip":
            if question.required:
                return Step(state, [pieces_of.say("common/cannot_skip"), door.say(question.why)])
            return _answered(door, state, question, None, world)
        if what == "answer" and wanted.get("value") is not None:
            if question.kind == "listing" and not offering.offered(state, wanted["value"]):
                return Step(state)
            if question.confirm:
                return Step(replace(state, phase="confirm", pending=wanted["value"], misses=0))
            return _answered(door, state, question, wanted["value"], world)
    if state.phase == "confirm" and question is not None and what in ("yes", "no"):
        asked = replace(state, phase="questions", pending=None)
        return _answered(door, asked, question, state.pending, world) if what == "yes" else Step(asked)
    if state.phase == "review" and what in ("yes", "no"):
        if what == "no":
            return Step(state, [_changes(door, state)])
        return Step(_asking(door, replace(state, phase="consent")))
    if state.phase == "consent" and what in ("yes", "no"):
        return _consented(door, state, what == "yes")
    return Step(replace(state, misses=state.misses + 1) if what == "again" else state)


def asked(door: Door, state: State, world: World, channel: str = "web") -> list[Piece]:
    """The question that is open now, as pieces. Each has `asks`, so that it is known to have been asked."""
    if state.phase == "done":
        return []
    question = door.asked(state.at)
    if state.phase == "review":
        said = _review(door, state)
    elif state.phase == "consent":
        said = _consent_question(door, state)
    elif question is None:
        return []
    elif question.kind == "listing":
        return offering.pieces(door, state, question)
    elif state.phase == "confirm":
        said = [pieces_of.say("common/confirm", _yes_no(), value=shown(question, state.pending))]
    else:
        said = _question(door, state, question, channel)
    return [{**piece, "asks": state.at or state.phase} for piece in said]


def not_understood(door: Door, state: State) -> tuple[State, list[Piece]]:
    """The answer could not be read: other words for it, and from the second time on a person."""
    question = door.asked(state.at)
    missed = replace(state, misses=state.misses + 1)
    if question is not None and state.phase == "questions":
        said = [door.say(question.again) if question.again else pieces_of.say(f"common/again_{question.kind}")]
    else:
        said = [pieces_of.say("common/again_yes_no")]
    if missed.misses > 1:
        said.append(pieces_of.say("common/person_instead", [PERSON]))
    return missed, said


def shown(question: Question, value: Any) -> Any:
    """An answer as a fact for the person."""
    if value is None:
        return {"message": "common/not_given"}
    if isinstance(value, bool):
        return {"message": "common/choice_yes" if value else "common/choice_no"}
    if isinstance(value, Mapping):
        return str(value.get("name") or "")
    if isinstance(value, list | tuple):
        return {"messages": [option.label for one in value if (option := question.option(one))]}
    option = question.option(value)
    if option is not None:
        return {"message": option.label}
    return {"date": str(value), "precision": question.precision} if question.kind == "date" else str(value)


def rule_for(door: Door, world: World) -> Rule | None:
    """The eligibility rule that decides: the first that holds."""
    return next((rule for rule in door.rules if holds(rule.when, world)), None)


# -- parts


def _on(state: State, door: Door, world: World) -> State:
    """The next question that is to be asked, or what comes after the last."""
    world = replace(world, answers=state.answers)
    for question in door.intake:
        if question.id not in state.answers and holds(question.when, world):
            return replace(state, phase="questions", at=question.id, misses=0)
    elsewhere = _elsewhere(door, state)
    rule = None if elsewhere else rule_for(door, world)
    route = door.route(elsewhere or (rule.to if rule else None))
    decided = replace(state, at=None, misses=0, rule=rule.id if rule else None, route=route.id if route else None)
    consent = door.consent(route.consent) if route else None
    if consent is None:
        return replace(decided, phase="done")
    if consent.review:
        return replace(decided, phase="review", at=consent.id)
    return _asking(door, replace(decided, phase="consent", at=consent.id))


def _elsewhere(door: Door, state: State) -> str | None:
    """The route of a person from another region, where the door knows one."""
    if door.place is None or door.place.question is None:
        return None
    place = state.answers.get(door.place.question)
    if not place or inside(place, door.place.area, door.areas):
        return None
    if isinstance(place, Mapping) and place.get("lat") is None and not place.get("outside"):
        return None  # a whole province is no town: the rules decide
    fitting = (e for e in door.place.elsewhere if e.area is None or inside(place, e.area, door.areas))
    return next((one.to for one in fitting), None)


def _answered(door: Door, state: State, question: Question, value: Any, world: World) -> Step:
    answers = {**state.answers, question.id: value}
    # An answer that was changed can make later ones meaningless.
    keep = replace(world, answers=answers)
    for one in door.intake:
        if one.id in answers and one.id != question.id and not holds(one.when, keep):
            answers.pop(one.id)
            keep = replace(world, answers=answers)
    path = (*(one for one in state.path if one != question.id), question.id)
    after = replace(state, answers=answers, path=path, misses=0, pending=None, changing=False)
    if question.kind != "listing":
        after = _unoffered(door, replace(after, answers=_without_offers(door, answers, question.id)))
    said = [do("answer", door=door.id, question=question.id, kind=question.kind, value=value)]
    if question.then and value is not None:
        said.append(door.say(question.then))
    return Step(_on(after, door, world), said)


def _back(door: Door, state: State, world: World) -> Step:
    if state.phase in ("review", "consent", "confirm") and state.path and state.phase != "confirm":
        last = state.path[-1]
    elif state.phase == "confirm":
        return Step(replace(state, phase="questions", pending=None))
    elif state.path:
        last = state.path[-1]
    else:
        return Step(state, [pieces_of.say("common/nothing_before")])
    answers = {key: value for key, value in state.answers.items() if key != last}
    return Step(
        replace(
            _unoffered(door, replace(state, answers=answers)),
            phase="questions",
            at=last,
            path=state.path[:-1],
            misses=0,
            pending=None,
        )
    )


def _without_offers(door: Door, answers: Mapping[str, Any], changed: str) -> dict[str, Any]:
    """Without a service that was chosen by an answer that has changed."""
    by = {one.id: (one.find.by, one.find.place, one.find.stream, one.find.mode, one.find.time)
          for one in door.intake if one.find}  # fmt: skip
    return {name: value for name, value in answers.items() if changed not in by.get(name, ())}


def _unoffered(door: Door, state: State) -> State:
    """Services are looked for anew when what they were looked for by may have changed."""
    later = [one.id for one in door.intake if one.kind == "listing" and one.id not in state.answers]
    return replace(state, offers=None) if later and state.offers is not None else state


def _why(door: Door, state: State) -> str:
    question = door.asked(state.at)
    consent = door.consent(state.at)
    return question.why if question else consent.why if consent else "common/why_review"


def _question(door: Door, state: State, question: Question, channel: str) -> list[Piece]:
    choices: list[Choice] = []
    if question.kind == "choice":
        choices = [
            _choice({"message": one.label}, {"do": "answer", "value": [one.id] if question.several else one.id})
            for one in question.choices
        ]
    elif question.kind == "yes_no":
        choices = [
            _choice({"message": f"common/choice_{word}"}, {"do": "answer", "value": word == "yes"})
            for word in ("yes", "no")
        ]
    if question.kind in ("number", "date", "text"):
        # A number that is typed here is the answer; commands are words.
        said = [door.say(question.ask, **({"nth": str(question.nth)} if question.nth else {}))]
        if not question.required or not state.path:
            said.append(pieces_of.say("common/hint_optional" if not question.required else "common/hint"))
        return said
    if not question.required:
        choices.append(_choice({"message": "common/choice_skip"}, {"do": "skip"}))
    if channel == "web":
        choices.append(_choice({"message": "common/choice_why"}, {"do": "why"}))
        if state.path:
            choices.append(_choice({"message": "choice_back"}, {"do": "back"}))
    said = [door.say(question.ask, [*choices, PERSON])]
    if question.several:
        said.insert(0, pieces_of.say("common/hint_several"))
    return said


def _review(door: Door, state: State) -> list[Piece]:
    """The summary before something goes to others: each answer, then "is this right?"."""
    consent = door.consent(state.at)
    names = consent.shares if consent else ()
    lines = [
        pieces_of.say(
            "common/review_line", label={"message": one.short or one.ask}, value=shown(one, state.answers[name])
        )
        for name in names
        if (one := door.asked(name)) is not None and name in state.answers
    ]
    head = pieces_of.say("common/review_head")
    return [head, *lines, pieces_of.say("common/review_right", _yes_no())]


def _changes(door: Door, state: State) -> Piece:
    consent = door.consent(state.at)
    choices = [
        _choice({"message": one.short or one.ask}, {"do": "change", "question": one.id})
        for name in (consent.shares if consent else ())
        if (one := door.asked(name)) is not None and name in state.answers
    ]
    return {**pieces_of.say("common/review_which", [*choices, PERSON]), "asks": "review"}


def _asking(door: Door, state: State) -> State:
    """Where each answer is asked about by itself, the first of them."""
    consent = door.consent(state.at)
    if consent is None or not consent.each:
        return replace(state, field=None)
    names = [name for name in consent.shares if state.answers.get(name) is not None]
    return replace(state, field=names[0] if names else None, allowed=())


def _consent_question(door: Door, state: State) -> list[Piece]:
    consent = door.consent(state.at)
    if consent is None:
        return []
    chosen = state.answers.get(consent.listing or "")
    receiver: Any = str(chosen["name"]) if isinstance(chosen, Mapping) else {"message": consent.receiver}
    one = door.asked(state.field)
    if one is not None:
        facts = {"label": {"message": one.short or one.ask}, "value": shown(one, state.answers.get(one.id))}
        return [pieces_of.say("common/consent_each", _yes_no(), receiver=receiver, **facts)]
    return [
        door.say(consent.ask, [*_yes_no(), _choice({"message": "common/choice_why"}, {"do": "why"})], receiver=receiver)
    ]


def _consented(door: Door, state: State, yes: bool) -> Step:
    consent = door.consent(state.at)
    route = door.route(state.route)
    if consent is None or route is None:
        return Step(replace(state, phase="done"))
    if consent.each and state.field is not None:
        names = [name for name in consent.shares if state.answers.get(name) is not None]
        allowed = (*state.allowed, state.field) if yes else state.allowed
        left = names[names.index(state.field) + 1 :]
        if left:
            return Step(replace(state, field=left[0], allowed=allowed))
        yes = bool(allowed)
    else:
        allowed = tuple(name for name in consent.shares if name in state.answers) if yes else ()
    noted = do(
        "consent", door=door.id, consent=consent.id, version=consent.version, given=yes, fields=list(allowed),
        receiver=consent.receiver,
    )  # fmt: skip
    after = replace(state, phase="done", at=None, field=None, allowed=allowed)
    return Step(after if yes else replace(after, route=route.refused), [noted])


def _yes_no() -> list[Choice]:
    return [_choice({"message": f"common/choice_{word}"}, {"do": word}) for word in ("yes", "no")]


def _choice(label: Any, wanted: Wanted) -> Choice:
    return choice(label, INTENT, **{INTENT: dict(wanted)})
