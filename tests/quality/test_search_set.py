"""The judged queries for the search are valid, apart from the training data, and answered as well as promised."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot.quality import finding_report
from bot.quality.finding import (
    HEALTH,
    RESIDENTS,
    Ours,
    Plain,
    Record,
    directory,
    facilities,
    figures,
    grade,
    health_cases,
    load,
    ndcg,
    place_of,
    scores,
)
from bot.quality.sets import cases
from directory_client.needs import NEEDS
from directory_client.places import Gazetteer
from tests.quality.test_apart import training

ONTARIO = Path(__file__).parents[3] / "shared" / "data" / "ontario"
FLOORS: dict[str, float] = json.loads(finding_report.FLOORS.read_text(encoding="utf-8"))
CASES = cases("search")
OWN_WORDS = [case for case in CASES if case["slice"] in RESIDENTS]


def test_every_need_has_its_five_wordings() -> None:
    english = Counter(case["needs"][0] for case in OWN_WORDS if case["file"] == "en")
    french = Counter(case["needs"][0] for case in OWN_WORDS if case["file"] == "fr")
    others = Counter(case["needs"][0] for case in OWN_WORDS if case["file"] not in ("en", "fr"))
    assert (english, french, others) == tuple(Counter(dict.fromkeys(NEEDS, count)) for count in (3, 1, 1))


def test_every_line_has_its_fields() -> None:
    for case in CASES:
        fields = set(case) - {"text", "slice", "file"}
        if case["slice"] == "name":
            assert len(fields) == 1 and fields <= {"records", "organization", "needs"}, case
        else:
            assert fields == ({"needs", "near"} if case["slice"] == "place" else {"needs"}), case
        assert set(case.get("needs", ())) <= set(NEEDS), case
        assert case["slice"] in (*RESIDENTS, "name", "place"), case
        assert case["text"] == case["text"].strip() != "", case


def test_no_line_stands_twice() -> None:
    seen = Counter((case["file"], case["text"], case.get("near")) for case in CASES)
    assert [line for line, count in seen.items() if count > 1] == []


def test_lines_of_the_21_languages_are_no_copies_of_training_examples() -> None:
    """Short English and French requests are alike whoever writes them; docs/search.md says so."""
    others = [case["text"] for case in CASES if case["file"] not in ("en", "fr")]
    assert [text for text in others if training().copy_of(text)] == []


def test_every_place_is_known_and_in_ontario() -> None:
    places = Gazetteer.load()
    for case in [*CASES, *health_cases()]:
        place = place_of(case, places)
        assert place is None or place.in_ontario, case


def test_what_is_named_is_in_the_directory() -> None:
    with Session(directory()) as session:
        made = load(session, derived=False)
    organizations = {record.organization for record in made.values()}
    for case in CASES:
        assert set(case.get("records", ())) <= set(made), case
        assert case.get("organization") in {None, *organizations}, case


def test_a_grade_follows_the_main_need_then_kindred_ones() -> None:
    def record(*needs: str) -> Record:
        return Record("a", "o", needs, (), ())

    case: dict[str, Any] = {"needs": ["goods.baby"]}
    assert grade(case, record("goods.baby"), None) == 2
    assert grade(case, record("health.doctor", "goods.baby"), None) == 1
    assert grade(case, record("goods.clothing"), None) == 1
    assert grade(case, record("legal.aid"), None) == 0


def test_what_is_too_far_away_counts_nothing() -> None:
    ajax = Gazetteer.load().lookup("Ajax")
    assert ajax is not None
    near = Record("a", "o", ("food.pantry",), ((ajax.lat, ajax.lon),), ())
    far = Record("b", "o", ("food.pantry",), ((ajax.lat + 3, ajax.lon),), ())
    wide = Record("c", "o", ("food.pantry",), (), ((None, None, "province"),))
    assert [grade({"needs": ["food.pantry"]}, one, ajax) for one in (near, far, wide)] == [2, 0, 2]


def test_the_gain_is_one_for_the_best_order_and_falls_with_the_place() -> None:
    assert ndcg([2, 1, 0], [0, 1, 2]) == pytest.approx(1.0)
    assert 0 < ndcg([0, 1, 2], [0, 1, 2]) < 1
    assert ndcg([], [0, 0]) == 0


@pytest.mark.timeout(300)
def test_no_figure_of_the_search_is_below_its_floor() -> None:
    found, _, _ = finding_report.measured()
    assert finding_report.below(found, FLOORS) == []


@pytest.mark.timeout(300)
@pytest.mark.skipif(not ONTARIO.exists(), reason="the tables in ../shared/data/ontario are not here")
def test_health_facilities_are_found_by_type() -> None:
    assert HEALTH.exists()
    engine, places = directory(), Gazetteer.load()
    made = facilities(engine, ONTARIO)
    with Session(engine) as session:
        (ours,) = [one for one in figures("ours", scores(Ours(session, places), made, places, health_cases()))
                   if one["group"].startswith("health")]  # fmt: skip
        (plain,) = [one for one in figures("plain", scores(Plain(session), made, places, health_cases()))
                    if one["group"].startswith("health")]  # fmt: skip
    assert ours["ndcg"] >= max(FLOORS["health facilities by type"], 1.5 * plain["ndcg"])
    assert ours["empty"] == 0
    engine.dispose()


def test_the_page_says_what_the_numbers_say() -> None:
    found = json.loads(finding_report.NUMBERS.read_text(encoding="utf-8"))
    assert finding_report.table(found) in finding_report.PAGE.read_text(encoding="utf-8")
    assert finding_report.below(found, FLOORS) == []
