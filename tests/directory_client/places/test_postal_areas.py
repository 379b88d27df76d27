"""How far the middle of a postal area is from its sites, on 2,829 public sites of Ontario (`pytest -s` prints it)."""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import median, quantiles

import pytest

from directory_client.places import Gazetteer, distance_km

CENTRES = Path(__file__).parents[4] / "shared" / "data" / "ontario" / "assessment_centres_2021-07-13.csv"
GROSS_KM = 100.0
"""Beyond this either the site's own point is wrong or its area is as large as a country; both are listed."""


def test_half_of_all_sites_lie_within_two_and_a_half_kilometres_of_their_postal_area() -> None:
    if not CENTRES.exists():
        pytest.skip("the assessment centres in ../shared/data/ontario are not here")
    gazetteer = Gazetteer.load()
    errors: list[float] = []
    gross: list[str] = []
    unknown: set[str] = set()
    with CENTRES.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            area = row["postal_code"].strip()[:3].upper()
            if not row["latitude"].strip() or area[:1] not in tuple("KLMNP"):
                continue  # Akwesasne has a code of Quebec
            place = gazetteer.lookup(area, exact=True)
            if place is None:
                unknown.add(area)
                continue
            away = distance_km(float(row["latitude"]), float(row["longitude"]), place.lat, place.lon)
            if away > GROSS_KM:
                gross.append(f"{row['location_id']} {row['city']} {area}: {away:,.0f} km")
            else:
                errors.append(away)
    tenths = quantiles(errors, n=10)
    print(f"\n{len(errors):,} sites: median {median(errors):.2f} km, nine in ten within {tenths[8]:.1f} km")
    print(f"{len(gross)} gross: {'; '.join(gross)}")
    assert unknown == set()
    assert median(errors) <= 2.5
    assert len(errors) > 2_700
    # Where no area is large, the point of the site is wrong; elsewhere the middle of the area is far from everything.
    assert all(one.split()[-3].startswith("P0") for one in gross if int(one.split()[0]) not in WRONG)


WRONG = {1115, 1120, 1617, 2078, 2200, 2284, 2528}
"""Sites whose coordinates are elsewhere than their address; `directory check` names them."""
