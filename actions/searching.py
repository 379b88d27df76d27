"""From the slots of a conversation to a search of the directory and its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import Event, directory
from bot import answers
from bot.answers import Piece
from directory_client.search import Query, Results, search

PAGE = 3
"""Listings at a time: what fits a phone's screen and three lines of SMS."""


def query_for(need: str, place: dict[str, Any] | None, language: str | None) -> Query:
    """The search for a need near a place."""
    place = place or {}
    return Query(
        need=need,
        lat=place.get("lat"),
        lon=place.get("lon"),
        place_radius_km=float(place.get("radius_km") or 0),
        language=language,
        limit=PAGE,
    )


def run(query: Query, now: datetime) -> Results:
    with directory() as session:
        return search(session, query, now=now)


def shown_after(results: Results, query: Query, mode: str, before: list[str]) -> dict[str, Any]:
    """What is remembered of a list: every listing seen so far, where the next page starts, and how it was sorted."""
    return {
        "ids": [*before, *(one.id for one in results.listings)],
        "last": [one.id for one in results.listings],
        "offset": query.offset + len(results.listings),
        "need": query.need,
        "mode": mode,
    }


def page(
    *,
    need: str,
    place: dict[str, Any] | None,
    language: str | None,
    now: datetime,
    mode: str = "usual",
    offset: int = 0,
    before: list[str] | None = None,
    others: list[str] | None = None,
    alternatives: list[str] | None = None,
) -> tuple[list[Piece], list[Event]]:
    """One page of results and the slot that remembers it. `mode` is usual, nearer or open."""
    query = replace(query_for(need, place, language), offset=offset)
    if mode == "nearer":
        query = replace(query, nearest_first=True)
    heading = None
    if mode == "open":
        query = replace(query, open_at=now)
        heading = "results_open_now"
    results = run(query, now)
    if results.fallback == answers.OPEN_LATER:
        heading = None  # the answer says that nothing is open
    if offset and not results.listings:
        return [answers.say("results_no_more", [answers.PERSON])], []
    pieces = answers.results(
        results, need=need, place=place, others=others or [], alternatives=alternatives or [], heading=heading
    )
    return pieces, [SlotSet("shown", shown_after(results, query, mode, before or []))]
