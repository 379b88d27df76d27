"""How written text is read aloud: numbers digit by digit in groups, no web addresses, no marks of a screen.

Pure. Digits stay digits with spaces between them: every voice reads them one by one in its own language.
"""

from __future__ import annotations

import re
import unicodedata

from bot.voice.abbreviations import spelled_out

_MARKS = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# What stands beside a number or an address counts only when it is of the alphabet of their own: Korean, Chinese
# and Thai put words right against them, Bengali and Tamil endings with a hyphen.
_WEB = re.compile(
    r"(?P<site>(?:https?://|www\.)[!-'*-;=?-~]*[\w/#&=-]|(?<![\w@-])[\w-]+(?:\.[\w-]+)*"
    r"\.(?:ca|com|org|net|info|gov)\b(?:/[!-'*-;=?-~]*[\w/#&=-]|/)?)|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    re.IGNORECASE | re.ASCII,
)
_PHONE = re.compile(
    r"(?<![\w.$€£-])(?:\+?(?P<one>1)[-. ]?)?\(?(?P<area>[2-9]\d{2})\)?[-. ]?"
    r"(?P<middle>\d{3})[-. ]?(?P<last>\d{4})(?!\w|-\w)",
    re.ASCII,
)
_SHORT = re.compile(r"(?<![\w$€£.,-])(?:[2-9]-1-1|9-8-8|[2-9]11|988|\d{5,6})(?![\w%]|-\w|[.,]\d)", re.ASCII)
_EXTENSION = re.compile(
    r"(?<=\d{4})\s*(?:#|x\s?(?=\d)|,?\s*\b(?:ext|extension|poste)\b\.?)\s*(\d{1,6})\b", re.IGNORECASE | re.ASCII
)
_POSTAL = re.compile(r"(?<![A-Za-z\d])([A-Z])(\d)([A-Z])(?:[ -]?(\d)([A-Z])(\d))?(?![A-Za-z\d])", re.ASCII)
_BULLETS = re.compile(r"^[ \t]*(?:[-–—•*·]|#{1,6})[ \t]+", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*\*|__|`)(.+?)\1")
_SYMBOLS = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？।])|\n+")
_EXTENSION_WORD = {"en": "extension", "fr": "poste"}
_ADDRESS_WORDS = {
    "en": ("its website", "its email address"),
    "fr": ("son site web", "son adresse courriel"),
}
"""Instead of a web or mail address in a sentence that says more."""
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
    said = _without_web(said, language)
    said = _SYMBOLS.sub(" ", _EMPHASIS.sub(r"\2", _BULLETS.sub("", said)))
    word = _EXTENSION_WORD.get(language, "")
    said = _EXTENSION.sub(lambda found: f", {word} {spaced(found[1])}", said)
    said = _PHONE.sub(_phone, said)
    said = _SHORT.sub(lambda found: spaced(found[0]), said)
    said = _POSTAL.sub(_postal, said)
    return _line(spelled_out(said, language))


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


def _without_web(text: str, language: str) -> str:
    """Without web and mail addresses, and without the sentences that only lead to one."""
    if not _WEB.search(text):
        return text
    sentences = _SENTENCE_END.split(text)
    kept = [one for one in sentences if not _WEB.search(one) or _PHONE.search(one)]
    site, mail = _ADDRESS_WORDS.get(language, ("", ""))
    said = " ".join(kept or sentences)
    return "" if _WEB.fullmatch(said.strip(" .")) else _WEB.sub(lambda found: site if found["site"] else mail, said)


def _postal(found: re.Match[str]) -> str:
    first, second = " ".join(found.groups()[:3]), found.groups()[3:]
    return f"{first}, {' '.join(second)}" if all(second) else first


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
