"""Which of the needs in a message is the main one, and which are heard: the rules, with a model of a few words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from understanding.clauses import halves
from understanding.deciding import decide

CONFIG = {
    "further_in_whole": -0.45, "further_in_part": -0.5, "half_of_first": 0.3, "half_of_further": 0.4,
    "beginning": 0.75, "most_needs": 3, "sure": 0.75,
}  # fmt: skip
WORDS = {"rent": "need/housing.rent", "food": "need/food.pantry", "coat": "need/goods.clothing", "hello": "greet"}


class Words:
    """Margins grow with the share of a label's words in a text, and with `weight` of the word."""

    labels = sorted(WORDS.values())

    def __init__(self, **weight: float) -> None:
        self.weight = weight

    def margins(self, texts: Sequence[str]) -> np.ndarray:
        found = np.full((len(texts), len(self.labels)), -1.0)
        for row, text in enumerate(texts):
            words = text.split()
            for word, label in WORDS.items():
                share = words.count(word) / len(words) if words else 0.0
                if share:
                    found[row, self.labels.index(label)] = min(1.0, 4 * share * self.weight.get(word, 1.0)) - 0.4
        return found


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("my rent is late so there is no food now", ["housing.rent", "food.pantry"]),
        ("there is no food now since my rent is late", ["food.pantry", "housing.rent"]),
    ],
)
@pytest.mark.parametrize("weight", [1.0, 1.3])
def test_what_is_named_first_is_the_main_need_whichever_stands_out_more(
    text: str, needs: list[str], weight: float
) -> None:
    assert decide(Words(rent=weight), text, CONFIG).needs == needs
    assert decide(Words(food=weight), text, CONFIG).needs == needs


def test_a_need_that_is_only_suspected_does_not_become_the_main_one() -> None:
    # The coat is no more than a shade in the beginning of a message about food.
    found = decide(Words(coat=0.05, food=2.0), "her coat was on when they gave out food and more food", CONFIG)
    assert found.needs[0] == "food.pantry"


def test_a_short_message_is_not_cut() -> None:
    assert halves("rent and food") == [] and halves("食物银行") == []
    assert decide(Words(), "rent food", CONFIG).intent == "need"


def test_an_act_has_no_needs() -> None:
    found = decide(Words(), "hello hello hello to you all today", CONFIG)
    assert (found.intent, found.needs) == ("greet", [])


@pytest.mark.parametrize("text", ["我需要食物银行还有冬天的衣服给孩子", "one two three four", "a b c d e f g h i j"])
def test_the_two_halves_of_a_cut_are_the_whole_message(text: str) -> None:
    cuts = halves(text)
    assert len(cuts) == 2 and all("".join(cut) == text and all(part.strip() for part in cut) for cut in cuts)


@given(st.text(max_size=300))
def test_no_text_breaks_the_cutting(text: str) -> None:
    assert all(one + other == text for one, other in halves(text))
    assert len(decide(Words(), text, CONFIG).needs) <= 3
