"""Puts candidates in the order in which a person should hear of them. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from directory_client.geo import KM_PER_DEGREE, distance_km
from directory_client.listings import is_stale
from directory_client.needs import LINE_FIRST, PRESSING

STEPS_KM = (25.0, 50.0, 100.0)
"""Radii tried one after the other when nothing is near."""
NEAR_KM = 10.0
"""Added to the size of the place that the person named: its edge is still its neighbourhood."""
FARTHEST_KM = STEPS_KM[-1]
SAME_PLACE_KM = 0.15
_SAME_PLACE_DEGREES = SAME_PLACE_KM / KM_PER_DEGREE

# Bonuses are measured in radii of the first step: speaking the person's language is worth a third of the way.
_LANGUAGE = 0.35
_WRONG_LANGUAGE = 0.5
_STALE = 0.35
_NOT_MAIN_NEED = 0.3
_UNSURE_NEED = 0.4
_NOT_FREE = 0.1
_WORDS = 2.0
_CLOSED = (0.1, 0.3, 168.0)
"""Closed at all, and closed for so many hours or longer: the next morning hardly counts, next week does."""
_CLOSED_PRESSING = (0.25, 0.75, 48.0)
"""The same where the need does not wait: a bed that is there in two days is worth less than one a town away."""
_NAMED = 0.95
"""So good a match of the words is a name: that service does not wait behind those of other organizations."""

# Who speaks the first understands the second well enough to be served in it.
_CLOSE_LANGUAGES = {"yue": {"zh"}, "zh": {"yue"}, "prs": {"fa"}, "fa": {"prs"}}


@dataclass(slots=True)
class Candidate:
    """A site that meets the need, or the words, of a query.

    Nothing changes it. It is not frozen: a search makes hundreds, and frozen ones take three times as long to make.
    """

    id: str
    service_id: str
    location_id: str | None
    organization_id: str
    program_id: str | None
    folded_name: str
    latitude: float | None
    longitude: float | None
    confidential: bool
    reach: str
    languages: str
    interpretation: bool
    assured_date: date | None
    sample: bool
    area_lat: float | None = None
    area_lon: float | None = None
    area_km: float | None = None
    """The circle that it serves, where its area is one; other shapes are read when they matter."""
    free: bool | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    accessible: bool | None = None
    audience: str = " "
    """Genders and statuses that the record names as its own."""
    twin: str | None = None
    """The same for records that stand for one door."""
    hours: str | None = None
    """The name of its timetable (`directory_client.timetables`)."""
    mark: int = 0
    """Of what was read of it (`directory_client.marked`)."""
    position: int = 0
    """0 when the need is what the service is there for."""
    score: float = 1.0
    """How sure it is that the service meets the need, from 0 to 1."""
    relevance: float = 0.0
    """How well the words match, from 0 to 1."""

    def speaks(self, language: str) -> bool:
        return any(f" {code} " in self.languages for code in {language} | _CLOSE_LANGUAGES.get(language, set()))


@dataclass(slots=True)
class Placed:
    """A candidate as the person at one point sees it: how far in kilometres, and of which scope. Nothing changes it."""

    site: Candidate
    scope: str
    distance: float | None = None

    @property
    def by_phone(self) -> bool:
        """Served without going anywhere."""
        return self.site.location_id is None or self.scope in ("province", "national")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the order depends on besides the candidates; `point` is (latitude, longitude)."""

    today: date
    point: tuple[float, float] | None = None
    place_radius_km: float = 0.0
    need: str | None = None
    told: str | None = None
    """The need that the words speak of most, where none was given."""
    closed_for: Mapping[str, float] = field(default_factory=dict)
    """Hours for which each timetable still is closed, 0 while it is open; of one that is missing nobody knows."""
    language: str | None = None
    nearest_first: bool = False
    limit: int = 3

    @property
    def near_km(self) -> float:
        return self.place_radius_km + NEAR_KM


