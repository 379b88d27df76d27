"""Between a turn of the gateway and the doors: what a message means to a door, and what follows beside the dialogue.

Rasa runs the questions as a form; when it is away, or does not know them (an older model), the same machine runs here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import answers, dialogue
from bot.answers import OPEN_LATER, Piece, choice, do
from bot.conversations.ledger import Ledger
from bot.conversations.ownership import DANGER
from bot.conversations.views import ConversationView, Work
from bot.dialogue import Decision
from bot.doors.door import Door, Mark
from bot.doors.loading import door_named, doors_in_force
from bot.doors.routes import LEVELS, Entrance, entrance, route_menu
from bot.doors.world import Situation, situation, world_of
from bot.engine import EngineAnswer
from bot.intake import machine, offering
from bot.intake.answers import Said
from bot.intake.course import Course, Told, by_route, course
from bot.intake.ending import route_taken
from bot.intake.labels import folded
from bot.intake.machine import INTENT
from bot.intake.state import State
from bot.language.identification import Identified
from bot.learners.store import standing
from bot.menu import Look
from bot.safety import Risk, joined
from bot.slips import read as slips
from bot.understanding import Heard, option_for, place_json
from directory_client.search import Query

ENTER = "enter"
"""What a text with a door's word means, or the first moment of a call: {"intent": "enter", "entities": {…}}."""
ROUTE = "choose_route"
_TALKED = frozenset(
    ("need", "give_place", "correct_place", "place_outside", "choose_area", "choose_more_areas", "more", "nearer",
     "open_now", "details", "another_need", "menu")
)  # fmt: skip
"""Meanings that take the talk elsewhere: the questions wait until the person goes on with them."""
_LEFT = frozenset(
    ("ask_person", "delete_data", "delete_confirmed", "delete_cancelled", "goodbye", "change_language", "complaint",
     "restart")
)  # fmt: skip
_OWN = frozenset(("ask_delete", "delete", "leave", "callback"))
"""What somebody who waits may always do."""
_FREE = frozenset(("number", "date", "text"))
"""Kinds of questions to which a number that is typed is an answer, not a choice."""
_PAGE = 3
_WORD = 3
"""Words up to which a text that opens a door is taken for the door's word and the number of a sign alone."""


@dataclass(frozen=True, slots=True)
class AtDoor:
    """Where a message has met a conversation: the door, its situation, the open questions, and what was meant."""

    door: Door
    around: Situation
    now: datetime
    language: str
    channel: str
    memory: Mapping[str, Any] = field(default_factory=dict)
    state: State | None = None
    given: Mapping[str, Any] | None = None
    """What the message means, when that is known without Rasa."""

    @property
    def intent(self) -> str | None:
        return (self.given or {}).get("intent")

    def told(self) -> Told:
        wanted = ((self.given or {}).get("entities") or {}).get(INTENT)
        sent = {"door": self.door.id, "state": self.state.as_json() if self.state else None, "situation": self.around}
        return Told.of(sent, self.now, wanted)

    def metadata(self) -> dict[str, Any]:
        """What Rasa's actions are told."""
        state = self.state.as_json() if self.state else None
        return {"intake": {"door": self.door.id, "state": state, "situation": self.around}}


def at_door(ledger: Ledger, work: Work, heard: Heard, language: str, now: datetime) -> AtDoor:
    """Reads a message as the door's open question does. Blocks."""
    conversation, door = work.conversation, door_named(work.conversation.door)
    memory = conversation.memory
    with Session(ledger.reader) as session:
        around = situation(session, door, now, language=language, channel=conversation.channel, memory=memory)
        referred = standing(session, conversation.id) if door.referring else None
    around["facts"]["known"] = dict(memory.get("known") or {})
    around["facts"]["referral"] = referred
    state = State.of(memory.get("intake"), door.id)
    here = AtDoor(door, around, now, language, conversation.channel, memory, state)
    option = option_for(heard.number, conversation.options) if heard.number_only else None
    given = work.message.given or (option["given"] if option else None)
    if option and state and state.open and state.phase == "questions" and _free(door, state):
        given = None
    if given is None and state is not None and state.phase != "done":
        said = Said(
            work.message.text, language,
            place_json(heard.place) if heard.place else None,
            place_json(heard.outside) if heard.outside else None,
        )  # fmt: skip
        wanted = machine.read(door, state, said, here.told().world)
        given = machine.given(wanted) if wanted else None
    if given is None and conversation.owner == "bot" and (mark := _written_mark(door, memory, work.message.text)):
        given = {"intent": ROUTE, "entities": {"route": mark.to}}
        here = replace(here, memory={**memory, "mark": mark.id})
    return replace(here, given=given)


