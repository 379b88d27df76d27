"""Languages that share a script, told apart by letters that only some of them use and by everyday words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from directory_client.places.text import key, tokens

_FILE = Path(__file__).parent / "data" / "native_words.tsv"
_LEARNED = Path(__file__).parent / "data" / "learned.tsv"
_WORD = 2.0  # what a word of one language alone is worth, beside the letters below

_LETTERS: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "arabic": {
        "ٹڈڑ": {"ur": 4, "pa": 2},
        "ںے": {"ur": 3, "pa": 1.4},
        "ہ": {"ur": 2, "pa": 1},
        "ھ": {"ur": 1.5, "pa": 0.8},
        "ټډړږښځڅګۍېڼ": {"ps": 4},
        "ڕڵۆێڤ": {"ku": 4},
        "ەھ": {"ku": 1.5},
        "پچژگ": {"fa": 1.5, "prs": 1.5, "ur": 0.8, "ps": 0.5, "ku": 0.7, "pa": 0.4},
        "ی": {"fa": 0.5, "prs": 0.5, "ur": 0.4, "ps": 0.3, "ku": 0.4, "pa": 0.3},
        "ک": {"fa": 0.6, "prs": 0.6, "ur": 0.5, "ku": 0.4, "pa": 0.4},
        "\u200c": {"fa": 2, "prs": 1.5},
        "ة": {"ar": 3},
        "ى": {"ar": 2},
        "إأ": {"ar": 2},
        "ك": {"ar": 1.2},
        "ي": {"ar": 1.2},
        "ضظذثص": {"ar": 0.2},
        "\u064b": {"ar": 1},
    },
    "cyrillic": {
        "іїєґ": {"uk": 4},
        "ы": {"ru": 3, "mn": 0.7},
        "э": {"ru": 1.3, "mn": 1.2},
        "ё": {"ru": 2, "mn": 0.5},
        "ъ": {"bg": 2, "ru": 0.4},
        "јљњћђџ": {"sr": 4},
        "ѓќѕ": {"mk": 6},
        "ў": {"be": 8},
        "өү": {"mn": 4},
        "щ": {"ru": 0.3, "uk": 0.3, "bg": 0.4},
        "и": {"ru": 0.1, "uk": 0.05, "bg": 0.1, "sr": 0.1},
    },
    "devanagari": {"ळ": {"mr": 3}, "ॲऑ": {"mr": 1, "hi": 0.5}, "ँ": {"hi": 0.5, "ne": 0.5}, "़": {"hi": 0.7}},
    "hebrew": {"ײױװ": {"yi": 4}, "\u05b7\u05b8": {"yi": 1.5}, "\u05bf": {"yi": 2}},
    "ethiopic": {
        "ኣ": {"ti": 2.5},
        "ኸኹኺኻኼኽኾቐቑቒቓቔቕቖ": {"ti": 3},
        "አ": {"am": 1.5},
        "ሐኀዐ": {"am": 0.2, "ti": 0.6},
        "ጸጽ": {"ti": 0.5},
    },
    "syllabics": {
        "ᖃᖄᖁᖂᕿᖀᖅᖏᖐᖑᖒᖓᖔᖕᙱᙲᙳᙴᙵᙶᖖᕙᕚᕕᕖᕗᕘᕝᖠᖡᖢᖣᖤᖥᖦ": {"iu": 4},
        "ᐅᑦᒃᓪᒻᓐᔾᕐ": {"iu": 0.6},
        "ᐧᐃᐟᐠᐢᐣᐤᐨᒼ": {"cr": 0.8, "oj": 0.8},
        "ᐍᐏᐑᐓᐕᐻᐼ": {"cr": 1},
        "ᔕᔑᔐᔓᔥᔖᔔ": {"oj": 1},
        "ᓂᐊᑲᒪ": {"iu": 0.1, "cr": 0.1, "oj": 0.15},
    },
}
_ENDINGS = {
    "devanagari": (
        ("लाई", "ne"),
        ("हरू", "ne"),
        ("मलाई", "ne"),
        ("च्या", "mr"),
        ("साठी", "mr"),
        ("ायला", "mr"),
        ("ोय", "mr"),
    ),
    "cyrillic": (
        *((ending, "ru") for ending in ("ть", "ться", "тся", "ли", "ая", "ого", "ние")),
        *((ending, "uk") for ending in ("ти", "ття", "ння", "ли", "ого")),
        *((ending, "bg") for ending in ("ата", "ето", "ите", "ът", "хме", "ха")),
        *((ending, "mn") for ending in ("уулах", "ийн", "даа", "лаа", "нуу", "гүй", "ээр", "аар", "сан")),
    ),
    "ethiopic": (("አለሁ", "am"), ("ኛል", "am"), ("ለሁ", "am"), ("ኒ", "ti")),
}
# Strong signs of written Cantonese, and words that are not one character long.
_CANTONESE = frozenset("嘅咗唔佢冇喺嚟啲嗰咁哋乜嘢咩噉攞搵揾瞓嘥嗌冚喎㗎咋嘞嘈嚿")
_CANTONESE_WORDS = tuple(
    [
        "邊度",
        "边度",
        "點解",
        "而家",
        "幾多",
        "係咪",
        "點樣",
        "屋企",
        "返工",
        "食飯",
        "睇醫",
        "睇医",
        "我係",
        "係度",
        "邊個",
    ]
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A language and how sure, 0 to 1; candidates in order of likelihood."""

    language: str
    confidence: float
    candidates: tuple[str, ...] = ()


