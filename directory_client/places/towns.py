"""Towns and neighbourhoods with their points, for a map that has nothing else to show where it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
SOURCE = "GeoNames, CC BY 4.0"
"""What a map that shows these points has to name (data/ATTRIBUTION.md says more)."""


@dataclass(frozen=True, slots=True)
class Town:
    """A named point in degrees. `population` is 0 where it is not known; a part of a city has `part` set."""

    name: str
    lat: float
    lon: float
    population: int
    part: bool


@cache
def towns() -> tuple[Town, ...]:
    """Every municipality and neighbourhood of Ontario that the gazetteer knows, the largest first."""
    found: dict[str, Town] = {}
    for file in ("ontario.tsv", "own.tsv"):
        for line in (_DATA / file).read_text(encoding="utf-8").splitlines():
            name, kind, lat, lon, *more = (*line.split("\t"), "", "", "", "")
            if line.startswith("#") or kind not in ("municipality", "neighbourhood"):
                continue
            population = int(more[2]) if file == "ontario.tsv" and more[2].isdigit() else 0
            town = Town(name, round(float(lat), 3), round(float(lon), 3), population, kind == "neighbourhood")
            found.setdefault(name, town)
    return tuple(sorted(found.values(), key=lambda town: (town.part, -town.population, town.name)))
