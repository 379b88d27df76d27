"""The lists of terms: complete, readable, and refused in words when they are broken."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from directory_client.classify import terms as module
from directory_client.classify.phrases import Phrases
from directory_client.classify.terms import ASK, LANGUAGES, NAME, NOT, WORD, TermsError, terms
from directory_client.classify.tokens import tokens
from directory_client.needs import NEEDS


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_need_has_terms_of_every_kind_in_both_languages(need: str, language: str) -> None:
    counts = Counter(term.kind for term in terms() if term.need == need and term.language == language)
    assert counts[NAME] >= 10
    assert counts[WORD] >= 5
    assert counts[NAME] + counts[WORD] >= 15
    assert counts[ASK] >= 10


@pytest.mark.parametrize("need", NEEDS)
def test_every_need_says_what_only_looks_like_it(need: str) -> None:
    assert any(term.need == need and term.kind == NOT for term in terms())


def test_no_phrase_shrinks_to_a_number_or_a_letter_or_nothing() -> None:
    for term in terms():
        row = tokens(term.phrase.replace("*", ""))
        assert row, term
        assert len(row) > 1 or len(row[0]) > 1, term
        assert len(row) > 1 or not row[0].isdigit() or row[0] in ("211", "311"), term


def test_a_beginning_is_long_enough_to_mean_one_thing() -> None:
    short = [term for term in terms() for part in term.phrase.split() if part.endswith("*") and len(part) < 5]
    assert not short


def test_no_list_holds_a_code_of_a_licensed_taxonomy() -> None:
    assert not [term for term in terms() if any(char.isdigit() for char in term.phrase) and "." in term.phrase]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("food.yml", "food.pantry: [", "not valid YAML"),
        ("food.yml", "- food bank", "must map codes"),
        ("food.yml", "food.unknown: {names: {en: [a]}}", "food.unknown"),
        ("food.yml", "housing.rent: {names: {en: [a]}}", "housing.rent"),
        ("food.yml", "food.pantry: {nouns: {en: [a]}}", "food.pantry"),
        ("food.yml", "food.pantry: {names: {en: food bank}}", "food.pantry.names"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str, says: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    with pytest.raises(TermsError, match=says) as raised:
        terms.__wrapped__()
    assert name in str(raised.value)


def test_phrases_are_found_without_case_accents_plurals_and_articles() -> None:
    phrases = Phrases([("banque alimentaire", 1), ("bed for the night", 2), ("couns* centre", 3)])
    assert [value for _start, _end, values in phrases.find(tokens("Les Banques Alimentaires")) for value in values] == [
        1
    ]
    assert [value for _start, _end, values in phrases.find(tokens("a bed at night")) for value in values] == [2]
    assert [
        value
        for _start, _end, values in phrases.find(tokens("Counselling Centres, counselor centre"))
        for value in values
    ] == [3, 3]
    assert phrases.find(tokens("alimentaire banque")) == []


def test_a_phrase_of_little_words_only_is_refused() -> None:
    with pytest.raises(ValueError, match="of the"):
        Phrases([("of the", 1)])


def test_what_a_word_joins_and_denies_is_kept() -> None:
    assert tokens("drop-in") == tokens("Drop in") == ["dropin"]
    assert tokens("I can't, I can’t, cant")[-3:].count("cant") >= 1
    assert tokens("no food") != tokens("food")
    assert tokens("he hits me") == ["he", "hit", "me"]


def test_nothing_is_read_when_the_package_is_imported() -> None:
    for path in Path(module.__file__).parent.glob("*.py"):
        calls = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.Expr)]
        assert all(isinstance(node.value, ast.Constant) for node in calls), path