def _written_mark(door: Door, memory: Mapping[str, Any], text: str) -> Mark | None:
    """The mark of somebody who says so in their own words, such as an organization that wants to work with us."""
    plain = f" {folded(text)} "
    return next(
        (
            mark
            for mark in door.entry.marks
            if mark.id != memory.get("mark") and any(f" {folded(phrase)} " in plain for phrase in mark.phrases)
        ),
        None,
    )


def _free(door: Door, state: State) -> bool:
    question = door.asked(state.at)
    return question is not None and question.kind in _FREE


# -- coming in


def noticed(work: Work, risk: Risk) -> Risk:
    """The risk of a message by which somebody comes in at a door that is danger by itself."""
    found = entry_notice(work)
    if found is None:
        return risk
    return joined(risk, Risk(LEVELS[found[0]], found[1], (f"door:{work.conversation.door}",)))


def of_entry(work: Work, heard: Heard) -> Heard:
    """What was heard, without a guess at the language of a code or of a door's word: "3RKM" and "DSO" are in none.

    A word that the door says is French, or that is the door's French name, and not its English one, is French.
    """
    if slips.nothing_but_a_code(heard.text):
        return replace(heard, identified=dialogue.UNKNOWN)
    if (work.message.given or {}).get("intent") != ENTER or len(heard.text.split()) > _WORD:
        return heard
    door, word = door_named(work.conversation.door), folded(heard.text)
    french = bool(word) and word in folded(door.names["fr"]) and word not in folded(door.names["en"])
    french = french or word in {folded(one) for one in door.entry.french}
    return replace(heard, identified=Identified("fr", False, 1.0) if french else dialogue.UNKNOWN)


def entry_notice(work: Work) -> tuple[str, str] | None:
    """Level and kind of the notice that a message of entry meets."""
    if (work.message.given or {}).get("intent") != ENTER:
        return None
    door = door_named(work.conversation.door)
    notice, mark = door.notice, door.entry.mark(work.conversation.memory.get("mark"))
    return (notice.level, notice.kind) if notice and notice.mark in (None, mark) else None


def entering(ledger: Ledger, work: Work, language: str, now: datetime) -> Decision | None:
    """The answer to somebody who comes in by a door's word or call; None for every other message. Blocks."""
    if (work.message.given or {}).get("intent") != ENTER:
        return None
    conversation, door = work.conversation, door_named(work.conversation.door)
    with Session(ledger.reader) as session:
        memory = conversation.memory
        around = situation(session, door, now, language=language, channel=conversation.channel, memory=memory)
    found = entrance(door, around, now, channel=conversation.channel, memory=memory)
    return entered(found, door)


def entered(found: Entrance, door: Door) -> Decision:
    """An entrance as a decision: its words, and a person at once where the door means danger."""
    noted = do("entered", door=door.id, mark=found.memory.get("mark"), sign=found.memory.get("sign"))
    pieces = [noted, *found.pieces]
    if not found.crisis:
        return Decision(pieces, found.memory, intent=ENTER, engine_stale=True)
    priority = DANGER * (int(found.level) - 1)
    pieces.append(do("handoff", reason=f"risk:{found.level.label}", priority=priority, silent=True))
    return Decision(
        pieces, found.memory, intent=ENTER, crisis=True, priority=priority, engine_stale=True, notes={"danger_said": 1}
    )


def code_named(ledger: Ledger, work: Work, now: datetime) -> str | None:
    """The code in a message of a slip that was written and still holds. Blocks."""
    if not slips.codes_in(work.message.text):
        return None
    with Session(ledger.reader) as session:
        found = slips.shown(session, doors_in_force().values(), work.message.text, now)
    return found[1] if found else None


def by_slip(ledger: Ledger, work: Work, language: str, now: datetime) -> Decision | None:
    """The answer to somebody who names the code of a slip in their message; None for every other. Blocks."""
    conversation, text = work.conversation, work.message.text
    if conversation.memory.get("slip") == "read" or not slips.codes_in(text):
        return None
    with Session(ledger.reader) as session:
        found = slips.shown(session, doors_in_force().values(), text, now)
        if found is None:
            return None
        door, code = found
        memory: dict[str, Any] = {**conversation.memory, "sign": code, **slips.of_slip(session, door, code, now)}
        for name in ("intake", "mark"):
            memory.pop(name, None)
        around = situation(session, door, now, language=language, channel=conversation.channel, memory=memory)
    come = entrance(door, around, now, channel=conversation.channel, memory=memory)
    decision = entered(come, door)
    if door.id != conversation.door:
        return replace(decision, pieces=[do("door", door=door.id), *decision.pieces])
    # They are here already, and were greeted: the slip is noted, and the questions begin anew.
    greeted = {door.say(one)["say"] for one in door.greeting}
    said = [piece for piece in decision.pieces if piece.get("do") != "entered" and piece.get("say") not in greeted]
    return replace(decision, pieces=[do("slip", door=door.id, sign=code), *said])


