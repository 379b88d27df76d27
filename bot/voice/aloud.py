"""How written text is read aloud: numbers digit by digit in groups, no web addresses, no marks of a screen.

Pure. Digits stay digits with spaces between them: every voice reads them one by one in its own language.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>()]*[^\s<>().,;:!?]|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b[\w-]+(?:\.[\w-]+)*\.(?:ca|com|org|net|info|gov|gc\.ca)\b(?:/[^\s<>]*)?",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w.$€£-])(?:\+?(?P<one>1)[-. ]?)?\(?(?P<area>[2-9]\d{2})\)?[-. ]?"
    r"(?P<middle>\d{3})[-. ]?(?P<last>\d{4})(?![\w-])"
)
_SHORT = re.compile(r"(?<![\w$€£.,-])(?:[2-9]-1-1|9-8-8|[2-9]11|988|\d{5,6})(?![\w%-]|[.,]\d)")
_EXTENSION = re.compile(r"(?<=\d)\s*(?:#|,?\s*\b(?:ext|poste)\b\.?)\s*(\d{1,6})\b", re.IGNORECASE)
_POSTAL = re.compile(r"(?<![^\W_])([A-Z])(\d)([A-Z])(?:[ -]?(\d)([A-Z])(\d))?(?![^\W_])")
_BULLETS = re.compile(r"^[ \t]*(?:[-–—•*·]|#{1,6})[ \t]+", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*\*|__|`)(.+?)\1")
_SYMBOLS = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
_HOURS = re.compile(r"(?<![\d-])(\d{1,2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?)\s?[-–—]\s?(?=\d{1,2}(?::\d{2})?(?!\d|-))")
_STREETS = {
    "st": "Street", "ave": "Avenue", "rd": "Road", "blvd": "Boulevard", "dr": "Drive", "cres": "Crescent",
    "crt": "Court", "ct": "Court", "ln": "Lane", "hwy": "Highway", "pkwy": "Parkway", "sq": "Square",
}  # fmt: skip
_SIDES = {"e": "East", "w": "West", "n": "North", "s": "South"}
_STREET = re.compile(rf"(?<=\w )({'|'.join(_STREETS)})\b\.?(?: ([EWNS])\b\.?)?(?=\s*(?:,|;|$|\())", re.IGNORECASE)
_DAYS = {
    "en": dict(zip(["Mon", "Tue", "Tues", "Wed", "Thu", "Thur", "Thurs", "Fri", "Sat", "Sun"], (
        "Monday", "Tuesday", "Tuesday", "Wednesday", "Thursday", "Thursday", "Thursday", "Friday", "Saturday", "Sunday",
    ), strict=True)),
    "fr": dict(zip(["lun", "mar", "mer", "jeu", "ven", "sam", "dim"], (
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ), strict=True)),
}  # fmt: skip
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？।])|\n+")
_EXTENSION_WORD = {"en": "extension", "fr": "poste"}
_TO = {"en": "to", "fr": "à"}
_AND = {"en": "and", "fr": "et"}
_ALWAYS = {"en": "24 hours a day, 7 days a week", "fr": "24 heures sur 24, 7 jours sur 7"}
_KM = {"en": "kilometres", "fr": "kilomètres"}
_STOPS = ".!?…。！？।॥؟۔:;,،、，："


def aloud(text: str, language: str) -> str:
    """The text as a voice of the language reads it well.

    Args:
        language: the language of the text; abbreviations are spelled out in English and French, the languages
            of the directory's own words.

    Returns:
        One line without control characters, possibly empty.
    """
    said = _MARKS.sub("", text)
    said = "".join(c if c.isprintable() or c == "\n" else " " for c in said)
    said = _western(said)
    said = _without_web(said)
    said = _SYMBOLS.sub(" ", _EMPHASIS.sub(r"\2", _BULLETS.sub("", said)))
    word = _EXTENSION_WORD.get(language, "")
    said = _EXTENSION.sub(lambda found: f", {word} {spaced(found[1])}", said)
    said = _PHONE.sub(_phone, said)
    said = _SHORT.sub(lambda found: spaced(found[0]), said)
    said = _POSTAL.sub(_postal, said)
    if language in _TO:
        said = _spelled_out(said, language)
    return _line(said)


def spaced(digits: str) -> str:
    """Digits one by one, in groups: "905-555-0123" as "9 0 5, 5 5 5, 0 1 2 3", "686868" as "6 8 6, 8 6 8"."""
    bare = re.sub(r"\D", "", digits)
    head, rest = "", bare
    if len(bare) == 11 and bare.startswith("1"):
        head, rest = "1", bare[1:]
    if len(rest) == 10:
        groups = [rest[:3], rest[3:6], rest[6:]]
    elif len(rest) <= 4:
        groups = [rest]
    else:
        groups = [rest[start : start + 3] for start in range(0, len(rest), 3)]
    return ", ".join(" ".join(group) for group in (head, *groups) if group)


def shortened(text: str, limit: int = 240) -> str:
    """Whole sentences of a text up to a length; the first one in any case, cut at a word if it is endless."""
    sentences = re.findall(r".+?(?:[.!?…](?=\s|$)|[。！？।]|$)", " ".join(text.split()))
    kept = ""
    for sentence in sentences:
        if kept and len(kept) + len(sentence) > limit:
            break
        kept += sentence
    if len(kept) <= 2 * limit:
        return kept.strip()
    return kept[: 2 * limit].rsplit(" ", 1)[0].strip()


def _western(text: str) -> str:
    """Digits of every script as 0 to 9, so that numbers are recognised in all of them."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def _phone(found: re.Match[str]) -> str:
    digits = found["area"] + found["middle"] + found["last"]
    return spaced(("1" if found["one"] else "") + digits)


