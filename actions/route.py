"""A choice at a front door, such as counselling or information at the students' door."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Event, PieceAction
from actions.intake import routed
from bot.answers import Piece


class Route(PieceAction):
    action = "action_route"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        return routed(tracker)
