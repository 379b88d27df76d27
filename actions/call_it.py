"""The assistant cannot call; it gives the number to call, and offers a person who can help with the call."""

from __future__ import annotations

from rasa_sdk import Tracker

from actions.base import Event, PieceAction, directory, now
from actions.details import listing_meant
from bot import answers
from bot.answers import Piece
from directory_client.needs import NEEDS
from directory_client.search import listing


class CallIt(PieceAction):
    action = "action_call_it"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        meant = listing_meant(tracker)
        with directory() as session:
            found = listing(session, meant, now=now(tracker)) if meant else None
        if found is None:
            return [answers.say("nothing_shown_yet", answers.area_menu(NEEDS))], []
        voice = next((phone for phone in found.phones if phone.kind == "voice"), None)
        if voice is None:
            return [{"listings": [found.id], "near": None, "need": None, "detail": True}], []
        return [answers.say("call_it_yourself", [answers.PERSON], name={"listing": found.id}, phone=voice.display)], []