def _without_web(text: str) -> str:
    """Without web and mail addresses, and without the sentences that only lead to one."""
    if not _WEB.search(text):
        return text
    sentences = _SENTENCE_END.split(text)
    kept = [one for one in sentences if not _WEB.search(one) or _PHONE.search(one)]
    return _WEB.sub("", " ".join(kept or sentences))


def _postal(found: re.Match[str]) -> str:
    first, second = " ".join(found.groups()[:3]), found.groups()[3:]
    return f"{first}, {' '.join(second)}" if all(second) else first


def _spelled_out(text: str, language: str) -> str:
    to = _TO[language]
    said = re.sub(r"\b24\s?/\s?7\b", _ALWAYS[language], text)
    said = re.sub(r"\b24 ?h(?:/| sur )24,? ?7 ?j(?:/| sur )7\b", _ALWAYS[language], said)
    said = re.sub(r"(?<=\d)\s?km\b", f" {_KM[language]}", said)
    said = said.replace(" & ", f" {_AND[language]} ")
    days = _DAYS[language]
    day = "|".join(sorted(days, key=len, reverse=True))
    said = re.sub(rf"\b({day})\b\.?(?=\s?[-–—]\s?(?:{day})\b)", lambda found: days[found[1]], said)
    said = re.sub(rf"\b({'|'.join(days.values())})\s?[-–—]\s?(?=(?:{day}))", rf"\1 {to} ", said)
    said = re.sub(rf"\b({day})\b\.?(?=\s|,|;|:|$)(?!\s+[a-zà-ÿ])", lambda found: days[found[1]], said)
    said = re.sub(
        r"(?<![\d-])(\d{1,2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?)\s?[-–—]\s?(?=\d{1,2}(?::\d{2})?(?!\d|-))",
        rf"\1 {to} ",
        said,
    )
    if language == "fr":
        said = re.sub(r"\b(\d{1,2})\s?h\s?00\b", r"\1 heures", said)
        said = re.sub(r"\b(\d{1,2})\s?h\s?(\d{2})\b", r"\1 heures \2", said)
        said = re.sub(r"\b(\d{1,2})\s?h\b", r"\1 heures", said)
        return re.sub(r"\b1 heures\b", "1 heure", said)
    said = re.sub(r"\b(\d{1,2}):00(?=\s?[ap]\.?\s?m)", r"\1", said)
    return _STREET.sub(_street, said)


def _street(found: re.Match[str]) -> str:
    side = f" {_SIDES[found[2].lower()]}" if found[2] else ""
    return _STREETS[found[1].lower()] + side


def _line(text: str) -> str:
    """One line: lines become sentences, marks without a sound become pauses, nothing stands twice."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    said = ""
    for line in lines:
        if not line:
            continue
        said += line if not said else (" " if said[-1] in _STOPS else ". ") + line
    said = re.sub(r"\s*[·|]\s*", ", ", said)
    said = re.sub(r"\(\s*\)|\[\s*\]|[“”„«»\"<>{}\\^~]", "", said)
    said = re.sub(r"\s+([,.;:!?])", r"\1", " ".join(said.split()))
    said = re.sub(r"([,;:])(?:\s*[,;:])+", r"\1", said)
    return re.sub(r"[,;:]\s*\.", ".", said).strip(" ,;")
