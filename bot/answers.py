"""What to say, before it is worded: message ids, facts, listings and numbered choices.

Actions (in the action server) and the menu (in the gateway, when Rasa is away) both build answers from
these pieces; `bot.words` puts them into the person's language. A piece is plain JSON, because it travels
through Rasa:

    {"say": message id, "facts": {name: fact}, "choices": [choice, …]}
    {"listings": [id, …], "near": {"lat", "lon"} or null, "need": code, "detail": bool}
    {"do": "handoff" | "ask_delete" | "delete" | "restart" | "complaint" | "unmet", …}

A fact is a string, or {"need": code}, {"message": id}, {"line": id}, which are worded with the rest.
A choice is {"label": fact, "given": {"intent", "entities"}}: what the number means to the dialogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from directory_client.lines import HELPLINE

Fact = str | Mapping[str, str]
Piece = dict[str, Any]
Choice = dict[str, Any]

OPEN_LATER = "open_later"
"""What the search says when nothing is open then and closed services are shown with their next opening."""
FIRST_AREAS = ("food", "housing", "money", "utilities", "health", "mental", "violence", "work", "newcomer")
"""The areas of the first menu, most asked for first (211 centres report food, housing and money on top)."""


def say(message: str, choices: Sequence[Choice] = (), **facts: Fact) -> Piece:
    """A sentence of the catalogue, with facts and choices under it."""
    return {"say": message, "facts": dict(facts), "choices": list(choices)}


def do(what: str, **details: Any) -> Piece:
    """Something that the gateway carries out in the same transaction as the reply."""
    return {"do": what, **details}


def choice(label: Fact, intent: str, **entities: Any) -> Choice:
    return {"label": label, "given": {"intent": intent, "entities": entities}}


PERSON = choice({"message": "choice_person"}, "ask_person")
WHOLE_PROVINCE_PLACE: dict[str, Any] = {
    "name": "Ontario",
    "kind": "province",
    "lat": None,
    "lon": None,
    "radius_km": 0,
}
WHOLE_PROVINCE = choice({"message": "choice_whole_province"}, "give_place", place=WHOLE_PROVINCE_PLACE)


def areas_of(needs: Iterable[str]) -> dict[str, list[str]]:
    """Need codes by area, in the order given."""
    found: dict[str, list[str]] = {}
    for code in needs:
        found.setdefault(code.split(".")[0], []).append(code)
    return found


def area_menu(needs: Sequence[str], *, rest: bool = False) -> list[Choice]:
    """Choices for the areas of needs; the first menu, or the rest of it, always with a person at its end."""
    areas = areas_of(needs)
    first = [area for area in FIRST_AREAS if area in areas]
    shown = [area for area in areas if area not in first] if rest else first
    choices = [_area_choice(area, areas[area]) for area in shown]
    if rest:
        choices.append(choice({"message": "choice_back"}, "another_need"))
    else:
        choices.append(choice({"message": "choice_other_need"}, "choose_more_areas"))
    return [*choices, PERSON]


def _area_choice(area: str, codes: Sequence[str]) -> Choice:
    label = {"message": f"area_{area}"}
    if len(codes) == 1:
        return choice(label, "need", need=[codes[0]])
    return choice(label, "choose_area", area=area)


def need_menu(area: str, needs: Sequence[str]) -> list[Choice]:
    """Choices for the needs of one area."""
    codes = areas_of(needs).get(area, [])
    choices = [choice({"need": code}, "need", need=[code]) for code in codes]
    return [*choices, choice({"message": "choice_back"}, "another_need"), PERSON]


def results(
    found: Any,
    *,
    need: str,
    place: Mapping[str, Any] | None,
    others: Sequence[str] = (),
    alternatives: Sequence[str] = (),
    heading: str | None = None,
) -> list[Piece]:
    """The pieces of a list of services.

    Args:
        found: `directory_client.search.Results`.
        need: the need that was searched.
        place: {"name", "lat", "lon", …} of the person, or None.
        others: further needs of the same message, kept for later.
        alternatives: other needs that may have been meant, when the first is not sure.
        heading: a message id that replaces the usual heading.
    """
    if not found.listings:
        return [
            say("results_nearest_useful", need={"need": need}),
            {"listings": [HELPLINE], "near": None, "need": need, "detail": False},
            do("unmet", need=need),
        ]
    located = place is not None and place.get("lat") is not None
    name = str(place["name"]) if place else ""
    km = f"{found.widened_to_km:g}" if found.widened_to_km else ""
    if heading:
        head = say(heading)
    elif found.fallback == OPEN_LATER:
        head = say("results_none_open")
    elif found.fallback:
        head = say("results_nearest_useful", need={"need": need})
    elif not located:
        head = say("results_no_place", need={"need": need})
    elif found.nothing_local:
        head = say("results_province", need={"need": need}, place=name)
    elif km:
        head = say("results_widened", need={"need": need}, place=name, km=km)
    else:
        head = say("results_near", need={"need": need}, place=name)
    near = {"lat": place["lat"], "lon": place["lon"]} if place and located else None
    ids = [one.id for one in found.listings]
    pieces: list[Piece] = [head, {"listings": ids, "near": near, "need": need, "detail": False}]
    if found.fallback and found.fallback != OPEN_LATER:
        pieces.append(do("unmet", need=need))
    if others:
        pieces.append(
            say(
                "second_need_kept",
                [choice({"need": c}, "need", need=[c]) for c in others],
                need={"need": others[0]},
            )
        )
    if alternatives:
        pieces.append(say("results_not_this", [choice({"need": c}, "need", need=[c]) for c in alternatives]))
    pieces.append(say("results_hint"))
    return pieces
