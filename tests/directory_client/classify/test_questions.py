"""Which needs a resident's words speak of, and which words find services."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory_client.classify import expand, needs_of_words, words_of
from directory_client.needs import NEEDS
from directory_client.sample_data import kinds
from directory_client.words import fold, words
from tests.directory_client.classify.records import FOLDER

FLOOR = 0.88
ASKED = [
    tuple(part.strip() for part in line.split("|"))
    for line in (FOLDER.parent / "asked.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_every_need_is_asked_for_in_both_languages() -> None:
    assert {(need, language) for need, language, _text in ASKED if need} == {
        (need, language) for need in NEEDS for language in ("en", "fr")
    }


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_residents_say_is_understood(language: str) -> None:
    chosen = [(need, text) for need, spoken, text in ASKED if need and spoken == language]
    wrong = [
        f"{text!r}: {need}, found {needs_of_words(text)}"
        for need, text in chosen
        if [code for code, _score in needs_of_words(text)][:1] != [need]
    ]
    assert 1 - len(wrong) / len(chosen) >= FLOOR, "\n".join(wrong)


@pytest.mark.parametrize("text", [text for need, _language, text in ASKED if not need])
def test_small_talk_asks_for_nothing(text: str) -> None:
    assert needs_of_words(text) == ()


def test_the_names_of_services_are_understood_as_questions() -> None:
    names = [(kind.need, name) for kind in kinds() for name in (kind.name, kind.name_fr)]
    right = [(needs_of_words(name) or (("", 0.0),))[0][0] == need for need, name in names]
    assert sum(right) / len(right) >= 0.95


@given(st.text(max_size=500))
def test_any_text_gives_known_needs_with_scores_in_range(text: str) -> None:
    found = needs_of_words(text)
    assert len(found) <= 4
    assert all(need in NEEDS and 0 < score <= 1 for need, score in found)


@pytest.mark.parametrize("need", NEEDS)
def test_every_need_has_weighted_words_of_the_index(need: str) -> None:
    weights = words_of(need)
    assert len(weights) >= 10
    assert all(0 < weight <= 1 and fold(word) == word and " " not in word for word, weight in weights.items())


def test_a_word_of_many_needs_weighs_less_than_one_of_its_own() -> None:
    assert words_of("health.dental")["dentist"] > words_of("health.dental").get("clinic", 0.0)


def test_an_unknown_need_has_no_words() -> None:
    with pytest.raises(KeyError):
        words_of("food.unknown")


def test_a_word_brings_those_that_mean_the_same_in_both_languages() -> None:
    found = expand("dentist")
    assert found["dentist"] == 1
    assert 0 < found["dentaire"] < 1
    assert "refuge" in expand("a shelter for tonight")
    assert "shelter" in expand("un refuge pour ce soir")


def test_a_phrase_is_read_as_one_and_its_parts_weigh_less() -> None:
    found = expand("food bank")
    assert found["food"] == found["bank"] == 1
    assert expand("food bank")["alimentaire"] < 1
    assert expand("dentist")["oral"] < expand("dentist")["dental"]


def test_words_without_another_word_stay_what_they_are() -> None:
    assert expand("zamboni") == {"zamboni": 1.0}
    assert expand("") == {}


@given(st.text(max_size=300))
def test_a_search_keeps_all_of_its_own_words(text: str) -> None:
    found = expand(text)
    assert list(found)[: len(words(text))] == words(text)
    assert all(found[word] == 1 for word in words(text))
