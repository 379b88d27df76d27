"""Asks where the person is: once in plain words, a second time with a way around the question."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Event, PieceAction
from actions.history import misunderstandings
from bot import answers
from bot.answers import Piece


class AskPlace(PieceAction):
    action = "action_ask_search_form_place"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        if misunderstandings(tracker):
            return [answers.say("ask_place_again", [answers.WHOLE_PROVINCE, answers.PERSON])], []
        return [answers.say("ask_place")], []
