"""Languages in Latin letters, told apart by everyday words and by letters that only some of them use.

This is the model for romanised Punjabi, Urdu, Hindi, Arabic and others, which no public library knows, and the
dictionary for messages of one to three words. Words count by how few languages share them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot.language.romanised import Looks
from directory_client.places.text import Token

_DATA = Path(__file__).parent / "data"
_LENGTH_WORTH = (0.0, 0.2, 0.5, 0.8)
_CONTENT = 0.75  # a word of content says less than one of grammar: it is borrowed more easily
_LEARNED = 0.6  # a word that only the training examples say is of a language
_SOUNDED = 0.7  # the same word spelled otherwise
_STEM = 5  # letters that must agree for an inflected form
_STEMMED = 0.4
_LOOKS = 0.4  # a word that only looks like the words of a language
_ROMAN = "-r"
_NATIVE = frozenset({"ar", "pa"})

_LETTERS: Mapping[str, Mapping[str, float]] = {
    "ñ¿¡": {"es": 2, "tl": 0.1},
    "áíóú": {"es": 0.5, "pt": 0.3, "hu": 0.4, "cs": 0.3, "sk": 0.3, "vi": 0.2},
    "ãõ": {"pt": 2, "vi": 0.5},
    "ç": {"fr": 0.7, "pt": 0.7, "tr": 0.7, "sq": 0.6, "az": 0.5, "ku": 0.5},
    "èùœ": {"fr": 0.8, "it": 0.8, "ht": 0.7, "vi": 0.2},
    "êôûîâ": {"fr": 0.5, "pt": 0.4, "ro": 0.4, "ku": 0.6, "vi": 0.5},
    "é": {"fr": 0.5, "es": 0.4, "pt": 0.3, "hu": 0.4, "cs": 0.2, "sk": 0.2, "it": 0.2},
    "ò": {"it": 0.6, "ht": 1.2, "vi": 0.2},
    "ğı": {"tr": 2, "az": 1.2},
    "ş": {"tr": 1, "az": 0.7, "ro": 0.6, "ku": 1},
    "ə": {"az": 4},
    "ö": {"tr": 0.5, "de": 0.7, "hu": 0.6, "az": 0.4},
    "ü": {"tr": 0.6, "de": 0.8, "hu": 0.5, "az": 0.5},
    "äß": {"de": 1.5, "sk": 0.3},
    "őű": {"hu": 4},
    "ąęłśźż": {"pl": 2.5},
    "ćń": {"pl": 0.8, "hr": 1},
    "șță": {"ro": 2, "vi": 0.4},
    "đ": {"hr": 1, "vi": 1.5},
    "čšž": {"hr": 1, "cs": 0.9, "sk": 0.9},
    "ěřů": {"cs": 4},
    "ľĺŕ": {"sk": 4},
    "ďťň": {"sk": 1, "cs": 1},
    "ë": {"sq": 2, "nl": 0.3, "fr": 0.2},
    "ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ": {"vi": 3},
}
_ARABIC_DIGIT = re.compile(r"^(?:[a-z']*[a-z][2356789][a-z']+|[2357][a-z]{2,}[23567]?[a-z]*|[a-z]{2,}[37])$")
_NOT_ARABIC = re.compile(
    r"^2s?e?lgbt.*$|^\d+(?:st|nd|rd|th|am|pm|bed|beds|br|bdrm|bedroom|yo|yr|yrs|year|years|kid|kids|day|days|hr|hrs|hour|hours"
    r"|mins?|wks?|weeks?|months?|ppl|people|person|pack|lbs?|kg|km|pcs?|x|k|mg|ml|g|eme|ieme|e|er|ans|mois|jours"
    r"|enfants|hijos|anos|plex|some|way|bds)$|^(?:gr8|l8r|m8|b4|n8|h8|w8|str8|2day|2nite|2morrow|4ever|4u|2u|u2"
    r"|covid19|mp3|mp4|ps5|ps4|any1|some1|every1|no1|n95|w4|t4s?|t5|t2201|b12|h2o|sk8|k9)$"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the words of a message say. scores: language (with "-r" when romanised) to points; covered: the part
    of the message that a language's words make up, 0 to 1; grammar: how many words of grammar it has."""

    scores: Mapping[str, float]
    covered: Mapping[str, float]
    grammar: Mapping[str, int]
    weight: float


