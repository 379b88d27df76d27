"""Carriers' words mean what the carriers' rules say, written in whatever way, and nothing more than that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.keywords import ambiguous, answered_in, door_code, keyword, language, plain_word

STOP = ["STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT-OUT", "ARRET",
        "ARRÊT", "ARRETE", "ARRÊTE", "ARRETT", "ARRÊTER", "ARRETEZ", "DÉSABONNER"]  # fmt: skip
CODES = {"RAIL": "rail-northumberland", "Étude": "good2talk", "RAIL NORTH": "niagara-ems"}


@pytest.mark.parametrize("word", STOP)
def test_stop_words_in_english_and_french(word: str) -> None:
    assert keyword(word) == keyword(word.lower()) == "stop"


@pytest.mark.parametrize("word", ["START", "UNSTOP", "Démarrer"])
def test_start_words(word: str) -> None:
    assert keyword(word) == "start"


@pytest.mark.parametrize("word", ["HELP", "INFO", "AIDE"])
def test_help_words(word: str) -> None:
    assert keyword(word) == "help"


@pytest.mark.parametrize(
    "body",
    ["stop", " Stop. ", "STOP!!!", "“stop”", "« ARRÊT »", "ＳＴＯＰ", "stop\n", "st\u200bop", "STOP 🛑", "*stop*",
     "ARRE\u0302T", "𝐒𝐓𝐎𝐏"],
)  # fmt: skip
def test_case_accents_signs_and_wide_letters_do_not_matter(body: str) -> None:
    assert keyword(body) == "stop"


@pytest.mark.parametrize(
    "body",
    ["", "stop it please", "don't stop", "the bus stop", "help me", "help with food", "j'ai besoin d'aide", "end it",
     "weekend", "food", "🛑", "1", "stop 2", "i want to end my life", "info about shelters", "help " * 400],
)  # fmt: skip
def test_a_keyword_is_the_whole_text(body: str) -> None:
    assert keyword(body) is None


def test_yes_opens_again_only_for_somebody_who_had_stopped() -> None:
    assert keyword("Yes") is None
    assert keyword("oui") is None
    assert keyword("YES", "START") is None  # the carrier opened what was open, the person answered a question
    assert keyword("Yes", opted_out=True) == "start"
    assert keyword("oui !", opted_out=True) == "start"


def test_what_the_carrier_has_done_holds() -> None:
    assert keyword("BASTA", "STOP") == "stop"
    assert keyword("anything at all", "STOP") == "stop"
    assert keyword("AYUDA", "HELP") == "help"
    assert keyword("stop", "HELP") == "stop"
    assert keyword("food", "PAUSE") is None


def test_a_whole_sentence_is_never_only_a_help_word_whatever_the_carrier_took_it_for() -> None:
    assert keyword("he hits me again", "HELP") is None


@pytest.mark.parametrize("word", ["help", "HELP!", "end", "Cancel", "quit", "aide", "stop", "Arrête !", "ARRÊT"])
def test_words_that_somebody_in_danger_may_mean_are_ambiguous(word: str) -> None:
    assert ambiguous(word)


@pytest.mark.parametrize("word", ["info", "unsubscribe", "stopall", "start", "optout", "food", ""])
def test_words_with_one_meaning_are_not(word: str) -> None:
    assert not ambiguous(word)


def test_a_keyword_is_answered_in_the_language_that_the_rules_want() -> None:
    assert language("STOP") == language("help") == language("end") == "en"
    assert language("ARRÊT") == language("aide") == "fr"
    assert language("info") is language("start") is language("hello") is None


def test_on_a_long_number_the_persons_own_language_comes_first() -> None:
    assert answered_in("STOP", "fr", "long") == "en"
    assert answered_in("ARRET", "en", "tollfree") == "fr"
    assert answered_in("STOP", "pa", "long") == "pa"
    assert answered_in("STOP", "pa", "short") == "en"
    assert answered_in("START", "fr", "short") == "fr"


def test_only_the_keyword_is_kept_never_what_else_was_said() -> None:
    assert plain_word("« ARRÊT ! »") == "arret"
    assert plain_word("OptOut") == "optout"
    assert plain_word("leave me alone") == ""


def test_a_doors_word_alone_names_the_door() -> None:
    assert door_code("rail", CODES) == ("rail-northumberland", None)
    assert door_code("ETUDE!", CODES) == ("good2talk", None)


@pytest.mark.parametrize("body", ["RAIL 12", "rail12", "Rail #12", "rail no. 12", "RAIL, sign 12", "rail-12"])
def test_a_sign_code_names_the_door_and_the_sign(body: str) -> None:
    assert door_code(body, CODES) == ("rail-northumberland", "12")


def test_words_behind_a_sign_code_do_not_hide_it() -> None:
    assert door_code("RAIL 12b I cannot go on", CODES) == ("rail-northumberland", "12B")


def test_the_longer_of_two_words_is_the_one_that_was_meant() -> None:
    assert door_code("rail north 3", CODES) == ("niagara-ems", "3")


@pytest.mark.parametrize("body", ["", "railway 12", "the rail 12", "rail to toronto", "12", "rail 1234567890", "food"])
def test_ordinary_words_name_no_door(body: str) -> None:
    assert door_code(body, CODES) is None


@given(st.text(), st.one_of(st.none(), st.text()))
def test_no_text_breaks_the_reading_of_keywords(body: str, kind: str | None) -> None:
    assert keyword(body, kind) in (None, "stop", "start", "help")
    assert len(plain_word(body)) <= 20
    door_code(body, CODES)
