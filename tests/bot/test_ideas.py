"""Words for ideas: the same names in every language, found whatever stands around them."""

from __future__ import annotations

import marshal

import pytest

from bot.language.names import CORE
from understanding.ideas import FOLDER, Ideas
from understanding.text import normalised

LISTS = {
    "en": {"hunger": ["hungry", "nothing to eat"], "meal": ["meal*", "hot meal"], "kids": ["kids"]},
    "fr": {"winter": ["hiver"], "coat": ["manteau*"], "food": ["rien à manger"]},
    "zh": {"hunger": ["没有吃的"]},
}


def named(text: str) -> list[str]:
    return Ideas(LISTS).of(normalised(text))


@pytest.mark.parametrize(
    "text", ["nothing to eat", "Nothing to eat, help", "there is (nothing to eat)!", "nothing to eat?"]
)
def test_a_phrase_is_found_before_any_mark(text: str) -> None:
    assert named(text) == ["hunger"]


def test_a_phrase_does_not_go_on_over_a_comma() -> None:
    assert named("there is nothing, to eat would be nice") == []


def test_a_noun_is_found_behind_its_article() -> None:
    assert named("un manteau pour l’hiver") == ["coat", "winter"]


def test_two_entries_for_the_same_words_are_one_idea() -> None:
    assert named("a hot meal for my kids, one meal") == ["meal", "kids", "meal"]


def test_han_characters_need_no_spaces() -> None:
    assert named("家里没有吃的了") == ["hunger"]


@pytest.mark.parametrize("language", CORE)
def test_every_core_language_has_words_for_the_same_ideas(language: str) -> None:
    lists = {path.stem: path for path in FOLDER.glob("*.yml")}
    names = [line.split(":")[0] for line in lists["en"].read_text("utf-8").splitlines() if line[:1].isalpha()]
    own = [line.split(":")[0] for line in lists[language].read_text("utf-8").splitlines() if line[:1].isalpha()]
    assert len(own) == len(set(own))
    assert set(own) == set(names)


@pytest.mark.parametrize(
    "text", ["nothing to eat for my kids", "un manteau pour l’hiver", "家里没有吃的了", "a hot meal"]
)
def test_lists_that_were_kept_find_the_same(text: str) -> None:
    kept = Ideas.thawed(marshal.loads(marshal.dumps(Ideas(LISTS).frozen())))
    assert kept.of(normalised(text)) == named(text)
