"""Replies into as few texts as possible, with nothing lost and nothing cut that must stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.packing import LONGEST, cut, fits, packed
from bot.sms.segments import count
from bot.words import Reply

KINDS = ("long", "short", "tollfree", "whatsapp", "messenger")


def said(*texts: str, language: str = "en") -> list[Reply]:
    return [Reply(text, language) for text in texts]


def bare(text: str) -> str:
    return "".join(text.split())


def test_what_fits_together_is_one_text() -> None:
    (text,) = packed(said("Hello.", "How can I help?"), "long")
    assert text.text == "Hello.\nHow can I help?"


def test_a_text_takes_two_parts_of_the_small_alphabet_and_five_of_the_large() -> None:
    assert fits("a" * 306) and not fits("a" * 307)
    assert fits("水" * 320) and not fits("水" * 321)
    assert fits("a" * 136, "short") and not fits("a" * 137, "short")
    assert fits("a" * 1000, "whatsapp") and not fits("a" * 1001, "whatsapp")


def test_texts_are_about_as_long_as_each_other() -> None:
    lengths = [len(text.text) for text in packed(said(*(["a" * 60] * 6)), "long")]
    assert lengths == [182, 182]


def test_a_heading_stays_with_what_it_is_over() -> None:
    texts = packed(said("a" * 290, "Food:", "1. Pantry\n905-555-0101"), "long")
    assert [text.text.split("\n")[0] for text in texts] == ["a" * 290, "Food:"]


def test_a_sentence_is_not_cut() -> None:
    sentences = [f"Sentence {n} {'goes on and on ' * 8}to its end." for n in range(4)]
    texts = packed(said(" ".join(sentences)), "long")
    assert len(texts) == 2
    assert all(text.text.startswith("Sentence") and text.text.endswith("end.") for text in texts)


def test_a_sentence_of_a_script_without_spaces_is_not_cut() -> None:
    texts = packed(said("这是一句很长的话，里面有很多字。" * 30, language="zh"), "long")
    assert len(texts) > 1
    assert all(text.text.startswith("这是") and text.text.endswith("。") for text in texts)


@pytest.mark.parametrize(
    "whole", ["905-555-0101 #1234", "(905) 555-0101", "https://example.org/a/very/long/address?with=1"]
)
def test_a_number_or_an_address_is_not_cut_in_a_sentence_that_is_too_long(whole: str) -> None:
    for before in range(1, 80):
        texts = cut(f"{'word ' * before}{whole} {'word ' * 60}", lambda text: len(text) <= 80)
        assert sum(whole in text for text in texts) == 1


def test_a_name_is_not_cut() -> None:
    name = "The Community House of Saint Example by the Lake"
    for before in range(60):
        texts = cut(f"{'word ' * before}{name} {'word ' * 60}", lambda text: len(text) <= 80, [name])
        assert sum(name in text for text in texts) == 1


def test_languages_are_not_mixed_in_a_text() -> None:
    texts = packed([*said("One."), *said("Un.", language="fr"), *said("Two.")], "long")
    assert [(text.text, text.language) for text in texts] == [("One.", "en"), ("Un.", "fr"), ("Two.", "en")]


def test_a_reply_with_a_kind_of_its_own_stays_alone() -> None:
    texts = packed([*said("One."), Reply("Bye.", "en", "farewell"), *said("Two.")], "long")
    assert [text.kind for text in texts] == ["text", "farewell", "text"]


def test_numbers_keep_their_order_and_are_there_once() -> None:
    parts = [
        Reply(f"{n} {'choice ' * 12}", "en", "menu", choices=((n, "x"),), options=({"number": n, "label": "x"},))
        for n in range(1, 12)
    ]
    texts = packed([*said("Choose:"), *parts], "long")
    assert len(texts) > 1
    assert [option["number"] for text in texts for option in text.options] == list(range(1, 12))
    for text in texts:
        assert [number for number, _ in text.choices] == [
            int(line.split()[0]) for line in text.text.split("\n") if line != "Choose:"
        ]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=900)


@given(st.lists(WORDS, max_size=6), st.sampled_from(KINDS))
def test_no_sign_is_lost_and_every_text_fits(texts: list[str], kind: str) -> None:
    made = packed(said(*texts), kind)
    assert bare("".join(text.text for text in made)) == bare("".join(texts))
    assert all(fits(text.text, kind) for text in made)


def test_a_web_address_longer_than_a_text_is_still_whole() -> None:
    address = "https://example.org/" + "a" * 400
    assert address in [text.text for text in packed(said(f"Here: {address} and more. {'word ' * 60}"), "long")]


@given(st.lists(st.sampled_from(["word", "9-8-8", "1-800-668-6868", "é", "ê", "水。", "Yes.", "No?\n"]), max_size=400))
def test_ordinary_words_always_fit(words: list[str]) -> None:
    for text in packed(said(" ".join(words)), "long"):
        assert count(text.text).units <= LONGEST and fits(text.text)
