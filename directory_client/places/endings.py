"""What many languages write on to a place name, and what it says: in it, from it, of it, to it."""

from __future__ import annotations

from directory_client.places.text import fold_character

_INDIC = {
    # Gujarati
    "gujarati": {
        "in": "માં|મા|માંજ|પર|ખાતે|માં જ",
        "from": "થી|માંથી|માથી|ેથી",
        "": "નો|ની|નું|ના|નાં|એ|ને|વાળા|વાળો|વાળી|ે",
    },
    "bengali": {
        "in": "তে|এ|ে|য়|ায়|েতে|তেই|তেও|েই|েও|য়ই|তেইছি",
        "from": "থেকে|েথেকে|তেথেকে",
        "to": "কে|েকে",
        "": "র|ের|এর|য়ের|েরই|রই|টা|টাই|ও|েরও",
    },
    "devanagari": {"in": "में|मे|मधे|मध्ये|मा", "from": "से|हून|ून|बाट", "to": "को|ला|लाई", "": "का|की|के|चा|ची|चे|वाला"},
    "gurmukhi": {"in": "ਵਿੱਚ|ਵਿਚ|ਚ|ੇ", "from": "ਤੋਂ|ੋਂ", "to": "ਨੂੰ", "": "ਦਾ|ਦੀ|ਦੇ|ੋ"},
    "tamil": {
        "in": "கில்|கில|கிலே|இல்|ல்|ில்|யில்|வில்|ல|ில|யில|வில|ிலே|லே|யிலே|விலே|ிலேயே|ில்தான்|ிலதான்|லதான்|ிலும்|யிலும்|விலும்|ிலேதான்",
        "from": "கிலிருந்து|கிலருந்து|லிருந்து|ிலிருந்து|யிலிருந்து|விலிருந்து|ிலருந்து|லருந்து|யிலருந்து|விலருந்து|ிலேருந்து|லேருந்து|லேந்து|ிலேந்து",  # noqa: E501
        "to": "க்கு|ுக்கு|வுக்கு|விற்கு|ிற்கு|யிற்கு|ற்கு|வுக்கும்",
        "": "ின்|யின்|வின்|ஐ|ை|வை|யை|ும்|வும்|யும்",
    },
}
_BLOCKS = ((0x0900, "devanagari"), (0x0980, "bengali"), (0x0A00, "gurmukhi"), (0x0A80, "gujarati"), (0x0B80, "tamil"))


def _fold(word: str) -> str:
    return "".join(fold_character(character) for character in word)


def _table(kinds: dict[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = {_fold(ending): kind for kind, endings in kinds.items() for ending in endings.split("|")}
    return tuple(sorted(pairs.items(), key=lambda pair: -len(pair[0])))


_BY_BLOCK = {start: _table(_INDIC[name]) for start, name in _BLOCKS}
PERSIAN = _table(
    {
        "in": "ام|م|ایم|یم|ه|ست|است|هستم|هستیم|اییم",
        "": "ی|یم|و|رو|را",
    }
)
ROMANISED = _table(
    {
        "in": "te|e|y|tei|ma|maa|la|il|ile|yil|vil|mein|me|vich|ch|nalli|dagi|da|de|ta",
        "from": "theke|thi|mathi|irundhu|ilirundhu|ilerundhu|larundhu|lerundhu|se|ton|dan|den|tan|ten|ka|daga",
        "": "r|er|no|ni|nu|ko|ke|inal",
    }
)
TURKISH = _table(
    {
        "in": "da|de|ta|te|dayim|deyim|tayim|teyim|dayiz|deyiz|tayiz|daki|deki|taki|teki",
        "from": "dan|den|tan|ten|danim|denim",
        "to": "ya|ye|yi",
    }
)
# Somali: "Torontada", "Torontooyo" are rare; most write "Toronto ayaan". Words behind a name are cues.
_POLISH_BEFORE = {
    "w": "in", "we": "in", "do": "to", "z": "from", "ze": "from", "od": "", "kolo": "in", "pod": "in",
    "okolicach": "in", "okolice": "in", "blisko": "in", "przy": "in", "obok": "in",
}  # fmt: skip


def indic(folded: str) -> tuple[tuple[str, str], ...]:
    """The endings of the script of a word, longest first, each with its meaning."""
    return _BY_BLOCK.get(ord(folded[0]) & ~0x7F, ())


def stems(folded: str, ending: str) -> tuple[str, ...]:
    """What a name may be once an ending is taken away: Tamil joins a vowel to the last consonant."""
    stem = folded.removesuffix(ending)
    if stem.endswith("\u0ba4\u0bcd\u0ba4"):  # யாழ்ப்பாணத்தில்: the oblique of a name in -ம்
        return (stem, stem[:-3] + "\u0bae\u0bcd")
    return (stem, stem + "\u0bcd", stem + "\u0bc1") if "\u0b80" <= folded[0] <= "\u0bff" else (stem,)


def polish_before(word: str) -> str | None:
    return _POLISH_BEFORE.get(word)


_POLISH_SOFT = {"g": "dze", "k": "ce", "r": "rze", "t": "cie", "d": "dzie", "w": "wie", "n": "nie", "l": "le",
                "m": "mie", "s": "sie", "z": "zie", "p": "pie", "b": "bie"}  # fmt: skip


def polish(folded: str) -> tuple[str, ...]:
    """The cases of a name as Polish makes them: Oshawa, w Oshawie, do Oshawy."""
    if not folded.isascii() or len(folded) < 4 or " " in folded:
        return ()
    if folded[-1] == "a":
        stem = folded[:-1]
        soft = stem[:-1] + _POLISH_SOFT[stem[-1]] if stem[-1] in _POLISH_SOFT else stem + "i"
        return (soft, stem + "y", stem + "i", stem + "e")
    if folded[-1] in "eiouy":
        return ()
    soft = folded[:-1] + _POLISH_SOFT[folded[-1]] if folded[-1] in _POLISH_SOFT else folded + "u"
    if folded.endswith("er"):
        return (soft, folded + "u", folded + "a", folded + "em")
    return (soft, folded + "u", folded + "a", folded + "em", folded + "ie")


# What may stand behind a short Korean name in the same word; longer names need no such check.
KOREAN = tuple(
    [
        "에",
        "에서",
        "에요",
        "예요",
        "이에요",
        "인데",
        "이고",
        "이요",
        "으로",
        "로",
        "의",
        "시",
        "입니다",
        "이야",
        "살",
        "사는",
        "쪽",
        "근처",
        "은",
        "는",
        "이",
        "가",
        "을",
        "를",
        "도",
        "까지",
        "부터",
        "말고",
        "아니",
        "지역",
        "동네",
        "온타리오",
        "과",
        "와",
        "랑",
        "이랑",
    ]
)
