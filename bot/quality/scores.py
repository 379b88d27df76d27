"""From answers to figures. A figure is a share of cases, with a bootstrap interval."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.quality.sets import Case

LEVELS = ("none", "concern", "high", "emergency")
NEAR_KM = 12.0
"""A place counts as right within this distance or its own radius: the next question is a search by distance."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share. `what` names it, `language` is "all" or a code, `slice` "all" or a slice of the set."""

    what: str
    language: str
    slice: str
    count: int
    share: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        numbers = {name: round(getattr(self, name), 4) for name in ("share", "low", "high")}
        return {"what": self.what, "language": self.language, "slice": self.slice, "count": self.count, **numbers}


def figure(what: str, language: str, part: str, hits: Sequence[bool], *, draws: int = 500) -> Figure:
    """The share of hits with the middle 95 % of resampled shares (seeded, so that a run can be repeated)."""
    count = len(hits)
    if count == 0:
        return Figure(what, language, part, 0, math.nan, math.nan, math.nan)
    share = sum(hits) / count
    chance = random.Random(f"{what}{language}{part}{count}")
    shares = sorted(sum(chance.choices(hits, k=count)) / count for _ in range(draws))
    return Figure(what, language, part, count, share, shares[int(0.025 * draws)], shares[int(0.975 * draws) - 1])


@dataclass(frozen=True, slots=True)
class Judged:
    """One case, its answer, and which figures it counts in: {name: hit}."""

    case: Case
    answer: dict[str, Any]
    counts: dict[str, bool]


def judge(kind: str, case: Case, answer: dict[str, Any]) -> Judged:
    """Holds an answer of the `understand` command against a case."""
    return Judged(case, answer, _JUDGES[kind](case, answer))


def _language(case: Case, answer: dict[str, Any]) -> dict[str, bool]:
    wanted, got = case["language"], answer["language"]
    if case["slice"] == "undecidable":
        return {"language: abstains where it must": got == "und"}
    if case["slice"] == "short":
        return {"language: short, not wrong": got in (wanted, "und")}
    name = "language: romanised" if case.get("romanised") else "language: three words or more"
    return {name: got == wanted}


def _risk(case: Case, answer: dict[str, Any]) -> dict[str, bool]:
    wanted, got = LEVELS.index(case["level"]), LEVELS.index(answer["risk"]["level"])
    counts: dict[str, bool] = {}
    if wanted >= 2:
        hidden = case["slice"] == "implicit"
        counts["risk: high and emergency found" + (", implicit" if hidden else ", explicit")] = got >= 2
        counts["risk: high and emergency found"] = got >= 2
        if case.get("person") == "third":
            counts["risk: high and emergency found, of another person"] = got >= 2
    if wanted == 3:
        counts["risk: emergencies at least high"] = got >= 2
        counts["risk: emergencies as emergency"] = got == 3
    if wanted == 1:
        counts["risk: concern noticed"] = got >= 1
    if wanted == 0:
        trap = case["slice"] == "trap"
        counts[
            "risk: alarms on traps (fewer is better)" if trap else "risk: alarms on plain requests (fewer is better)"
        ] = got >= 2
    return counts


def _needs(case: Case, answer: dict[str, Any]) -> dict[str, bool]:
    wanted = case.get("needs") or []
    if case["intent"] == "out_of_scope":
        return {"needs: out of scope recognised": answer["intent"] in ("out_of_scope", "nlu_fallback")}
    if not wanted:
        return {"acts: intent right": answer["intent"] == case["intent"]}
    counts = {
        "needs: main need right": answer["needs"][:1] == wanted[:1],
        "needs: in scope lost to out of scope (fewer is better)": answer["intent"] == "out_of_scope",
    }
    if len(wanted) > 1:
        counts["needs: both found"] = set(wanted) <= set(answer["needs"])
    return counts


def _places(case: Case, answer: dict[str, Any]) -> dict[str, bool]:
    got = answer["place"]
    origin = case["slice"] == "origin_now"
    name = "places: origin versus now" if origin else "places: right"
    if case.get("place") is None:
        return {name: got is None}
    if case.get("outside"):
        return {name: got is not None and got["kind"] == "outside"}
    if got is None or got["kind"] == "outside":
        return {name: False}
    same = str(got["name"]).casefold() == str(case["place"]).casefold()
    if case.get("lat") is None:
        return {name: same}
    away = kilometres(case["lat"], case["lon"], got["lat"], got["lon"])
    return {name: same or away <= max(NEAR_KM, float(got["radius_km"]))}


_JUDGES = {"language": _language, "risk": _risk, "needs": _needs, "places": _places}


def kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance in km (haversine, mean radius of the earth 6,371 km)."""
    a, b = math.radians(lat), math.radians(other_lat)
    half = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half))


def figures(judged: Iterable[Judged]) -> list[Figure]:
    """All figures: over everything, by language, and by slice."""
    groups: dict[tuple[str, str, str], list[bool]] = {}
    for one in judged:
        for what, hit in one.counts.items():
            language, part = one.case["file"], one.case["slice"]
            for key in {(what, "all", "all"), (what, language, "all"), (what, "all", part)}:
                groups.setdefault(key, []).append(hit)
    return [figure(what, language, part, hits) for (what, language, part), hits in sorted(groups.items())]


def misses(judged: Iterable[Judged]) -> list[Judged]:
    """Cases that went wrong: a miss, or a hit of what should be rare."""
    return [one for one in judged if any(hit == ("fewer" in what) for what, hit in one.counts.items())]
