"""The dialogue without Rasa: needs by number, place, results, a person. Plain, and always there.

It answers with the same pieces and keeps the same memory, so that Rasa can take over again in the middle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot import answers
from bot.answers import Piece
from directory_client.needs import NEEDS
from directory_client.search import Query, Results

Look = Callable[[Query], Results]
PAGE = 3


@dataclass(frozen=True, slots=True)
class MenuAnswer:
    """Pieces to say and the memory after them."""

    pieces: list[Piece]
    memory: dict[str, Any] = field(default_factory=dict)


def menu_answer(
    *,
    given: Mapping[str, Any] | None,
    place: Mapping[str, Any] | None,
    outside: Mapping[str, Any] | None,
    memory: Mapping[str, Any],
    door: str,
    language: str,
    look: Look,
) -> MenuAnswer:
    """Answers one message.

    Args:
        given: what a numbered choice means ({"intent", "entities"}), or None for free text.
        place: the place found in the text, or None.
        outside: a place outside Ontario found in the text, or None.
        memory: need, place and what was shown.
        door: id of the front door.
        look: searches the directory.
    """
    kept = dict(memory)
    intent = (given or {}).get("intent")
    entities: Mapping[str, Any] = (given or {}).get("entities") or {}
    if place is not None:
        kept["place"] = dict(place)
    if entities.get("place"):
        kept["place"] = dict(entities["place"])
    if entities.get("need"):
        kept["need"] = list(entities["need"])
    if intent == "ask_person":
        return MenuAnswer([answers.do("handoff", reason="asked")], kept)
    if intent in ("delete_confirmed", "delete_cancelled"):
        done = answers.do("delete") if intent == "delete_confirmed" else answers.say("delete_kept")
        return MenuAnswer([done], kept)
    if intent == "choose_area":
        return MenuAnswer([answers.say("menu_area", answers.need_menu(entities["area"], NEEDS))], kept)
    if intent == "choose_more_areas":
        return MenuAnswer([answers.say("menu_area", answers.area_menu(NEEDS, rest=True))], kept)
    if intent == "details" and entities.get("listing"):
        return MenuAnswer([{"listings": [entities["listing"]], "near": None, "need": None, "detail": True}], kept)
    if outside is not None:
        choices = [answers.WHOLE_PROVINCE, answers.PERSON]
        return MenuAnswer([answers.say("place_outside", choices, place=str(outside["name"]))], kept)
    if kept.get("need") and kept.get("place") and (entities.get("need") or entities.get("place") or place):
        return _results(kept, language, look)
    if entities.get("need"):
        return MenuAnswer([answers.say("ask_place")], kept)
    return MenuAnswer([answers.say("menu_engine_away", answers.area_menu(NEEDS))], kept)


def _results(kept: dict[str, Any], language: str, look: Look) -> MenuAnswer:
    need, place = kept["need"][0], kept["place"]
    query = Query(
        need=need,
        lat=place.get("lat"),
        lon=place.get("lon"),
        place_radius_km=float(place.get("radius_km") or 0),
        language=language,
        limit=PAGE,
    )
    found = look(query)
    ids = [one.id for one in found.listings]
    kept["shown"] = {"ids": ids, "last": ids, "offset": len(ids), "need": need, "mode": "usual"}
    return MenuAnswer(answers.results(found, need=need, place=place), kept)
