"""More of the same list, in the order asked for."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Event, PieceAction, metadata, now
from actions.searching import page
from bot import answers
from bot.answers import Piece
from directory_client.needs import NEEDS


class Again(PieceAction):
    """Shows the last search again: its next page, or sorted another way."""

    mode: str | None = None

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        shown = tracker.get_slot("shown")
        if not shown or not shown.get("need"):
            return [answers.say("nothing_shown_yet", answers.area_menu(NEEDS))], []
        mode = self.mode or shown.get("mode") or "usual"
        onward = self.mode is None
        return page(
            need=shown["need"],
            place=tracker.get_slot("place"),
            language=metadata(tracker).get("language"),
            now=now(tracker),
            mode=mode,
            offset=shown["offset"] if onward else 0,
            before=shown["ids"] if onward else [],
        )
