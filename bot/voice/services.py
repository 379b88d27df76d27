"""A service as it is read on the phone: what helps to choose, or all that fits an ear.

The directory's own words are English or French and are read by a voice of that language, also in the middle of
another; the words around them are the caller's. In a language without a voice all of it is English.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bot.cards import locale_for
from bot.voice.aloud import aloud, shortened, spaced
from bot.voice.languages import voice_for
from bot.voice.utterance import Utterance

if TYPE_CHECKING:
    from bot.voice.speech import Speech

_OWN_WORDS = {
    "listing_address": "address",
    "listing_hours_text": "hours",
    "listing_fee": "fee",
    "listing_eligibility": "eligibility",
    "listing_accessibility": "features",
}
"""Sentences with a fact in the directory's own words."""
_LABELS = {"listing_shown_in_english": "en", "listing_shown_in_french": "fr"}
_MOST_PHONES = 2
_PLACEHOLDER = "\ufffc"


def summary(speech: Speech, card: Mapping[str, Any], language: str) -> Iterator[Utterance]:
    """Name, sample note, how far, whether open, one phone number."""
    yield from _head(speech, card, language)
    yield from _open(speech, card, language)
    yield from _phones(speech, card, language, 1)


def details(speech: Speech, card: Mapping[str, Any], language: str) -> Iterator[Utterance]:
    """The same with what it gives, where it is, what it costs and for whom; no web address."""
    yield from _head(speech, card, language)
    yield from _description(speech, card, language)
    yield from _open(speech, card, language)
    yield from _phones(speech, card, language, _MOST_PHONES)
    for name in ("address", "fee", "eligibility"):
        if card.get(name):
            yield from sentence(speech, str(card[name]), language)
    yield from _languages(speech, card, language)
    if card.get("stale_note"):
        yield from sentence(speech, str(card["stale_note"]), language)
    if card.get("url"):
        yield speech.say("voice_website", language)


def sentence(speech: Speech, text: str, language: str) -> Iterator[Utterance]:
    """A line of a card. The directory's own words in it get a voice of their own language."""
    found = speech.sentences.of(text, language)
    fact = _OWN_WORDS.get(found.message) if found else None
    if found is None or fact is None or _own(language) == language:
        yield from speech.text(text, language)
        return
    shown = language if voice_for(language).voice else "en"
    around = speech.catalogue.say(found.message, shown, **{**found.facts, fact: _PLACEHOLDER})
    before, _, after = around.partition(_PLACEHOLDER)
    own = _own(language)
    for words, spoken in ((before, shown), (found.facts[fact], own), (after, shown)):
        if said := aloud(words, spoken):
            yield Utterance(said, spoken)


def _own(language: str) -> str:
    """The language of the directory's words in a card made for a language."""
    return "fr" if language == "fr" else "en"


def _head(speech: Speech, card: Mapping[str, Any], language: str) -> Iterator[Utterance]:
    own = _own(language)
    yield Utterance(aloud(str(card["name"]), own) + ".", own)
    for name in ("sample_note", "distance", "scope"):
        if card.get(name):
            yield from speech.text(str(card[name]), language)


def _open(speech: Speech, card: Mapping[str, Any], language: str) -> Iterator[Utterance]:
    hours = card.get("open")
    if not hours:
        return
    if voice_for(language).voice is None and card.get("open_state") in ("open", "closed"):
        # The time and the day in it are in words that no voice can say.
        message = "map_open_now" if card["open_state"] == "open" else "listing_closed"
        yield speech.say(message, language)
        return
    yield from sentence(speech, str(hours), language)


def _phones(speech: Speech, card: Mapping[str, Any], language: str, most: int) -> Iterator[Utterance]:
    """Numbers to call; a number for texting when there is none. Extensions in words."""
    phones = [phone for phone in card.get("phones") or () if phone.get("kind") != "tty"]
    voices = [phone for phone in phones if phone.get("kind") == "voice"]
    for phone in (voices or phones)[:most]:
        number, _, extension = str(phone["display"]).partition(" #")
        if phone.get("kind") != "voice":
            yield from speech.text(str(phone["line"]), language)
            continue
        yield speech.say("listing_phone", language, phone=number)
        if extension:
            yield speech.say("voice_extension", language, number=spaced(extension))


def _languages(speech: Speech, card: Mapping[str, Any], language: str) -> Iterator[Utterance]:
    """Languages that are spoken there, and whether interpreters can be asked for."""
    line = str(card.get("languages") or "")
    if not line or voice_for(language).voice:
        yield from speech.text(line, language)
        return
    # Their names are in words that no voice can say; in English the caller may know at least that of their own.
    codes = {name: code for code, name in locale_for(language).languages.items()}
    english = locale_for("en").languages
    for part in line.split(". "):
        found = speech.sentences.of(part, language)
        if found and found.message == "listing_languages":
            names = [english.get(codes.get(name, ""), "") for name in found.facts["languages"].split(", ")]
            if spoken := ", ".join(filter(None, names)):
                yield speech.say(found.message, "en", languages=spoken)
        elif found:
            yield speech.say(found.message, language)


def _description(speech: Speech, card: Mapping[str, Any], language: str) -> Iterator[Utterance]:
    """What the service gives. Another language and a machine's translation are announced, as on the screen."""
    if not card.get("summary"):
        return
    spoken, label = language, card.get("summary_label")
    if label:
        found = speech.sentences.of(str(label), language)
        spoken = _LABELS.get(found.message, language) if found else language
        if voice_for(spoken).voice is None:
            return  # a machine's translation that no voice can say
        yield from speech.text(str(label), language)
    if voice_for(spoken).voice and (words := aloud(shortened(str(card["summary"])), spoken)):
        yield Utterance(words, spoken)
