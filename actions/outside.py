"""The person is outside Ontario: say so and what to do; the need is kept for when they name another place."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Event, PieceAction, entity
from bot import answers
from bot.answers import Piece


class Outside(PieceAction):
    action = "action_outside"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        place = entity(tracker, "place_outside") or {}
        return [
            answers.say("place_outside", [answers.WHOLE_PROVINCE, answers.PERSON], place=str(place.get("name") or ""))
        ], []
