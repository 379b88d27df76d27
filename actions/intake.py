"""The form of a door's questions. Which they are stands in the door file; the machine is bot.intake."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.base import Event, PieceAction, entity, metadata, now
from actions.searching import page
from bot import answers
from bot.answers import Piece
from bot.intake.course import Course, Told, by_route, course
from bot.intake.machine import INTENT


def told(tracker: Tracker) -> Told:
    """What the gateway has sent along of the intake."""
    return Told.of(metadata(tracker).get("intake") or {}, now(tracker), entity(tracker, INTENT))


def answers_it(tracker: Tracker) -> bool:
    """Whether the message is to the open question; all else is for the other rules."""
    return ((tracker.latest_message or {}).get("intent") or {}).get("name") == INTENT


class Validate(PieceAction):
    """The state after the message. Says nothing: Rasa validates twice when a form begins."""

    action = "validate_intake_form"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        if not answers_it(tracker):
            return [], []
        state = told(tracker).step().state
        return [], [SlotSet("intake", state.as_json()), SlotSet("intake_done", state.phase == "done" or None)]


class Ask(PieceAction):
    """What is said to the last answer, and the question that is open."""

    action = "action_ask_intake_form_intake_done"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        if not answers_it(tracker):
            return [], []  # the gateway asks again after whatever else was said
        return course(told(tracker)).pieces, []


class Done(PieceAction):
    """All questions are answered: the reason, the route, services."""

    action = "action_intake_done"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        return ended(tracker, course(told(tracker)))


def routed(tracker: Tracker) -> tuple[list[Piece], list[Event]]:
    """A numbered choice at the door."""
    taken = by_route(told(tracker), entity(tracker, "route"))
    if taken is None:
        return [answers.say("ask_need")], []
    return ended(tracker, taken)


def ended(tracker: Tracker, done: Course) -> tuple[list[Piece], list[Event]]:
    """Pieces and slots of a course; with a search where its ending is one."""
    events: list[Any] = [SlotSet("intake", done.state.as_json()), SlotSet("intake_done", None)]
    if done.ending and done.ending.need:
        events.append(SlotSet("need", [done.ending.need]))
    need = done.ending.search if done.ending else None
    if need is None:
        return done.pieces, events
    place = tracker.get_slot("place")
    if not place:
        return [*done.pieces, answers.say("ask_place")], events
    found, more = page(need=need, place=place, language=metadata(tracker).get("language"), now=now(tracker))
    return [*done.pieces, *found], [*events, *more]
