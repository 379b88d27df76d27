"""The menu of needs, one level down."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Event, PieceAction, entity
from bot import answers
from bot.answers import Piece
from directory_client.needs import NEEDS


class Area(PieceAction):
    action = "action_area"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        area = entity(tracker, "area")
        if area is None:
            return [answers.say("menu_area", answers.area_menu(NEEDS, rest=True))], []
        return [answers.say("menu_area", answers.need_menu(str(area), NEEDS))], []