# -- what is said


def calm(decision: Decision, conversation: ConversationView) -> Decision:
    """The answer to somebody who was sent straight to a person and waits: no menu, no question, and nothing twice."""
    door = door_named(conversation.door)
    mark = door.entry.marked(door.entry.mark(conversation.memory.get("mark")))
    if conversation.owner != "waiting" or mark is None or mark.meanwhile is None or decision.crisis:
        return decision
    kept = [piece for piece in decision.pieces if "do" in piece and piece["do"] != "handoff"]
    if decision.intent in _LEFT - {"ask_person"} or any(piece["do"] in _OWN for piece in kept):
        return decision
    return replace(decision, pieces=[*kept, door.say(mark.meanwhile)])


def next_question(conversation: ConversationView, language: str, now: datetime) -> Decision:
    """What to ask when a message was only about the language: the door's open question, or that of the search."""
    door = door_named(conversation.door)
    state = State.of(conversation.memory.get("intake"), door.id)
    about = situation(None, door, now, language=language, channel=conversation.channel, memory=conversation.memory)
    world = world_of(door, about, now, state.answers if state else None)
    if state is not None and state.open:
        return Decision(machine.asked(door, state, world, conversation.channel), dict(conversation.memory))
    if door.question and not conversation.memory.get("need"):
        return Decision([door.say(door.question, route_menu(door, world))], dict(conversation.memory))
    return dialogue.next_question(conversation)


def from_engine(answer: EngineAnswer, conversation: ConversationView, here: AtDoor, look: Look) -> Decision:
    """Rasa's answer; the machine's own where Rasa does not know the questions."""
    ours = here.intent in (INTENT, ROUTE)
    if ours and not answer.slots.get("intake"):
        return without_engine(here, look)
    if not ours:
        answer = replace(answer, slots={name: value for name, value in answer.slots.items() if name != "intake"})
    return after(_offered(dialogue.from_engine(answer, conversation), here, look), here)


def handles(here: AtDoor) -> bool:
    """Whether the door answers a message by itself when Rasa is away."""
    return here.intent in (INTENT, ROUTE) or (here.given is None and here.state is not None and here.state.open)


def without_engine(here: AtDoor, look: Look) -> Decision:
    """The same questions without Rasa, which gets the memory again when it is back."""
    told = here.told()
    if here.intent == ROUTE:
        done = by_route(told, ((here.given or {}).get("entities") or {}).get("route"))
        done = done or Course(here.state or State(here.door.id, phase="done"), [dialogue.plain_menu()])
    elif here.intent == INTENT:
        done = course(told)
    else:
        assert here.state is not None
        missed, said = machine.not_understood(here.door, here.state)
        done = Course(missed, [*said, *machine.asked(here.door, missed, told.world, here.channel)])
    memory: dict[str, Any] = {**here.memory, "intake": done.state.as_json()}
    pieces = list(done.pieces)
    needs: tuple[str, ...] = ()
    if done.ending and done.ending.need:
        needs = (done.ending.need,)
        memory["need"] = list(needs)
    if done.ending and done.ending.search:
        pieces += _found(done.ending.search, memory, here, look)
    decision = Decision(pieces, memory, needs=needs, intent=here.intent or INTENT, engine_stale=True)
    return after(_offered(decision, here, look), here)


def _found(need: str, memory: dict[str, Any], here: AtDoor, look: Look) -> list[Piece]:
    """Services near the person, or the question where they are."""
    place = memory.get("place")
    if not place:
        return [answers.say("ask_place")]
    query = Query(
        need=need, lat=place.get("lat"), lon=place.get("lon"), place_radius_km=float(place.get("radius_km") or 0),
        language=here.language, limit=_PAGE,
    )  # fmt: skip
    found = look(query)
    ids = [one.id for one in found.listings]
    memory["shown"] = {"ids": ids, "last": ids, "offset": len(ids), "need": need, "mode": "usual"}
    heading = None if found.fallback != OPEN_LATER else "results_none_open"
    return answers.results(found, need=need, place=place, heading=heading)


