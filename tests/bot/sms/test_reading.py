"""Whatever the form holds, it is read as what it is, and never breaks the reading."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.reading import LONGEST, NotATextMessage, Texted, cleaned, read

FILE = Path(__file__).resolve().parents[2] / "broken" / "sms" / "texts.yml"
TEXTS: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
USUAL = {"MessageSid": "SM00000000000000000000000000000000", "From": "+15555550101", "To": "+15555550100"}
REFUSED = [name for name, entry in TEXTS.items() if entry.get("refused")]


def form(**fields: str | None) -> dict[str, str]:
    return {name: value for name, value in {**USUAL, **fields}.items() if value is not None}


def of(name: str) -> dict[str, str]:
    return form(**TEXTS[name]["form"])


@pytest.mark.parametrize("name", [name for name in TEXTS if name not in REFUSED])
def test_a_strange_form_is_read_as_what_it_is(name: str) -> None:
    wanted, texted = TEXTS[name], read(of(name))
    assert texted.kind == wanted["kind"]
    assert texted.point == (tuple(wanted["point"]) if "point" in wanted else None)
    assert texted.media == tuple(wanted.get("media", ()))
    assert texted.quote == wanted.get("quote")
    assert texted.opt_out_type == wanted.get("opt_out_type")
    assert texted.channel == wanted.get("channel", "sms")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_text_message_is_refused_in_words_without_its_content(name: str) -> None:
    with pytest.raises(NotATextMessage, match=r"^(MessageSid|From|To) is ") as refused:
        read(of(name))
    assert "DROP" not in str(refused.value) and "somebody" not in str(refused.value)


def test_an_ordinary_text_keeps_its_words_and_addresses() -> None:
    texted = read(form(Body="food bank near M5V 2T6"))
    assert texted == Texted(
        sid=USUAL["MessageSid"], to=USUAL["To"], from_=USUAL["From"], body="food bank near M5V 2T6", kind="text"
    )


def test_the_button_of_a_template_is_what_the_person_said() -> None:
    assert read(of("button")).body == "Food"


def test_what_a_database_cannot_keep_is_taken_out_of_the_words() -> None:
    assert read(of("nul_inside")).body == "food"
    assert cleaned("a\r\nb\rc\td\ud800e\u0007") == "a\nb\nc\tde"


def test_words_beside_a_picture_or_a_link_are_kept_whole() -> None:
    assert read(of("picture_with_words")).body == "this is my eviction notice"
    assert read(of("apple_link_with_words")).body.startswith("I am here https://")


def test_only_words_may_be_a_part_of_something_longer() -> None:
    assert read(form(Body="a" * 160)).maybe_split
    assert not read(form(Body="a" * 160, NumMedia="1", MediaContentType0="image/png")).maybe_split
    assert not read(form(Body=f"Liked “{'a' * 160}”")).maybe_split
    assert not read(form(Body="I need food")).maybe_split


@given(st.dictionaries(st.sampled_from([*USUAL, "Body", "NumMedia", "MediaContentType0", "Latitude", "Longitude",
                                        "OptOutType", "Label", "ButtonText"]), st.text()))  # fmt: skip
def test_no_form_breaks_the_reading(fields: dict[str, str]) -> None:
    try:
        texted = read(form(**fields))
    except NotATextMessage:
        return
    assert len(texted.body) <= LONGEST
    assert all(unicodedata.category(char) != "Cs" and char != "\0" for char in texted.body)
    texted.body.encode()


@given(
    st.text(
        st.sampled_from("Liked “”«»'\u200a\u200b👍 toA aimé.…{}[]()https://maps.apple.com/?ll=43,-79&"), max_size=400
    )
)
def test_text_made_of_the_pieces_of_special_forms_is_read(body: str) -> None:
    assert read(form(Body=body)).kind in ("text", "reaction", "place", "auto", "empty")