@dataclass(frozen=True, slots=True)
class Order:
    """All candidates in order; `widened_to_km` as search tells it."""

    placed: tuple[Placed, ...]
    widened_to_km: float | None = None
    nothing_local: bool = False


def order(candidates: Sequence[Candidate], wish: Wish) -> Order:
    """Order the candidates: near ones by softened distance, then those that serve the area, then everybody's.

    A candidate whose area does not hold the point must have been taken out before.
    """
    if wish.point is None:
        return _order_without_point(candidates, wish)
    within: list[tuple[Candidate, float]] = []
    area: list[Placed] = []
    wide: list[Placed] = []
    for one in candidates:
        away = _distance(one, wish.point)
        if away is not None and away <= FARTHEST_KM:
            within.append((one, away))
        elif one.reach == "area":
            area.append(Placed(one, "area", away))
        elif one.reach != "local":
            wide.append(Placed(one, one.reach, away))
    radius, widened = _radius(within, wish.near_km)
    local = [Placed(one, "local", away) for one, away in within if away <= radius]
    farther: list[Placed] = []
    for one, away in within:
        if away > radius:
            group = {"local": farther, "area": area}.get(one.reach, wide)
            group.append(Placed(one, one.reach, away))
    # A service that says that it is there for this area comes before one in another town.
    groups = [area, local, wide, farther] if widened else [local, area, wide, farther]
    ordered = [one for group in groups for one in _sorted(group, wish)]
    ordered = _without_twins(ordered)
    if wish.nearest_first:
        ordered.sort(key=lambda one: (one.distance is None, one.distance or 0.0))
    else:
        ordered = _room_for_a_line(_line_first(ordered, wish), wish, near=0 if widened else len(local))
    return Order(tuple(ordered), widened, nothing_local=not local and not area)


def _order_without_point(candidates: Sequence[Candidate], wish: Wish) -> Order:
    """What everybody can use comes first; a place to go to only helps who happens to live there."""
    scoped = [Placed(one, "local" if one.location_id and one.reach == "local" else one.reach) for one in candidates]
    groups = [scoped]  # words may well be the name of one place
    if wish.need is not None:
        wide = [one for one in scoped if one.scope in ("province", "national")]
        groups = [wide, [one for one in scoped if one.scope in ("area", "local")]]
    ordered = _without_twins([one for group in groups for one in _sorted(group, wish)])
    return Order(tuple(_line_first(ordered, wish)))


def _distance(candidate: Candidate, point: tuple[float, float]) -> float | None:
    if candidate.latitude is None or candidate.longitude is None:
        return None
    return distance_km(*point, candidate.latitude, candidate.longitude)


def _radius(within: Sequence[tuple[Candidate, float]], near_km: float) -> tuple[float, float | None]:
    """The radius to call local, and the same once more when it had to be widened."""
    nearest = min((away for _, away in within), default=None)
    if nearest is not None and nearest <= near_km:
        return near_km, None
    steps = [step for step in STEPS_KM if step > near_km]
    if nearest is None:
        return near_km, steps[-1] if steps else None
    return next(((step, step) for step in steps if nearest <= step), (near_km, None))


def merit(candidate: Candidate, wish: Wish) -> float:
    """What speaks for a candidate besides its distance, in radii."""
    score = -_NOT_MAIN_NEED * min(candidate.position, 2) - _UNSURE_NEED * (1 - candidate.score)
    score -= _NOT_FREE if candidate.free is False else 0.0
    score += _WORDS * candidate.relevance
    score -= _closed(candidate, wish)
    if is_stale(candidate.assured_date, wish.today):
        score -= _STALE
    if wish.language and candidate.languages.strip():
        if candidate.speaks(wish.language):
            score += _LANGUAGE
        elif not candidate.interpretation:
            score -= _WRONG_LANGUAGE
    return score


