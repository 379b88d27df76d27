"""Asks what the person needs, with the menu under it."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Event, PieceAction
from bot import answers
from bot.answers import Piece
from directory_client.needs import NEEDS


class AskNeed(PieceAction):
    action = "action_ask_search_form_need"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        place = tracker.get_slot("place")
        menu = answers.area_menu(NEEDS)
        if place:
            return [answers.say("place_kept", menu, place=place["name"])], []
        return [answers.say("ask_need", menu)], []
