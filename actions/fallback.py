"""Nothing was understood: say so once, then offer the menu and a person. Never a third time the same."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet

from actions.base import Event, PieceAction, metadata
from actions.history import misunderstandings
from bot import answers
from bot.answers import Piece
from directory_client.needs import NEEDS


class Fallback(PieceAction):
    action = "action_fallback"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        count = misunderstandings(tracker)
        asked = tracker.get_slot("requested_slot")
        if count >= 2:
            menu = answers.say("fallback_menu", answers.area_menu(NEEDS))
            return [menu], [ActiveLoop(None), SlotSet("requested_slot", None)]
        if asked == "place":
            return [], []  # the form asks again, in other words
        if metadata(tracker).get("number") is not None:
            return [
                answers.say("number_unknown", answers.area_menu(NEEDS), number=str(metadata(tracker)["number"]))
            ], []
        if (tracker.latest_message or {}).get("intent", {}).get("name") == "out_of_scope":
            return [answers.say("out_of_scope_reply")], []
        return [answers.say("fallback_first")], []
