"""Telephone numbers out of the texts in which records hold them: "Office: 905-555-0100 ext 4, weekdays"."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SEPARATOR = re.compile(r"[;\n\r|]|\s(?:or|ou)\s(?=[+(]?\d)")
_NUMBER = re.compile(
    r"(?<![\d-])(?:\+?1[ .-]{0,3})?\(?[2-9]\d{2}\)?[ ./-]{0,3}\d{3}[ .-]{0,3}\d{4}(?!\d)"
    r"|\b1[ .-]?8\d{2}[ .-][A-Z\d][A-Z\d.-]{5,12}"  # 1-800-668-HELP
    r"|(?<!\d)\+\d[\d .()-]{6,20}\d(?!\d)"
    r"|(?<![\d-])\d-\d-\d(?![\d-])|(?<![\d-])(?:\d{5,6}|\d{3})(?![\d-])"
)
_EXTENSION = re.compile(r"[\s,(]*(?:\bext(?:ension)?\b|\bposte\b|x(?=\s?\d)|#)[\s.:#]{0,3}(\d{1,10})\)?", re.IGNORECASE)
_LONGEST_SHORT = 6
MOST_NUMBERS = 20


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is written, its extension, and the words that stood around it."""

    number: str
    extension: str | None = None
    note: str | None = None

    @property
    def key(self) -> str:
        """The same for the same line, however it is written."""
        digits = re.sub(r"\W", "", self.number)
        return f"{digits[1:] if len(digits) == 11 and digits.startswith('1') else digits}x{self.extension or ''}"


def telephone_numbers(text: str) -> list[Number]:
    """Every number in a text, in order, at most `MOST_NUMBERS`; none in a text without digits.

    A part with digits that look like no number of North America is handed over as it is: whoever stores it
    checks it. Never raises.
    """
    found: list[Number] = []
    for part in _SEPARATOR.split(text[:5_000]):
        if not re.search(r"\d", part) or len(found) >= MOST_NUMBERS:
            continue
        matches = list(_NUMBER.finditer(part))
        if any(len(match[0]) > _LONGEST_SHORT for match in matches):
            matches = [match for match in matches if len(match[0]) > _LONGEST_SHORT]  # the others are extensions
        if not matches:
            found.append(Number(part.strip()[:60]))
        for place, match in enumerate(matches):
            following = matches[place + 1].start() if place + 1 < len(matches) else len(part)
            extension = _EXTENSION.match(part, match.end(), following)
            behind = part[extension.end() if extension else match.end() : following]
            before = part[: match.start()] if place == 0 else ""
            found.append(Number(match[0].strip(), extension[1] if extension else None, _note(before, behind)))
    return found[:MOST_NUMBERS]


def _note(before: str, behind: str) -> str | None:
    parts = [part.strip(" ,.:-–()[]*") for part in (before, behind)]
    return ", ".join(part for part in parts if part) or None
