"""A question whose choices are services of the directory: what is offered, and how the services differ.

The machine asks for a search by the piece {"find": question}; `bot.intake.hall` makes it and keeps in the state what
was offered, so that the question can be asked again without another search.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import answers as pieces_of
from bot.answers import PERSON, Piece, choice
from bot.doors.door import Door
from bot.doors.questions import Find, Question
from bot.intake.answers import Said
from bot.intake.labels import folded
from bot.intake.state import State
from bot.voice.yes_no import yes_no
from directory_client.listings import Listing
from directory_client.search import Query, Results
from directory_client.traits import TIMES, Traits, traits

INTENT = "intake"
MOST = 3
"""Services offered: enough to choose among, few enough to keep in mind when they are read aloud."""
ENOUGH = 2
LOOKED_AT = 40
FARTHEST_KM = 120.0


@dataclass(frozen=True, slots=True)
class Offers:
    """What is offered, with the wishes it was looked for by, for counting. `near`: how many fit and are near."""

    offers: tuple[dict[str, Any], ...]
    need: str
    stream: str | None
    mode: str | None
    time: str | None
    near: int
    exact: bool


def looked_for(find: Find, given: Mapping[str, Any], language: str, look: Callable[[Query], Results]) -> Offers:
    """Searches the directory by the answers so far and chooses what to offer."""
    need = find.needs[str(given[find.by])]
    stream, mode, time = (given.get(name) if name else None for name in (find.stream, find.mode, find.time))
    place = given.get(find.place) or {}
    query = Query(
        need=need, lat=place.get("lat"), lon=place.get("lon"), place_radius_km=float(place.get("radius_km") or 0),
        language=language, limit=LOOKED_AT,
    )  # fmt: skip
    found = look(query)
    listings = () if found.fallback else tuple(one for one in found.listings if _reachable(one))
    placed = [(one, traits(one)) for one in listings]
    near = sum(all(kinds.fits(stream, mode, None)) and _near(one, find.near_km) for one, kinds in placed)
    fitting = sorted(
        (pair for pair in placed if pair[1].fits(stream, mode, time)[0]),
        key=lambda pair: (
            sum(not fits for fits in pair[1].fits(stream, mode, time)),
            not _near(pair[0], find.near_km),
            pair[0].stale,
            pair[0].distance_km if pair[0].distance_km is not None else FARTHEST_KM,
            pair[0].id,
        ),
    )
    fresh = [pair for pair in fitting if not pair[0].stale]
    kept = fresh if len(fresh) >= ENOUGH else fitting  # a stale one is withheld while there are others
    exact = [pair for pair in kept if all(pair[1].fits(stream, mode, time))]
    chosen = (exact if len(exact) >= ENOUGH else kept)[: MOST if len(exact) >= ENOUGH else ENOUGH]
    return Offers(
        tuple(offer(*pair, stream) for pair in chosen), need, stream, mode, time, near,
        bool(exact) and chosen[0] in exact,
    )  # fmt: skip


def offer(one: Listing, kinds: Traits, stream: str | None) -> dict[str, Any]:
    """A service as it is kept in the state: its name, and what tells it from others. All of it public."""
    return {
        "listing": one.id,
        "name": one.name,
        "stale": one.stale,
        "checked": one.assured_date.isoformat() if one.assured_date else None,
        "ways": ways(one, kinds, stream),
    }


def ways(one: Listing, kinds: Traits, stream: str | None = None) -> list[Any]:
    """What tells a service from another, as facts: how far, how, when, in which language or culture, free."""
    said: list[Any] = []
    if one.scope in ("province", "national") and "in_person" not in kinds.modes:
        said.append(_way("anywhere"))
    elif one.distance_km is None or one.approximate:
        said.append(_way("town"))
    elif one.distance_km < 1:
        said.append(_way("near"))
    else:
        said.append({"sentence": {"id": "common/way_km", "facts": {"km": {"km": one.distance_km}}}})
    if len(kinds.modes) == 2:
        said.append(_way("both"))
    else:
        said += [_way(mode) for mode in sorted(kinds.modes)]
    said += [_way(time) for time in TIMES if time in kinds.times] or [_way("time_unknown")]
    said += [_way(name) for name in ("indigenous", "deaf") if name in kinds.streams]
    if "french" in kinds.streams and ("english" not in kinds.streams or stream == "french"):
        said.append(_way("french"))
    if one.free:
        said.append(_way("free"))
    return said


def _way(name: str) -> dict[str, str]:
    return {"message": f"common/way_{name}"}


def _reachable(one: Listing) -> bool:
    """Close enough to be an option, and with a number to call."""
    far = one.distance_km is not None and one.distance_km > FARTHEST_KM and "online" not in traits(one).modes
    return not far and any(phone.kind == "voice" for phone in one.phones)


def _near(one: Listing, km: float) -> bool:
    return one.distance_km is None or one.distance_km <= km or "online" in traits(one).modes


# -- the question


def offered(state: State, value: Any) -> bool:
    """Whether an answer is one of the services that were offered."""
    listing = value.get("listing") if isinstance(value, Mapping) else None
    return any(one["listing"] == listing for one in state.offers or ())


def read(state: State, said: Said) -> dict[str, Any] | None:
    """The service whose name was written or said; a no takes none."""
    plain = folded(said.text)
    held = [one for one in state.offers or () if plain and plain in folded(str(one["name"]))]
    if len(held) == 1 and len(plain) > 3:
        return {"do": "answer", "value": {"listing": held[0]["listing"], "name": held[0]["name"]}}
    return {"do": "skip"} if yes_no(said.text, said.language) is False else None


def pieces(door: Door, state: State, question: Question) -> list[Piece]:
    """The services one by one, then which of them. Before the search: the request for it."""
    asks = {"asks": question.id}
    if state.offers is None:
        return [{"find": question.id, **asks}]
    said = [_sentence(one) for one in state.offers]
    choices = [
        choice(
            str(one["name"]), INTENT,
            **{INTENT: {"do": "answer", "value": {"listing": one["listing"], "name": one["name"]}}},
        )
        for one in state.offers
    ]  # fmt: skip
    none = choice({"message": "common/choice_none"}, INTENT, **{INTENT: {"do": "skip"}})
    why = choice({"message": "common/choice_why"}, INTENT, **{INTENT: {"do": "why"}})
    back = choice({"message": "choice_back"}, INTENT, **{INTENT: {"do": "back"}})
    said.append(door.say(question.ask, [*choices, none, why, back, PERSON]))
    return [{**piece, **asks} for piece in said]


def _sentence(one: Mapping[str, Any]) -> Piece:
    facts: dict[str, Any] = {
        "name": {"listing": one["listing"]},
        "ways": {"all": list(one["ways"])},
        "phone": {"listing_phone": one["listing"]},
    }
    if one.get("stale") or not one.get("checked"):
        return pieces_of.say("common/option_unchecked", **facts)
    return pieces_of.say("common/option", **facts, date={"date": str(one["checked"])})


def heading(find: Find, found: Offers) -> list[Piece]:
    """What is said before the services: what kind they are, and whether they are what was asked for."""
    about = find.about.get(found.need)
    said: Sequence[Piece] = [pieces_of.say(about)] if about else []
    if not found.offers:
        return list(said)
    if not found.exact:
        return [*said, pieces_of.say("common/found_other")]
    return [*said, pieces_of.say("common/found_one" if len(found.offers) == 1 else "common/found_some")]