def _offered(decision: Decision, here: AtDoor, look: Look) -> Decision:
    """The services that an open question offers, where the machine has asked for them; the door's way without any."""
    at = next((place for place, piece in enumerate(decision.pieces) if "find" in piece), None)
    if at is None:
        return decision
    memory = dict(decision.memory if decision.memory is not None else here.memory)
    state, question = State.of(memory.get("intake"), here.door.id), here.door.asked(decision.pieces[at]["find"])
    if state is None or question is None or question.find is None:
        return replace(decision, pieces=[*decision.pieces[:at], *decision.pieces[at + 1 :]])
    find = question.find
    found = offering.looked_for(find, state.answers, here.language, look)
    place = state.answers.get(find.place) or {}
    counted = do(
        "searched", door=here.door.id, need=found.need, stream=found.stream, mode=found.mode, time=found.time,
        near=found.near, place=place.get("name"), lat=place.get("lat"), lon=place.get("lon"),
    )  # fmt: skip
    said: list[Piece] = [counted, *offering.heading(find, found)]
    if not found.near:
        said.append(do("unmet", need=found.need, reason="none_near"))
    state = replace(state, offers=found.offers)
    if found.offers:
        said += offering.pieces(here.door, state, question)
    else:
        route = here.door.route(find.nothing)
        state = replace(state, phase="done", at=None, rule=None, route=find.nothing)
        world = replace(here.told().world, answers=state.answers)
        said += route_taken(here.door, route, world, state).pieces if route else []
    memory["intake"] = state.as_json()
    pieces = [*decision.pieces[:at], *said, *decision.pieces[at + 1 :]]
    return replace(decision, pieces=pieces, memory=memory, needs=(found.need,), engine_stale=True)


def after(decision: Decision, here: AtDoor) -> Decision:
    """What the door adds to an answer: the open question again, another door, and what is to be remembered."""
    decision = _in_danger(decision)
    memory = dict(decision.memory if decision.memory is not None else here.memory)
    pieces = list(decision.pieces)
    state = State.of(memory.get("intake"), here.door.id)
    if state is None:
        return _elsewhere(replace(decision, pieces=pieces, memory=memory), here)
    if here.intent in (INTENT, ROUTE):
        known = {**dict(memory.get("known") or {}), **machine.kept_once(here.door, state)}
        memory["known"] = known
        place = _place_of(here.door, state)
        if place and not memory.get("place"):
            memory["place"] = place
        if state.phase == "done":
            # What was said stands in its own tables now; nothing of it stays here.
            state = State(here.door.id, phase="done", rule=state.rule, route=state.route)
    elif state.open and not decision.crisis:
        state, more = _again(decision, here, state)
        pieces += more
    memory["intake"] = state.as_json()
    return _elsewhere(replace(decision, pieces=pieces, memory=memory), here)


def _in_danger(decision: Decision) -> Decision:
    """An answer by which danger became known is a crisis reply."""
    found = next((piece for piece in decision.pieces if piece.get("do") == "danger"), None)
    if found is None:
        return decision
    priority = DANGER * (int(LEVELS[found["level"]]) - 1)
    return replace(decision, crisis=True, priority=priority, notes={**decision.notes, "danger_said": 1})


def _again(decision: Decision, here: AtDoor, state: State) -> tuple[State, list[Piece]]:
    """The open question after something else was talked of."""
    if decision.intent in _LEFT or any("do" in piece and piece["do"] == "handoff" for piece in decision.pieces):
        return replace(state, paused=True), []
    if decision.intent in _TALKED or any("listings" in piece for piece in decision.pieces):
        go_on = choice({"message": "common/choice_go_on"}, INTENT, **{INTENT: {"do": "go_on"}})
        return replace(state, paused=True), [answers.say("common/later", [go_on])]
    if any("asks" in piece for piece in decision.pieces):
        return state, []
    return state, machine.asked(here.door, state, here.told().world, here.channel)


def _elsewhere(decision: Decision, here: AtDoor) -> Decision:
    """The words of another door, when the answer leads there. What was answered once goes along."""
    to = next((piece["door"] for piece in decision.pieces if piece.get("do") == "door"), None)
    if to is None:
        return decision
    door, memory = door_named(str(to)), dict(decision.memory or {})
    memory = {name: value for name, value in memory.items() if name not in ("intake", "mark", "sign")}
    around = situation(None, door, here.now, language=here.language, channel=here.channel, memory=memory)
    come = entered(entrance(door, around, here.now, channel=here.channel, memory=memory), door)
    return replace(
        come,
        pieces=[*decision.pieces, *come.pieces],
        memory=dict(come.memory or {}),
        needs=decision.needs,
        intent=decision.intent,
    )


def _place_of(door: Door, state: State) -> dict[str, Any] | None:
    """A place that was answered is the person's place for searches too."""
    for question in door.intake:
        value = state.answers.get(question.id)
        if question.kind == "place" and isinstance(value, Mapping) and not value.get("outside"):
            return dict(value)
    return None
