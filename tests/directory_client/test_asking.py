"""Free words that share nothing with the records they should find."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from directory_client.asking import needs_told, synonyms, wanted
from directory_client.line_records import load_lines
from directory_client.search import Query, Results, search
from tests.directory_client.build import AJAX, add_service

NOW = datetime(2026, 11, 19, 15, tzinfo=UTC)


def find(session: Session, words: str, **more: object) -> Results:
    return search(session, Query(words=words, **more), now=NOW)  # type: ignore[arg-type]


def ids(results: Results) -> list[str]:
    return [one.id for one in results.listings]


@pytest.mark.parametrize(
    ("words", "need"),
    [
        ("we have nothing to eat until friday", "food.pantry"),
        ("on va nous couper l'électricité", "utilities.bills"),
        ("no tengo dinero para el alquiler", "housing.rent"),
        ("我想找一份工作", "work.jobs"),
        ("necesito un abogado gratis", "legal.aid"),
        ("میرے بچے کے لیے ڈائپر چاہیے", "goods.baby"),
        ("mujhe naukri chahiye", "work.jobs"),
    ],
)
def test_words_of_any_core_language_tell_a_need(words: str, need: str) -> None:
    assert need in [told for told, _ in needs_told(words)]


@pytest.mark.parametrize("words", ["", "?!", "qwrt zxcv", "🙂", "12345", "a" * 5000, "\x00\ud800"])
def test_words_that_say_nothing_tell_no_need(words: str) -> None:
    assert needs_told(words) == ()


def test_told_needs_are_never_sure() -> None:
    assert all(weight < 1 for _, weight in needs_told("food bank groceries hamper hungry pantry banque alimentaire"))


def test_a_misspelt_word_still_tells_its_need() -> None:
    assert needs_told("evicton")[0][0] == "housing.eviction"


def test_synonyms_weigh_less_than_the_word_itself() -> None:
    found = dict(synonyms("dentist"))
    assert "dentair" in found
    assert max(found.values()) < 1


def test_a_record_is_found_by_words_it_does_not_have(directory_session: Session) -> None:
    add_service(directory_session, "legal", needs=["legal.aid"], name="Community Law Office", at=AJAX)
    add_service(directory_session, "other", needs=["goods.clothing"], name="Coats for Kids", at=AJAX)
    for words in ("necesito un abogado gratis", "j'ai besoin d'un avocat", "我需要免费律师"):
        assert ids(find(directory_session, words))[:1] == ["legal"], words


def test_a_service_that_is_named_comes_before_those_that_meet_the_need(directory_session: Session) -> None:
    for nth in range(5):
        add_service(directory_session, f"bank {nth}", name="Bread and Butter Food Bank", at=AJAX)
    add_service(directory_session, "daily", needs=["community.internet"], name="Daily Bread", at=AJAX)
    assert ids(find(directory_session, "Daily Bread"))[0] == "daily"


def test_a_name_in_one_word_is_found_when_written_in_several(directory_session: Session) -> None:
    add_service(directory_session, "connect", needs=["community.internet"], name="ConnectHubNorth")
    add_service(directory_session, "north", needs=["community.internet"], name="North Hub")
    assert ids(find(directory_session, "connect hub north"))[0] == "connect"


def test_two_programs_of_one_organization_are_both_found_by_name(directory_session: Session) -> None:
    for nth in range(3):
        add_service(directory_session, f"x{nth}", needs=["work.jobs"], name="Other work help", at=AJAX)
    for nth, point in enumerate((AJAX, (44.2, -79.5))):
        add_service(directory_session, f"lakeside {nth}", organization="one", name="Lakeside", at=point)
    assert sorted(ids(find(directory_session, "lakeside"))[:2]) == ["lakeside 0", "lakeside 1"]


def test_a_given_need_is_the_only_one(directory_session: Session) -> None:
    add_service(directory_session, "food", name="Lawyers feed people")
    add_service(directory_session, "legal", needs=["legal.aid"], name="Law")
    assert wanted(directory_session.connection(), "a lawyer", "food.pantry").needs == (("food.pantry", 1.0),)
    assert ids(find(directory_session, "a lawyer", need="food.pantry")) == ["food"]


def test_somebody_in_danger_who_says_so_in_words_sees_a_line_first(directory_session: Session) -> None:
    load_lines(directory_session)
    add_service(directory_session, "door", needs=["mental.crisis"], name="Walk-in house", at=AJAX)
    found = find(directory_session, "I need to talk to somebody in a crisis", lat=AJAX[0], lon=AJAX[1])
    assert found.listings[0].id != "door"
    assert found.listings[0].phones
    assert found.listings[0].needs[0] == "mental.crisis"


def test_words_that_nobody_understands_still_get_an_answer(directory_session: Session) -> None:
    load_lines(directory_session)
    found = find(directory_session, "zzyzx qwrtp")
    assert (ids(found), found.fallback) == (["211-ontario"], "211-ontario")
