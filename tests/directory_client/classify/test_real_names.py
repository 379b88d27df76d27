"""Names of real facilities of Ontario, alone: what is read from them is right, and much is left to descriptions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from directory_client.classify import ServiceTexts, needs_of

FACILITIES = Path(__file__).parents[4] / "shared" / "data" / "ontario" / "odhf_ontario.csv"


@pytest.fixture(scope="module")
def found() -> list[tuple[str, str]]:
    """The type of each facility and the main need that its name gives, empty for none."""
    if not FACILITIES.exists():
        pytest.skip("the open list of Ontario health facilities is not on this machine")
    with FACILITIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    needs = [needs_of(ServiceTexts(name=row["facility_name"])) for row in rows]
    pairs = zip(rows, needs, strict=True)
    return [(row["source_facility_type"], given[0][0] if given else "") for row, given in pairs]


@pytest.mark.parametrize(
    ("kind", "need", "least_found"),
    [
        ("retirement home", "senior.home_care", 0.4),
        ("long-term care home", "senior.home_care", 0.3),
        ("family health team - contract", "health.doctor", 0.9),
        ("general", "health.doctor", 0.85),
        ("public health unit office", "health.doctor", 0.9),
    ],
)
def test_a_name_of_a_facility_gives_its_need_or_none(
    found: list[tuple[str, str]], kind: str, need: str, least_found: float
) -> None:
    given = [main for type_, main in found if type_ == kind]
    told = [main for main in given if main]
    assert len(told) / len(given) >= least_found
    assert told.count(need) / len(told) >= 0.96
