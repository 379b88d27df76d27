"""The words, times and signs of a text of hours; a single one that is not known refuses the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from directory_client.hours_text.clock import clock
from directory_client.hours_text.words import MARDI_OR_MARCH, PHRASES, Table, table

SIGNS = {
    **dict.fromkeys(",()[]", "comma"),
    **dict.fromkeys(";.*", "stop"),
    "/": "slash",
    "&": "and",
    ":": "colon",
    "-": "dash",
    "\n": "line",
}
SEPARATORS = ("comma", "slash", "and", "line", "stop")
"""From weak to strong; of several in a row the strongest counts."""
JOINING = ("slash", "and")
EASTERN = "ET"

_EDGE = r"(?![0-9a-zà])"
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})"
    r"(?:(?P<h> ?h(?:rs?|eures?)?(?![a-zà]))(?: ?(?P<h_minute>[0-9]{2})(?![0-9]))?"
    r"|[:.](?P<minute>[0-9]{2})(?::00)?(?![0-9]))?"
    r"(?P<mark> ?(?:[ap]\. ?m\b\.?|[ap] ?m\b)|(?<=[0-9])[ap](?![a-zà.]))?" + _EDGE,
    re.IGNORECASE,
)
_MILITARY = re.compile(r"(?P<hour>[01][0-9]|2[0-4])(?P<minute>[0-5][0-9]) ?(?:h(?:rs?|ours)?)" + _EDGE, re.IGNORECASE)
_GLUED_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?P<minute>[0-5][0-9])(?P<mark> ?(?:[ap]\.m\b\.?|[ap]m\b))" + _EDGE, re.IGNORECASE
)
_ISO_DATE = re.compile(r"(20[0-9]{2})-([0-9]{2})-([0-9]{2})(?![0-9])")
_ORDINAL = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|er|re|ere|e|eme|ieme)" + _EDGE, re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,4}" + _EDGE)
_WORD = re.compile(r"[a-zà]+'?", re.IGNORECASE)
_FULL_NAME = re.compile(r"(?:day|di|che)s?$")
_LETTERS = re.compile(r"(M)?(Tu|T)?(W)?(Th|T)?(F)?(Sa)?(Su)?")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text: its kind and, where the kind needs one, a value."""

    kind: str
    value: object = None
    language: str = ""


@lru_cache(maxsize=1)
def _words() -> Table:
    return table()


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[str, object, re.Pattern[str]], ...]:
    return tuple((kind, value, re.compile(f"(?:{pattern}){_EDGE}", re.IGNORECASE)) for kind, value, pattern in PHRASES)


def tokens(text: str) -> list[Token] | None:
    """The tokens of a plain text (`text.plain`); None when a part of it is not known."""
    if _cut_off(text):
        return None
    found: list[Token] = []
    position = 0
    while position < len(text):
        if text[position] == " ":
            position += 1
            continue
        read = _read(text, position)
        if read is None:
            return None
        token, end = read
        if _abbreviated(text, position, end, token):
            end += 1
        found.append(token)
        position = end
    resolved = _resolved(found)
    return _tidied(resolved) if resolved is not None else None


def _cut_off(text: str) -> bool:
    """Whether the text seems to go on after its end, as in a field that was too short for it."""
    return text.endswith((",", "(", "[")) or any(text.count(a) != text.count(b) for a, b in ("()", "[]"))


def _read(text: str, position: int) -> tuple[Token, int] | None:
    for kind, value, pattern in _phrases():
        if match := pattern.match(text, position):
            return Token(kind, value, value if kind != "days" and isinstance(value, str) else ""), match.end()
    if text[position].isdigit():
        return _numeral(text, position)
    if match := _WORD.match(text, position):
        token = _word(match[0])
        return (token, match.end()) if token else None
    sign = SIGNS.get(text[position])
    return (Token(sign), position + 1) if sign else None


