"""A text that a handset cut is noticed by its length and put together without harm to words."""

from __future__ import annotations

import pytest

from bot.sms.splitting import joined, maybe_split

LATIN = "I need a place to sleep tonight, I have two kids with me and we were told to leave. "
CYRILLIC = "Мне нужно место для ночлега сегодня, со мной двое детей, нас выгнали. "


@pytest.mark.parametrize("units", [150, 153, 160, 306, 320, 459])
def test_a_part_in_the_small_alphabet_may_have_more_behind_it(units: int) -> None:
    assert maybe_split((LATIN * 10)[:units])


@pytest.mark.parametrize("units", [60, 67, 70, 134, 140])
def test_a_part_in_another_alphabet_may_have_more_behind_it(units: int) -> None:
    assert maybe_split((CYRILLIC * 10)[:units])


def test_short_texts_are_answered_at_once() -> None:
    assert not maybe_split("")
    assert not maybe_split(LATIN[:80])
    assert not maybe_split(CYRILLIC[:40])


@pytest.mark.parametrize(("text", "cut"), [(LATIN * 4, 153), (LATIN * 4, 160), (CYRILLIC * 3, 67), (CYRILLIC * 3, 70)])
def test_a_text_cut_in_the_middle_of_words_is_whole_again(text: str, cut: int) -> None:
    parts = [text[start : start + cut] for start in range(0, len(text), cut)]
    assert joined(parts) == text


def test_a_text_cut_at_a_space_that_was_lost_gets_it_back() -> None:
    first = LATIN[:-1] + " " + LATIN[:70].rstrip()
    assert joined([first, "and please hurry"]) == f"{first} and please hurry"


def test_a_single_text_stays_as_it_is() -> None:
    assert joined(["hello"]) == "hello"
    assert joined([]) == ""
