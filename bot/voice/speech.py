"""Stored replies as they are said on the phone: short, without web addresses, with keys instead of numbers.

Pure but for looking whether a recording is there. The words on the phone are those of the message `voice_<id>`
where the catalogue has one: what is written for a screen ("write", "this page") is said for an ear.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from bot.conversations.views import Spoken
from bot.language.catalogue import Catalogue
from bot.language.names import english_name, french_name, known
from bot.voice.aloud import aloud
from bot.voice.languages import MENU_KEYS, Recordings, menu, voice_for
from bot.voice.sentences import Sentence, Sentences
from bot.voice.services import details, summary
from bot.voice.utterance import Page, Utterance

__all__ = ["AGAIN_KEY", "MORE_KEY", "MORE_WORD", "PERSON_KEY", "Page", "Speech", "Utterance"]

MORE_KEY = "8"
AGAIN_KEY = "9"
PERSON_KEY = "0"
MORE_WORD = "more"
"""What key 8 says to the dialogue after services."""
MOST_RESULTS = 3
SILENT = frozenset({"crisis_safe_device", "crisis_person_joining"})
"""About a page, or replaced by the transfer that follows."""


class Speech:
    """Makes speech of replies and of the catalogue's own sentences."""

    def __init__(self, catalogue: Catalogue, recordings: Recordings | None = None) -> None:
        self.catalogue = catalogue
        self.recordings = recordings or Recordings()
        self.sentences = Sentences(catalogue)

    def say(self, message: str, language: str, /, **facts: str) -> Utterance:
        """One sentence of the catalogue. Facts are put in and made speakable, phone numbers in groups.

        Raises:
            KeyError: for an unknown message or a missing fact, as `Catalogue.say`.
        """
        said = self.catalogue.language_of(message, language)
        recorded = self._recording(message, language, facts)
        if recorded is None and voice_for(said).voice is None:
            said = "en"
        if said != language:
            facts = {name: self._in_english(value, language) for name, value in facts.items()}
        words = aloud(self.catalogue.say(message, said, **facts), said)
        return Utterance(words, language if recorded else said, message, recorded)

    def replies(self, replies: Sequence[Spoken], language: str) -> Page:
        """The replies of a turn: sentences, at most three services, then their choices by key."""
        utterances: list[Utterance] = []
        choices: list[tuple[int, str]] = []
        keys: dict[str, str] = {}
        listed = False
        for reply in replies:
            cards: Sequence[Mapping[str, Any]] = reply.payload.get("cards") or ()
            offered = [(int(one["number"]), str(one["label"])) for one in reply.payload.get("choices") or ()]
            if cards:
                listed = True
                utterances += self._cards(cards, reply.language, keys)
                continue
            utterances += self.text(_without_choices(reply.text, len(offered)), reply.language)
            choices += offered
        page = self._choices(choices, language, keys)
        utterances += page.utterances
        if listed and keys and not page.rest:  # key 8 is for the other choices first
            utterances.append(self.say("voice_results_more", language, number=MORE_KEY))
            page = Page(keys={**page.keys, MORE_KEY: MORE_WORD})
        return Page(tuple(utterances), page.keys, page.rest, sendable=listed)

    def choices(self, choices: Sequence[tuple[int, str]], language: str) -> Page:
        """Choices by key, at most seven, with key 8 for the rest.

        Args:
            choices: (number of the choice in the conversation, its label in the language).
        """
        return self._choices(choices, language, {})

    def language_menu(self, page: int = 0) -> Page:
        """A page of the language menu, each line in its own language; keys give codes, key 8 the next page."""
        pages = menu()
        codes = pages[page % len(pages)]
        utterances, keys = [], {}
        for number, code in enumerate(codes, start=1):
            keys[str(number)] = code
            utterances.append(self._language(code, str(number)))
        for code in ("en", "fr"):
            utterances.append(self.say("voice_language_more", code, number=MORE_KEY))
        return Page(tuple(utterances), keys)

    # -- parts

    def _language(self, code: str, number: str) -> Utterance:
        line = self.say("voice_language_choice", code, number=number)
        if line.recording or line.language == code:
            return line
        return self.say("voice_language_named", "en", language=english_name(code), number=number)

    def _choices(self, choices: Sequence[tuple[int, str]], language: str, keys: dict[str, str]) -> Page:
        """Choices on the keys that are free after those of `keys`. The person is always on 0 and not named."""
        person = self.catalogue.say("choice_person", self.catalogue.language_of("choice_person", language))
        wanted = [(number, label) for number, label in choices if label != person]
        keys, utterances = dict(keys), []
        room = MENU_KEYS - len(keys)
        for number, label in wanted[:room]:
            key = str(len(keys) + 1)
            keys[key] = str(number)
            utterances += self._choice(key, label, language)
        rest = tuple(wanted[room:])
        if rest:
            utterances.append(self.say("voice_choice_more", language, number=MORE_KEY))
        return Page(tuple(utterances), keys, rest)

    def _choice(self, key: str, label: str, language: str) -> list[Utterance]:
        sentence = self.sentences.of(label, language)
        if sentence:
            name = self._recording(sentence.message, language, sentence.facts)
            press = self._recording("voice_choice", language, {"number": key})
            if name and press:
                return [Utterance(label, language, sentence.message, name), Utterance(key, language, None, press)]
        return [self.say("voice_choice", language, label=label, number=key)]

    def text(self, text: str, language: str) -> Iterator[Utterance]:
        """A reply without its choices: as the catalogue says it on the phone, or as it stands."""
        if not text.strip():
            return
        sentence = self.sentences.of(text, language)
        if sentence is None:
            yield from self._foreign(text, language)
        elif sentence.message not in SILENT:
            spoken = self._for_ears(sentence, language)
            yield self.say(spoken.message, language, **spoken.facts)

    def _for_ears(self, sentence: Sentence, language: str) -> Sentence:
        """The message that is said on the phone in place of one that is written."""
        spoken = f"voice_{sentence.message}"
        if spoken not in self.catalogue.sources or not self.catalogue.has(spoken, language):
            return sentence
        facts = {"number": PERSON_KEY, **sentence.facts}
        if sentence.message == "language_not_written":
            name = french_name if language == "fr" else english_name
            facts["language"] = name(_code_of(sentence.facts.get("language", "")))
        return Sentence(spoken, facts)

    def _foreign(self, text: str, language: str) -> Iterator[Utterance]:
        """Words that are not of the catalogue, if a voice can say them."""
        if voice_for(language).voice is None:
            yield self.say("voice_language_not_written", "en", language=english_name(language), number=PERSON_KEY)
        elif words := aloud(text, language):
            yield Utterance(words, language)

    def _cards(self, cards: Iterable[Mapping[str, Any]], language: str, keys: dict[str, str]) -> Iterator[Utterance]:
        """Services in a few words each; the first three. Their keys are added to `keys`."""
        for card in islice(cards, MOST_RESULTS):
            number = card.get("number")
            if number is None:
                yield from details(self, card, language)
                continue
            key = str(len(keys) + 1)
            keys[key] = str(number)
            yield from summary(self, card, language)
            yield self.say("voice_details", language, number=key)

    def _recording(self, message: str, language: str, facts: Mapping[str, str]) -> str | None:
        """The recording of a sentence. It says the facts of the catalogue's samples: with others it would be wrong.

        A sentence whose only fact is the number of a key has a recording for each: voice_details_2.mp3.
        """
        if voice_for(language).voice is not None:
            return None
        samples = self.catalogue.sources[message].facts if message in self.catalogue.sources else {}
        plain = {name: aloud(value, "en") for name, value in facts.items() if name in samples}
        name = message
        if plain.keys() == {"number"}:
            name = f"{message}_{facts['number']}"
        elif plain != {name: aloud(str(value), "en") for name, value in samples.items()}:
            return None
        path = self.recordings.of(name, language)
        return f"{language}/{path.name}" if path else None

    def _in_english(self, fact: str, language: str) -> str:
        """A fact that is itself a message, in English; others are names and numbers."""
        sentence = self.sentences.of(fact, language)
        return self.catalogue.say(sentence.message, "en", **sentence.facts) if sentence else fact


def _without_choices(text: str, count: int) -> str:
    """A text without the numbered lines under it: `bot.words` writes one for each choice."""
    return "\n".join(text.split("\n")[:-count]) if count else text


def _code_of(endonym: str) -> str:
    return next((code for code, language in known().items() if language.endonym == endonym), endonym)
