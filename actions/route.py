"""A choice at a front door, such as counselling or information at the students' door."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.base import Event, PieceAction, entity, metadata
from bot import answers
from bot.answers import Piece
from bot.doors.loading import door_named
from bot.doors.routes import pieces_for


class Route(PieceAction):
    action = "action_route"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        door = door_named(str(metadata(tracker).get("door") or "211"))
        route = next((one for one in door.routes if one.id == entity(tracker, "route")), None)
        if route is None:
            return [answers.say("ask_need")], []
        events = [SlotSet("need", [route.need])] if route.need else []
        return pieces_for(route), events
