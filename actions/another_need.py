"""Something else is wanted and not named yet; the place is kept."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.base import Event, PieceAction
from bot import answers
from bot.answers import Piece
from directory_client.needs import NEEDS


class AnotherNeed(PieceAction):
    action = "action_another_need"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        return [answers.say("ask_need", answers.area_menu(NEEDS))], [SlotSet("need", None)]
