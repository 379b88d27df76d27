"""A reaction is known by its wording, and believed only when it quotes what we sent."""

from __future__ import annotations

import time

import pytest
import yaml

from bot.language.catalogue import Catalogue
from bot.language.names import CORE
from bot.sms.reactions import FILE, LIMIT, Reaction, quotes, reaction

OURS = "Call or text 9-8-8 now, at any hour: a trained person answers."
WORDINGS = [
    (language, wording)
    for language, entry in yaml.safe_load(FILE.read_text(encoding="utf-8")).items()
    for wording in entry["wordings"]
]


@pytest.mark.parametrize(
    "text",
    [
        f"Loved “{OURS}”",
        f'Liked "{OURS}"',
        f"Laughed at '{OURS}'",
        f"EMPHASIZED “{OURS}”",
        f"Removed a question mark from “{OURS}”",
        f"Reacted ❤️ to “{OURS}”",
        f"👍🏽 to “{OURS}”",
        f"1️⃣ to “{OURS}”",
        f"A adoré « {OURS} »",
        f"N’a pas aimé «\u00a0{OURS}\u00a0»",
        f"a attribué la mention « J’aime » à « {OURS} »",
        f"A réagi avec 🔥 à « {OURS} »",
        f"Le encantó “{OURS}”",
        f"Понравилось «{OURS}»",
        f"對「{OURS}」做出 👍 反應",
        f"Đã phản ứng 👍 với “{OURS}”",
        f"Hat mit 👍 auf „{OURS}“ reagiert",
    ],
)
def test_reactions_as_phones_write_them_are_known(text: str) -> None:
    assert reaction(text) == Reaction(OURS)


def test_a_reaction_to_a_picture_quotes_nothing() -> None:
    assert reaction("Loved an image") == reaction("A aimé une photo") == Reaction(None)


@pytest.mark.parametrize(
    "cut", [f"Liked “{OURS[:30]}…”", f"Liked “{OURS[:30]}...”", f"Liked “{OURS[:30]}…", f"Liked “{OURS[:30]}"]
)
def test_a_quote_that_was_cut_is_still_ours_unless_the_end_is_missing_too(cut: str) -> None:
    found = reaction(cut)
    if cut.endswith(OURS[:30]):
        assert found is None
    else:
        assert found is not None and quotes(found.quote, ["Hello.", OURS])


@pytest.mark.parametrize(
    "text",
    [
        "", "Liked it a lot", "Liked", "I liked “the food”", "Reacted badly to “the food”", "“the food”", "👍",
        "Loved “you” and “me” then left him", "Liked “it”. Call me", "He said “I will kill you”", "?? to “x”",
    ],
)  # fmt: skip
def test_what_a_person_says_is_no_reaction(text: str) -> None:
    assert reaction(text) is None


def test_only_our_own_words_are_a_quote() -> None:
    assert quotes("call or text 9-8-8 NOW", [OURS])
    assert quotes("Call or text\u00a09-8-8 now, at any…", [OURS])
    assert not quotes("I want to die", [OURS])
    assert not quotes("a", [OURS])
    assert quotes("ok", ["ok"])
    assert not quotes("call", [])


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.mark.parametrize("language", sorted(CORE))
def test_a_quote_is_recognised_in_every_core_language(catalogue: Catalogue, language: str) -> None:
    said = catalogue.say("concern_lines", language, line_988="9-8-8")
    found = reaction(f"Liked “{said}”")
    assert found is not None and quotes(found.quote, [said])


@pytest.mark.parametrize(("language", "wording"), WORDINGS)
def test_every_wording_of_the_file_is_met_as_it_stands(language: str, wording: str) -> None:
    text = wording.replace("{quote}", "“Near you:”").replace("{what}", "“Near you:”").replace("{emoji}", "😂")
    assert reaction(text) == Reaction("Near you:")


@pytest.mark.parametrize("text", ["“" * LIMIT, "Liked “" + "a”" * 990 + " x", "對「" * 600, "👍 " * 900 + "“a"])
def test_a_hostile_text_is_read_in_bounded_time(text: str) -> None:
    begin = time.process_time()
    reaction(text)
    assert time.process_time() - begin < 1.0
