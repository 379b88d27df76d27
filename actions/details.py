"""All that is known of one listing."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.base import Event, PieceAction, entity
from bot import answers
from bot.answers import Piece
from directory_client.needs import NEEDS


def listing_meant(tracker: Tracker) -> str | None:
    """The listing that the person means: the one they named by number, else the first of those shown last."""
    named = entity(tracker, "listing")
    if named:
        return str(named)
    shown: dict[str, Any] = tracker.get_slot("shown") or {}
    last = shown.get("last") or shown.get("ids") or []
    return str(last[0]) if last else None


def near(tracker: Tracker) -> dict[str, float] | None:
    place = tracker.get_slot("place") or {}
    return {"lat": place["lat"], "lon": place["lon"]} if place.get("lat") is not None else None


class Details(PieceAction):
    action = "action_details"

    def answer(self, tracker: Tracker) -> tuple[list[Piece], list[Event]]:
        listing = listing_meant(tracker)
        if listing is None:
            return [answers.say("nothing_shown_yet", answers.area_menu(NEEDS))], []
        shown = tracker.get_slot("shown") or {}
        return [{"listings": [listing], "near": near(tracker), "need": shown.get("need"), "detail": True}], []
