"""Need and place are known: show services."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Event, PieceAction, entity, metadata, now
from actions.searching import page
from bot.answers import Piece


class Search(PieceAction):
    action = "action_search"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        needs = tracker.get_slot("need")
        return page(
            need=needs[0],
            others=needs[1:],
            alternatives=entity(tracker, "alternatives"),
            place=tracker.get_slot("place"),
            language=metadata(tracker).get("language"),
            now=now(tracker),
        )
