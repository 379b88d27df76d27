"""What is said about waiting: honest, short, with the lines that answer, in every language that is offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bot.answers import Piece
from bot.cards import Cards
from bot.doors.loading import door_named
from bot.language.catalogue import Catalogue
from bot.language.names import CORE
from bot.sms.segments import count
from bot.sms.wording import texts
from bot.waiting import wording
from bot.waiting.lines import lines_for
from bot.words import Reply, Words

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CATALOGUE = Catalogue.load()
LONGEST_TEXT = 320


@dataclass(frozen=True)
class Place:
    ahead: int = 0
    minutes: int | None = None
    specialists_on: int = 2


def said(pieces: list[Piece], language: str = "en") -> list[Reply]:
    words = Words(CATALOGUE, Cards(CATALOGUE))
    return words.replies(pieces, language, lambda listing, near: None, MONDAY)


def spoken(pieces: list[Piece], language: str = "en") -> str:
    return "\n".join(reply.text for reply in said(pieces, language))


def test_the_place_is_told_with_a_time_only_where_there_is_one() -> None:
    with_time = spoken(wording.place_pieces(Place(3, 10)))
    assert "3" in with_time and "10 minutes, maybe longer" in with_time
    without = spoken(wording.place_pieces(Place(3)))
    assert "3" in without and "minute" not in without
    assert spoken(wording.place_pieces(Place(0))) == "You are next in line."


def test_nobody_on_duty_is_said_with_the_lines_that_answer_and_no_place() -> None:
    pieces = wording.waiting_pieces(Place(2, None, 0), door_named("211"), "en", NIGHT)
    text = spoken(pieces)
    assert "No person is here" in text and "2-1-1" in text
    assert "ahead" not in text


def test_in_danger_nobody_is_offered_a_call_back() -> None:
    waiting = wording.waiting_pieces(Place(1), door_named("211"), "en", MONDAY, danger=True)
    unanswered = wording.unanswered_pieces(door_named("211"), "en", MONDAY, danger=True)
    for pieces in (waiting, unanswered):
        assert not any(piece.get("choices") for piece in pieces)
    assert "9-1-1" in spoken(unanswered) and "9-8-8" in spoken(unanswered)


def test_nobody_ends_up_with_nothing_at_any_hour_and_in_any_language() -> None:
    for language in CORE:
        for now in (MONDAY, NIGHT):
            text = spoken(wording.unanswered_pieces(door_named("211"), language, now), language)
            assert "2-1-1" in text
            assert "2." in text  # to be called back, and to stop


def test_the_lines_fit_age_and_language() -> None:
    students = [line.id for line in lines_for(door_named("good2talk"), "en", NIGHT)]
    assert students[0] == "good2talk" and students[-1] == "211-ontario"
    korean = [line.id for line in lines_for(door_named("good2talk"), "ko", NIGHT)]
    assert "good2talk" not in korean and korean[-1] == "211-ontario"
    assert [line.id for line in lines_for(door_named("211"), "en", MONDAY, danger=True)][:2] == [
        "emergency",
        "suicide-988",
    ]


def test_a_line_that_is_closed_or_of_unknown_hours_is_not_named() -> None:
    named = [line.id for line in lines_for(door_named("dso-toronto"), "en", NIGHT)] if _has("dso-toronto") else []
    assert "dso-toronto" not in named


def _has(door: str) -> bool:
    try:
        return door_named(door).id == door
    except KeyError:
        return False


def test_whoever_has_asked_to_be_called_back_is_not_asked_again() -> None:
    piece = wording.offer_piece(called_back=True)
    assert [one["given"]["intent"] for one in piece["choices"]] == [wording.LEAVE]


def test_a_specialist_of_the_same_language_needs_no_sentence_about_machines() -> None:
    assert len(wording.claimed_pieces("Dana")) == 1
    translated = spoken(wording.claimed_pieces("Dana", language="fr", writes="en", translated=True), "fr")
    assert "Dana" in translated and "English" in translated and "machine" in translated
    honest = spoken(wording.claimed_pieces("Dana", language="pa", writes="en"), "pa")
    assert "2-1-1" in honest


ALL = {
    "place": wording.place_pieces(Place(12, 45)),
    "nobody": wording.waiting_pieces(Place(0, None, 0), door_named("211"), "en", NIGHT),
    "claimed": wording.claimed_pieces("Dana", language="fr", writes="en", translated=True),
    "joined": wording.joined_pieces("Dana"),
    "released": wording.released_pieces(),
    "transferred": wording.transferred_pieces(),
    "returned": wording.returned_pieces(),
    "closed": wording.closed_pieces(),
    "left": wording.left_pieces(),
    "unanswered": wording.unanswered_pieces(door_named("211"), "en", MONDAY),
    "this number": [wording.callback_this_piece()],
    "number": [wording.callback_number_piece()],
    "wrong number": [wording.callback_number_piece(wrong=True)],
    "when": [wording.callback_when_piece()],
    "message": [wording.callback_message_piece()],
    "done": wording.callback_pieces(),
}


@pytest.mark.parametrize("language", CORE)
@pytest.mark.parametrize("name", ALL)
def test_every_text_message_about_waiting_is_short(name: str, language: str) -> None:
    made = texts(said(ALL[name], language), CATALOGUE.say, language)
    assert made
    for text in made:
        assert len(text.text) <= LONGEST_TEXT, text.text
        assert count(text.text).segments <= 4, text.text


def test_no_sentence_promises_a_time() -> None:
    for key in CATALOGUE.sources:
        if key.startswith("handoff_"):
            text = CATALOGUE.sources[key].text.lower()
            assert "soon" not in text and "shortly" not in text, key
