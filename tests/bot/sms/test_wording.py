"""What a person reads on an old phone: the help first, three lines a service, and numbers that mean the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import answers
from bot.answers import Piece
from bot.cards import Cards
from bot.language.catalogue import RTL, Catalogue
from bot.language.names import CORE
from bot.language.translation import NoTranslator
from bot.safety.levels import KINDS, Level, Risk
from bot.safety.replies import crisis_reply
from bot.sms.packing import fits
from bot.sms.segments import count, is_gsm7
from bot.sms.wording import texts
from bot.words import Reply, Words
from directory_client.lines import lines
from directory_client.listings import Listing, Phone
from directory_client.needs import NEEDS
from tests.bot.conftest import MONDAY
from tests.bot.test_map_search import HOURS, LISTING

CATALOGUE = Catalogue.load()
SMALL_ALPHABET = ("en", "fr", "es", "pt", "it", "so", "tl")
"""Core languages that can be written well in GSM-7; a text in danger then takes one part."""
SECOND = [code for code in CATALOGUE.translations if code not in CORE]
OWN_LINE = {
    "suicide": "suicide-988",
    "self_harm": "suicide-988",
    "harm_to_others": "suicide-988",
    "other": "suicide-988",
    "overdose": "poison-centre",
    "elder_abuse": "seniors-safety",
    "trafficking": "trafficking-hotline",
}
PANTRY = replace(
    LISTING,
    phones=(Phone("+19055550101", "905-555-0101", "voice"), Phone("686868", "686868", "text", note="FOOD")),
    hours=replace(HOURS, always=True),
    description="Groceries for three days. " * 20,
    description_fr=None,
)


class Machine(NoTranslator):
    """A translator that gives back what it got, and says that it translated it."""

    def translate(self, text: str, source: str, target: str, *, remember: bool = True) -> str | None:
        return text


def worded(pieces: list[Piece], language: str, kind: str = "text", listings: tuple[Listing, ...] = ()) -> list[Reply]:
    words = Words(CATALOGUE, Cards(CATALOGUE, Machine()))
    known = {listing.id: listing for listing in listings}
    return words.replies(pieces, language, lambda id_, near: known.get(id_), MONDAY, kind=kind)


def in_danger(kind: str, level: Level, language: str, **more: bool) -> list[Reply]:
    risk = Risk(level, kind, (), **more)
    said = crisis_reply(risk, door_youth=False, language=language, now=MONDAY)
    return worded([{"say": message, "facts": facts} for message, facts in said], language, "crisis")


def letters(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def sms(replies: list[Reply], language: str = "en", kind: str = "long") -> list[str]:
    return [text.text for text in texts(replies, CATALOGUE.say, language, kind)]


def pantries(number: int, **changed: object) -> tuple[Listing, ...]:
    return tuple(replace(PANTRY, id=str(n), name=f"Pantry of House {n}", **changed) for n in range(1, number + 1))  # type: ignore[arg-type]


def found(listings: tuple[Listing, ...], language: str = "en", *after: Piece) -> list[Reply]:
    shown: Piece = {"listings": [listing.id for listing in listings], "near": None, "need": None, "detail": False}
    head = answers.say("results_near", need={"need": "food.pantry"}, place="Ajax")
    return worded([head, shown, *after, answers.say("results_hint")], language, listings=listings)


# -- danger


@pytest.mark.parametrize("language", CORE)
@pytest.mark.parametrize("level", [Level.HIGH, Level.EMERGENCY])
@pytest.mark.parametrize("risk", KINDS)
def test_the_first_text_in_danger_has_911_first_and_fits(risk: str, level: Level, language: str) -> None:
    for number_kind in ("long", "short", "tollfree"):
        first, *rest = sms(in_danger(risk, level, language), language, number_kind)
        numbers = [line for line in lines().values() if line.voice and line.voice in first]
        assert min(numbers, key=lambda line: first.index(str(line.voice))).id == "emergency"
        size = count(first, number_kind)
        assert (size.encoding == "gsm7") == (language in SMALL_ALPHABET)
        assert size.segments <= (1 if language in SMALL_ALPHABET else 2), first
        if risk in OWN_LINE:
            assert str(lines()[OWN_LINE[risk]].voice) in first
        assert rest and all(fits(text, number_kind) for text in rest)


@pytest.mark.parametrize("language", CORE)
@pytest.mark.parametrize("risk", KINDS)
def test_no_line_of_a_crisis_reply_is_lost(risk: str, language: str) -> None:
    replies = in_danger(risk, Level.EMERGENCY, language, minor=True, third_person=True)
    said, made = " ".join(reply.text for reply in replies), " ".join(sms(replies, language))
    assert [line.id for line in lines().values() if line.voice and line.voice in said and line.voice not in made] == []


def test_an_emergency_says_it_straight() -> None:
    first, second = sms(in_danger("suicide", Level.EMERGENCY, "en"))
    assert first.startswith("Call 9-1-1 now.\n")
    assert "they can come to you" in second
    assert sms(in_danger("suicide", Level.HIGH, "en"))[0].startswith("In danger now?")


def test_danger_is_answered_in_whatever_language_has_no_short_sentence() -> None:
    for language in SECOND:
        made = sms(in_danger("overdose", Level.EMERGENCY, language), language)
        assert "9-1-1" in made[0], language
        assert not any(is_gsm7(text) and "poison advice" in text for text in made), "not in English"
        assert all(fits(text) for text in made)


@pytest.mark.parametrize("language", CORE)
def test_nobody_who_texts_is_told_of_a_page_or_a_button(language: str) -> None:
    replies = in_danger("partner_violence", Level.HIGH, language)
    replies += worded([answers.say("person_waiting", line_211={"line": "211-ontario"})], language)
    replies += worded([answers.say("send_to_phone")], language)
    made = "\n".join(sms(replies, language))
    for message in ("crisis_safe_device", "crisis_person_joining", "person_waiting", "send_to_phone"):
        assert letters(CATALOGUE.say(f"sms_{message}", language, line_211="2-1-1")) in letters(made)
        assert letters(CATALOGUE.say(message, language, line_211="2-1-1")) not in letters(made)


def test_who_waits_in_danger_is_answered_in_one_text() -> None:
    facts = {"line_911": {"line": "emergency"}, "line_988": {"line": "suicide-988"}}
    replies = worded([{"say": "crisis_still_here_1", "facts": facts}, {"say": "crisis_breathing"}], "en", "crisis")
    (text,) = texts(replies, CATALOGUE.say, "en")
    assert text.kind == "crisis" and "9-1-1" in text.text


# -- services


@pytest.mark.parametrize("language", CORE)
def test_three_services_take_three_lines_each_and_a_hint(language: str) -> None:
    made = "\n".join(sms(found(pantries(3), language), language)).split("\n")
    assert len(made) == 1 + 9 + 1
    assert [line.split(".")[0] for line in made[1:10:3]] == ["1", "2", "3"]
    assert [line[:12] for line in made[2:10:3]] == ["905-555-0101"] * 3
    assert made[3:10:3] == ["1 Example Street, Ajax"] * 3
    assert "1, 2, 3" in made[-1]


def test_services_read_well() -> None:
    assert sms(found(pantries(2))) == [
        "Food bank, groceries, near Ajax:\n"
        "1. Pantry of House 1\n905-555-0101 - Open 24 hours, every day\n1 Example Street, Ajax\n"
        "2. Pantry of House 2\n905-555-0101 - Open 24 hours, every day\n1 Example Street, Ajax\n"
        "Reply 1, 2 for details, MORE for more."
    ]


def test_a_number_typed_means_what_it_would_have_meant() -> None:
    more = answers.say(
        "second_need_kept", [answers.choice({"need": "food.meals"}, "need", need=["food.meals"])], need="x"
    )
    replies = found(pantries(5), "en", more)
    made = texts(replies, CATALOGUE.say, "en")
    assert [one for text in made for one in text.options] == [one for reply in replies for one in reply.options]
    assert [one for text in made for one in text.shown] == ["1", "2", "3", "4", "5"]
    assert "4. " not in "".join(text.text for text in made), "three services at most"
    assert "\n6 " in "".join(text.text for text in made)


def test_a_sample_says_so_in_the_language_of_the_person() -> None:
    sample = pantries(1, sample=True)[0]
    (text,) = sms(found((replace(sample, name="Sample Pantry (not a real service)"),), "so"), "so")
    assert "1. Sample Pantry (ma aha dhab)\n" in text


def test_an_old_listing_asks_to_call_first() -> None:
    assert "905-555-0101 (call first) - Open" in sms(found(pantries(1, stale=True)))[0]


def test_hours_typed_freely_are_not_cut_in_half() -> None:
    long = replace(HOURS, text="Monday to Friday 9 to 5, but the food bank only on the second Tuesday from 10 to 2")
    assert "Monday" not in "".join(sms(found(pantries(1, hours=long))))
    assert "Mon-Fri 9-5" in "".join(sms(found(pantries(1, hours=replace(HOURS, text="Mon-Fri 9-5")))))


@pytest.mark.parametrize("language", CORE)
@pytest.mark.parametrize("kind", ["long", "short"])
def test_a_machine_translation_stands_with_its_label(language: str, kind: str) -> None:
    listings = pantries(1, fees="Five dollars a bag, or nothing if you cannot pay. " * 6)
    piece: Piece = {"listings": ["1"], "near": None, "need": None, "detail": True}
    made = sms(worded([piece], language, listings=listings), language, kind)
    label = {"en": "Groceries", "fr": "Groceries"}.get(language, CATALOGUE.say("listing_machine_translated", language))
    assert all(label.replace("’", "'") in text.replace("’", "'") for text in made if "Groceries" in text)
    assert sum("Groceries" in text for text in made) == 1
    assert all(fits(text, kind) for text in made)


def test_all_ways_to_reach_a_service_are_in_its_details() -> None:
    piece: Piece = {"listings": ["1"], "near": None, "need": None, "detail": True}
    made = texts(worded([piece], "en", listings=pantries(1)), CATALOGUE.say, "en")
    assert made[0].shown == ("1",)
    assert made[0].text.startswith("Pantry of House 1\nPhone: 905-555-0101\nText (SMS) FOOD to 686868\n")
    assert any("example.org" in text.text for text in made)


# -- menus and the rest


@pytest.mark.parametrize("language", CORE)
def test_a_menu_is_a_line_a_choice_in_two_texts_at_most(language: str) -> None:
    replies = worded([answers.say("ask_need", answers.area_menu(NEEDS))], language)
    made = texts(replies, CATALOGUE.say, language)
    assert len(made) <= 2
    listed = [line for text in made for line in text.text.split("\n") if line[0].isdigit()]
    assert [line.split(" ")[0] for line in listed] == [str(n) for n in range(1, len(replies[0].choices) + 1)]
    assert [option for text in made for option in text.options] == list(replies[0].options)


@pytest.mark.parametrize("language", CORE)
def test_every_sentence_of_the_catalogue_fits_a_text(language: str) -> None:
    for source in CATALOGUE.sources.values():
        if not source.id.startswith(("web_", "map_", "voice_")):
            said = CATALOGUE.say(source.id, language, **{name: str(value) for name, value in source.facts.items()})
            assert len(sms([Reply(said, language, message=source.id)], language)) <= 2, source.id


@pytest.mark.parametrize("language", sorted(RTL & set(CORE)))
def test_numbers_keep_their_order_on_phones_that_do_not_know_isolates(language: str) -> None:
    made = "\n".join(sms(in_danger("trafficking", Level.EMERGENCY, language), language))
    assert not set("\u2066\u2067\u2068\u2069") & set(made)
    for number in ("9-1-1", str(lines()["trafficking-hotline"].voice)):
        assert f"\u200e{number}\u200e" in made


def test_a_number_in_front_does_not_turn_an_arabic_line() -> None:
    (text,) = sms([Reply("\u20689-1-1\u2069 هو الرقم", "ar")], "ar")
    assert text.startswith("\u200f\u200e9-1-1\u200e ")


def test_a_messenger_gets_one_message_with_all_its_signs() -> None:
    (text,) = sms(found(pantries(3)) + worded([answers.say("send_to_phone")], "en"), "en", "whatsapp")
    assert len(text) > 320


def test_a_farewell_stays_what_it_is() -> None:
    made = texts([Reply("No more texts.", "en", "farewell")], CATALOGUE.say, "en")
    assert [(text.text, text.kind) for text in made] == [("No more texts.", "farewell")]


def test_nothing_said_is_no_text() -> None:
    assert sms([]) == []
    assert sms([Reply("  \n", "en")]) == []