def told_apart(script: str, text: str) -> Guess:
    """The language of a text in a script that several languages share; "und" when nothing tells."""
    if script in ("han", "kana"):
        return _east_asian(text)
    scores: dict[str, float] = defaultdict(float)
    for letters, worth in _LETTERS.get(script, {}).items():
        count = sum(text.count(letter) for letter in letters)
        if count:
            for language, value in worth.items():
                # A letter seen often says little more than one seen three times.
                scores[language] += value * min(count, 3 + count / 8)
    lexicon = _lexicon()
    for token in tokens(text[:2000]):
        languages = lexicon.get(token.folded, ())
        for language in languages:
            if language in _LANGUAGES[script]:
                scores[language] += _WORD / len([other for other in languages if other in _LANGUAGES[script]])
        if script == "arabic" and token.folded.startswith("ال") and len(token.folded) > 4:
            scores["ar"] += 1.0
        for ending, language in _ENDINGS.get(script, ()):
            if len(token.folded) > len(ending) + 1 and token.folded.endswith(key(ending)):
                scores[language] += 1.0
    return _best(script, scores)


def _best(script: str, scores: Mapping[str, float]) -> Guess:
    possible = [language for language in _LANGUAGES[script] if scores.get(language, 0.0) > 0]
    ranked = [(scores[language], language) for language in sorted(possible, key=lambda one: -scores[one])]
    if not ranked:
        default = {"devanagari": Guess("hi", 0.4, ("hi", "ne", "mr")), "ethiopic": Guess("am", 0.4, ("am", "ti"))}
        default["arabic"] = Guess("ar", 0.45, ("ar", "fa", "ur"))
        return default.get(script, Guess("und", 0.0, _LANGUAGES[script]))
    candidates = tuple(language for _, language in ranked)
    first = ranked[0][0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    if {candidates[0], *candidates[1:2]} == {"fa", "prs"}:
        # Dari is written as Persian is; only its own words tell, and they tell whatever else is equal.
        language = "prs" if scores["prs"] > scores["fa"] else "fa"
        second = ranked[2][0] if len(ranked) > 2 else 0.0
        return Guess(language, _sure(first, second), candidates)
    return Guess(candidates[0], _sure(first, second), candidates)


def _sure(first: float, second: float) -> float:
    return round(min(0.99, first / (first + second + 0.6)), 3)


def _east_asian(text: str) -> Guess:
    kana = sum("\u3040" <= letter <= "\u30ff" and letter != "ー" for letter in text)
    han = sum("\u4e00" <= letter <= "\u9fff" or "\u3400" <= letter <= "\u4dbf" for letter in text)
    if kana >= 2 and kana * 8 >= han:
        return Guess("ja", 0.98, ("ja",))
    signs = sum(2 for letter in text if letter in _CANTONESE) + sum(2 for word in _CANTONESE_WORDS if word in text)
    signs += text.count("係") - text.count("關係") - text.count("係數") + text.count("睇")
    if signs >= 2:
        return Guess("yue", 0.97 if signs >= 4 else 0.9, ("yue", "zh"))
    if han:
        return Guess("zh", 0.97 if han >= 2 else 0.7, ("zh", "yue"))
    return Guess("und", 0.0, ("ja",))


_LANGUAGES: Mapping[str, tuple[str, ...]] = {
    "arabic": ("ar", "fa", "prs", "ur", "ps", "ku", "pa"),
    "cyrillic": ("ru", "uk", "bg", "sr", "mk", "be", "mn"),
    "devanagari": ("hi", "mr", "ne"),
    "hebrew": ("he", "yi"),
    "ethiopic": ("am", "ti"),
    "syllabics": ("iu", "oj", "cr"),
}


@cache
def _lexicon() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            language, words = line.split("\t")
            for word in words.split():
                found.setdefault(key(word), {})[language] = None
    for line in _LEARNED.read_text(encoding="utf-8").splitlines():
        if line.startswith("ar\t"):
            for word in line.split("\t")[1].split():
                found.setdefault(word, {}).setdefault("ar")
    # Dari shares the words of Persian; a word given for Dari alone stays Dari's.
    for languages in found.values():
        if "fa" in languages:
            languages["prs"] = None
    return {word: tuple(languages) for word, languages in found.items() if word}