def _wait(candidate: Candidate, wish: Wish) -> float | None:
    """Hours until it opens, 0 while it is open; None when nobody knows."""
    return wish.closed_for.get(candidate.hours) if candidate.hours else None


def _closed(candidate: Candidate, wish: Wish) -> float:
    """What it costs that a door is closed: a little, and more the longer somebody waits before it."""
    pressing = (wish.need or wish.told) in PRESSING
    shut, longest, patience = _CLOSED_PRESSING if pressing else _CLOSED
    wait = _wait(candidate, wish)
    if wait is None:
        return shut  # as likely closed as open
    return shut + longest * min(wait / patience, 1.0) if wait else 0.0


def _sorted(group: Sequence[Placed], wish: Wish) -> list[Placed]:
    def key(one: Placed) -> tuple[float, bool, str, str]:
        away = 0.0 if one.distance is None else min(one.distance, FARTHEST_KM) / wish.near_km
        return (round(away - merit(one.site, wish), 2), one.site.sample, one.site.folded_name, one.site.id)

    first: list[Placed] = []
    again: list[Placed] = []
    seen: set[str] = set()
    for one in sorted(group, key=key):
        # A second door of the same organization waits until the others have been heard.
        waits = one.site.organization_id in seen and one.site.relevance < _NAMED and not wish.nearest_first
        (again if waits else first).append(one)
        seen.add(one.site.organization_id)
    return first + again


def _without_twins(ordered: Sequence[Placed]) -> list[Placed]:
    """Leave out what is said twice: a site and its programme, one door under two names, one door in two feeds."""
    kept: dict[str, list[Candidate]] = {}
    doors: set[str] = set()
    result = []
    for one in ordered:
        if one.site.twin is not None:
            if one.site.twin in doors:
                continue
            doors.add(one.site.twin)
        others = kept.setdefault(one.site.organization_id, [])
        if not others or not any(_twins(one.site, other) for other in others):  # most are the only one
            others.append(one.site)
            result.append(one)
    return result


def _twins(one: Candidate, other: Candidate) -> bool:
    if one.location_id and other.location_id:
        if one.location_id == other.location_id:
            return True
        if None in (one.latitude, one.longitude, other.latitude, other.longitude):
            return one.service_id == other.service_id
        assert one.latitude is not None and one.longitude is not None
        assert other.latitude is not None and other.longitude is not None
        if abs(one.latitude - other.latitude) > _SAME_PLACE_DEGREES:  # nearly all: the distance costs ten times that
            return False
        return distance_km(one.latitude, one.longitude, other.latitude, other.longitude) < SAME_PLACE_KM
    same_program = one.program_id is not None and one.program_id == other.program_id
    return same_program or one.folded_name == other.folded_name


def _line_first(ordered: list[Placed], wish: Wish) -> list[Placed]:
    named = bool(ordered) and ordered[0].site.relevance >= _NAMED
    if (wish.need or wish.told) not in LINE_FIRST or (named and not wish.need):
        return ordered
    language = wish.language or "en"
    for index, one in enumerate(ordered):
        speaks = not one.site.languages.strip() or one.site.speaks(language)
        served = not one.site.sample and one.site.position == 0 and (speaks or one.site.interpretation)
        if one.by_phone and served and not _wait(one.site, wish):  # one that is closed answers nobody
            return [one, *ordered[:index], *ordered[index + 1 :]]
    return ordered


def _room_for_a_line(ordered: list[Placed], wish: Wish, near: int) -> list[Placed]:
    """Where few are near, the first page keeps its last line for one that serves from anywhere."""
    limit = wish.limit
    if limit < 2 or near >= limit or any(one.by_phone for one in ordered[:limit]):
        return ordered
    for index in range(limit, len(ordered)):
        if ordered[index].by_phone:
            line = ordered[index]
            return [*ordered[: limit - 1], line, *ordered[limit - 1 : index], *ordered[index + 1 :]]
    return ordered
