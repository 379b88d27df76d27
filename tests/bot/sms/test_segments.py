"""What a text takes on its way, and what may be changed to make it take less."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.segments import count, is_gsm7, plain


@pytest.mark.parametrize(
    ("text", "kind", "encoding", "units", "segments"),
    [
        ("", "long", "gsm7", 0, 0),
        ("a" * 160, "long", "gsm7", 160, 1),
        ("a" * 161, "long", "gsm7", 161, 2),
        ("a" * 306, "tollfree", "gsm7", 306, 2),
        ("a" * 307, "long", "gsm7", 307, 3),
        ("a" * 136, "short", "gsm7", 136, 1),
        ("a" * 137, "short", "gsm7", 137, 2),
        ("éèàùìòñü¿¡ÉÇ\n", "long", "gsm7", 13, 1),
        ("ê", "long", "ucs2", 1, 1),
        ("ç", "long", "ucs2", 1, 1),
        ("’", "long", "ucs2", 1, 1),
        ("水" * 70, "long", "ucs2", 70, 1),
        ("水" * 71, "long", "ucs2", 71, 2),
        ("水" * 134, "short", "ucs2", 134, 2),
        ("水" * 135, "long", "ucs2", 135, 3),
        ("水" * 500, "whatsapp", "ucs2", 500, 1),
    ],
)
def test_a_text_takes_what_the_standard_says(text: str, kind: str, encoding: str, units: int, segments: int) -> None:
    found = count(text, kind)
    assert (found.encoding, found.units, found.segments) == (encoding, units, segments)


def test_signs_outside_the_basic_table_take_two_places() -> None:
    assert count("{€}").units == 6
    assert count("a" * 158 + "€").segments == 1
    assert count("a" * 159 + "€").segments == 2


def test_a_sign_of_two_places_is_never_parted() -> None:
    assert count("a" * 152 + "€" + "a" * 152).segments == 3, "306 places, but one of each part stays empty"
    assert count("水" * 66 + "🙂" + "水" * 66).segments == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It’s “open” — now…", 'It\'s "open" - now...'),
        ("5:00\u202fp.m.", "5:00 p.m."),
        ("Appelez\u00a0: « Départ\u00a0»", 'Appelez : "Départ"'),
        ("905\u2011555\u20110123", "905-555-0123"),
        ("• Food\n• Rent", "- Food\n- Rent"),
        ("e\u0301picerie", "épicerie"),
        ("soft\u00adhyphen and zero\u200bwidth", "softhyphen and zerowidth"),
    ],
)
def test_signs_that_only_look_different_become_simple(text: str, expected: str) -> None:
    assert plain(text) == expected
    assert is_gsm7(plain(text))


@pytest.mark.parametrize("text", ["Vous êtes où ? « Ça va »", "¿Está aquí? “Sí”", "您好，“更多”", "Łódź – ąę"])
def test_a_text_whose_letters_need_the_large_alphabet_keeps_its_signs(text: str) -> None:
    assert plain(text) == text


def test_boxes_of_old_phones_become_spaces_in_every_alphabet() -> None:
    assert plain("Ouvert\u202fà\u00a0côté") == "Ouvert à côté"


def test_joiners_of_persian_and_hindi_stay() -> None:
    assert plain("می\u200cتوانید") == "می\u200cتوانید"
    assert plain("क्\u200dष") == "क्\u200dष"


def test_a_web_address_stays_as_it_is() -> None:
    assert (
        plain("See “https://example.org/d%C3%A9p_1~x?q=a#b” — now")
        == 'See "https://example.org/d%C3%A9p_1~x?q=a#b" - now'
    )
    assert plain("www.example.org/a–b") == "www.example.org/a–b"


@given(st.text())
def test_letters_and_digits_never_change(text: str) -> None:
    def letters(some: str) -> str:
        return "".join(sign for sign in unicodedata.normalize("NFC", some) if unicodedata.category(sign)[0] in "LN")

    assert letters(plain(text)) == letters(text)


@given(st.text())
def test_making_a_text_plain_twice_changes_nothing_and_never_costs_more(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert count(once).segments <= max(count(text).segments, 1)


@given(st.text(max_size=2000), st.sampled_from(["long", "short", "tollfree", "whatsapp", "messenger"]))
def test_every_text_can_be_counted(text: str, kind: str) -> None:
    found = count(text, kind)
    assert (found.segments == 0) == (text == "")
    assert found.units >= len(text)