@dataclass(slots=True)
class Lexicon:
    words: dict[str, dict[str, float]] = field(default_factory=dict)
    sounds: dict[str, dict[str, float]] = field(default_factory=dict)
    stems: dict[str, dict[str, float]] = field(default_factory=dict)
    grammar: dict[str, frozenset[str]] = field(default_factory=dict)
    looks: Looks | None = None
    serbian_words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    neutral: frozenset[str] = frozenset()
    """Words of no language: "ok", "wifi", and names of people."""

    @classmethod
    def load(cls) -> Lexicon:
        return _loaded()

    def evidence(self, words: Sequence[Token], text: str) -> Evidence:
        """The evidence of the words of a text; words are its tokens without names of places."""
        scores: dict[str, float] = defaultdict(float)
        covered: dict[str, float] = defaultdict(float)
        grammar: dict[str, int] = defaultdict(int)
        weight = 0.0
        for word in words:
            folded = word.folded
            worth = _LENGTH_WORTH[len(folded)] if len(folded) < len(_LENGTH_WORTH) else 1.0
            weight += worth
            if _ARABIC_DIGIT.match(folded) and not _NOT_ARABIC.match(folded):
                scores["ar-r"] += 1.3
                covered["ar-r"] += worth
                grammar["ar-r"] += 1
                continue
            known, stemmed = self._known(folded)
            if not known:
                continue
            shared = sum(known.values()) ** 0.6
            for language, value in known.items():
                scores[language] += worth * value / max(shared, value)
                covered[language] += worth * (0.25 if stemmed else 1.0)
                if folded in self.grammar.get(language, ()):
                    grammar[language] += 1
        lowered = text[:2000].lower()
        if not lowered.isascii():
            for letters, languages in _LETTERS.items():
                count = sum(1 for letter in lowered if letter in letters)
                for language, value in languages.items() if count else ():
                    scores[language] += value * min(count, 4) ** 0.7
        if weight:
            covered = defaultdict(float, {key: value / weight for key, value in covered.items()})
        return Evidence(scores, covered, grammar, weight)

    def serbian(self, words: Sequence[Token]) -> str:
        """ "sr" or "hr" for words that are one of the two."""
        seen = {
            language: sum(word.folded in members for word in words) for language, members in self.serbian_words.items()
        }
        return "sr" if seen.get("sr", 0) > seen.get("hr", 0) else "hr"

    def _known(self, folded: str) -> tuple[dict[str, float], bool]:
        """The languages a word belongs to with what it says for each, and whether only its stem is known."""
        known = self.words.get(folded)
        if known is not None and (len(known) > 1 or len(folded) < 4):
            return known, False
        known = dict(known or {})
        if len(folded) >= 4 and "en" not in known:
            for language, value in self.sounds.get(sound(folded), {}).items():
                known.setdefault(language, value * _SOUNDED)
        if known or len(folded) < _STEM:
            return known, False
        stems = self.stems.get(folded[:_STEM], {}) if len(folded) > _STEM else {}
        guessed = {language: value * _STEMMED for language, value in stems.items()}
        if self.looks is not None:
            for language, part in self.looks.likely(folded).items():
                guessed[language] = guessed.get(language, 0.0) + part * _LOOKS
        return guessed, True


def sound(folded: str) -> str:
    """One form for the spellings of a romanised word: "chaahidi", "chaidi" and "chahidee" sound alike."""
    for written, heard in _SPELLINGS:
        folded = folded.replace(written, heard)
    kept = [letter for index, letter in enumerate(folded) if index == 0 or letter != folded[index - 1]]
    return "".join(kept).removesuffix("h") if len(kept) > 2 else "".join(kept)


_SPELLINGS = (
    ("ph", "f"), ("kh", "k"), ("gh", "g"), ("bh", "b"), ("dh", "d"), ("th", "t"), ("jh", "j"), ("ck", "k"),
    ("q", "k"), ("w", "v"), ("z", "j"), ("ee", "i"), ("ii", "i"), ("oo", "u"), ("ou", "u"), ("uu", "u"),
    ("aa", "a"), ("ai", "e"), ("ay", "e"), ("ei", "e"), ("ey", "e"), ("y", "i"), ("ah", "a"), ("hi", "i"),
)  # fmt: skip


@cache
def _loaded() -> Lexicon:
    return read(learned=True)


def read(*, learned: bool) -> Lexicon:
    """The lexicon of the data files; without what the training examples taught when they are about to teach."""
    lexicon = Lexicon()
    grammar: dict[str, set[str]] = defaultdict(set)
    for line in (_DATA / "words.tsv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        language, kind, words = line.split("\t")
        worth = 1.0 if kind == "f" else _CONTENT
        for word in dict.fromkeys(words.replace("'", " ").split()):
            borrowed = "en" in lexicon.words.get(word, ()) and (kind == "c" or len(word) >= 4)
            if borrowed and language.endswith(_ROMAN):
                continue  # "number" and "phone" are said in every language and belong to English
            lexicon.words.setdefault(word, {}).setdefault(language, worth)
            if kind == "f":
                grammar[language].add(word)
            if language.endswith(_ROMAN) and len(word) >= 4:
                lexicon.sounds.setdefault(sound(word), {}).setdefault(language, worth)
            if not language.endswith(_ROMAN) and len(word) > _STEM:
                lexicon.stems.setdefault(word[:_STEM], {}).setdefault(language, worth)
    for line in (_DATA / "learned.tsv").read_text(encoding="utf-8").splitlines() if learned else ():
        if not line.startswith("#"):
            language, words = line.split("\t")
            if language in _NATIVE:
                continue
            for word in words.split():
                lexicon.words.setdefault(word, {}).setdefault(language, _LEARNED)
                if language.endswith(_ROMAN) and len(word) >= 4:
                    lexicon.sounds.setdefault(sound(word), {}).setdefault(language, _LEARNED)
    lexicon.grammar = {language: frozenset(words) for language, words in grammar.items()}
    rows = (line.split("\t") for line in (_DATA / "serbian.tsv").read_text(encoding="utf-8").splitlines()[1:])
    lexicon.serbian_words = {language: frozenset(members.split()) for language, members in rows}
    by_language: dict[str, set[str]] = defaultdict(set)
    for word, languages in lexicon.words.items():
        for language in languages:
            if len(word) >= 3:
                by_language[language].add(word)
    lexicon.looks = Looks.learn(by_language)
    lexicon.neutral = frozenset(
        word for name in ("neutral.txt", "people.txt") for word in (_DATA / name).read_text(encoding="utf-8").split()
    )
    return lexicon