def _numeral(text: str, position: int) -> tuple[Token, int] | None:
    if match := _ISO_DATE.match(text, position):
        try:
            return Token("date", date(*map(int, match.groups()))), match.end()
        except ValueError:
            return None
    for pattern in (_MILITARY, _GLUED_TIME, _TIME):
        match = pattern.match(text, position)
        if match and (token := _time(match)):
            return (token, match.end()) if token.kind == "time" else None
    if match := _ORDINAL.match(text, position):
        return Token("ordinal", int(match[1])), match.end()
    if match := _NUMBER.match(text, position):
        return Token("number", match[0]), match.end()
    return None


def _time(match: re.Match[str]) -> Token | None:
    """A time token; one of kind "wrong" for what looks like a time and is none; None for a bare number."""
    groups = match.groupdict()
    mark = (groups.get("mark") or "").strip().lower()
    mark = mark[0] + "m" if mark else ""
    minute = groups.get("minute") or groups.get("h_minute")
    of_day = bool(groups.get("h")) or match.re is _MILITARY
    if not mark and not of_day and minute is None:
        return None
    if mark and of_day:
        return Token("wrong")
    time = clock(groups["hour"], minute, mark or ("24" if of_day else ""))
    return Token("time", time, "fr" if of_day else "") if time else Token("wrong")


def _word(written: str) -> Token | None:
    word = written.lower()
    if word == MARDI_OR_MARCH:
        return Token(MARDI_OR_MARCH)
    if written == EASTERN:
        return Token(EASTERN)
    if len(word) == 1 and word in "mtwf" and not written.isupper():
        return None
    known = _words().get(word)
    if known:
        kind, value, language = known
        return Token(kind, value, language)
    days = letters(written)
    return Token("days", days, "en") if days else None


def letters(written: str) -> tuple[int, ...] | None:
    """Days run together: "MWF", "TTh", "MTWThF"; None for "MF" (until or and?), "MT" and what is no day."""
    match = _LETTERS.fullmatch(written)
    if not match or not written:
        return None
    parts = match.groups()
    if written == "MF" or sum(part is not None for part in parts) < 2:
        return None
    if parts[1] == "T" and not (parts[2] or parts[3]):
        return None  # T beside W or Th is Tuesday; alone it may be either
    if parts[3] == "T" and (parts[1] is None or parts[2] is None):
        return None
    return tuple(number for number, part in enumerate(parts) if part)


def _abbreviated(text: str, position: int, end: int, token: Token) -> bool:
    """Whether the full stop after a word is part of it ("Lun.") and not the end of a sentence."""
    word = text[position:end].lower()
    if text[end : end + 1] != ".":
        return False
    if token.kind in ("day", "month", MARDI_OR_MARCH):
        return len(word) <= 5 and not _FULL_NAME.search(word)
    return word in ("incl", "excl")


def _resolved(found: list[Token]) -> list[Token] | None:
    """Words that the rest of the text decides: "Mar" is mardi or March, "ET" is "et" or Eastern Time."""
    languages = {token.language for token in found}
    english_days = any(token.kind in ("day", "days") and token.language == "en" for token in found)
    if EASTERN in [token.kind for token in found] and "fr" not in languages:
        return None
    mar = Token("day", 1, "fr") if "fr" in languages and not english_days else Token("month", 3)
    deciding = {MARDI_OR_MARCH: mar, EASTERN: Token("and")}
    return [deciding.get(token.kind, token) for token in found]


def _tidied(found: list[Token]) -> list[Token] | None:
    """Without articles, bullets and doubled separators; None when "and" joins nothing."""
    tidy: list[Token] = []
    for token in found:
        last = tidy[-1].kind if tidy else "line"
        if token.kind == "noise" or (token.kind == "dash" and last in ("line", "stop")):
            continue
        if token.kind in SEPARATORS and last == "colon":
            continue
        if token.kind in SEPARATORS and last in SEPARATORS:
            joins, joined = token.kind in JOINING, last in JOINING
            if (joined and token.kind != "line") or (joins and last != "comma"):
                return None
            if tidy and not joined and SEPARATORS.index(token.kind) > SEPARATORS.index(last):
                tidy[-1] = token
            continue
        tidy.append(token)
    while tidy and tidy[-1].kind in SEPARATORS and tidy[-1].kind not in JOINING:
        tidy.pop()
    return tidy
