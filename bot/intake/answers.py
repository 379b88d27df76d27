"""From what somebody says to the answer of a question. Pure: None for what cannot be read, a value, or a refusal."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names
from dateutil.relativedelta import relativedelta

from bot.clock import TORONTO
from bot.doors.conditions import World
from bot.doors.door import Door
from bot.doors.questions import LONGEST, Option, Question
from bot.intake.labels import folded, said
from bot.numbers import chosen_number, number_in
from bot.voice.yes_no import yes_no

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_ISO = re.compile(r"(\d{4})[-/. ](\d{1,2})(?:[-/. ](\d{1,2}))?")
_OTHER = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_EARLIEST = 1900
_SPAN = re.compile(r"today(?:([+-]\d+)([dmy]))?")


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, as far as the gateway has read it already."""

    text: str = ""
    language: str = "en"
    place: Mapping[str, Any] | None = None
    outside: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that was read and does not fit: the sentence that says why, with its facts."""

    message: str
    facts: Mapping[str, str]


def answer_to(question: Question, door: Door, said_: Said, world: World) -> Any:
    """The value of an answer, a Refusal, or None when it cannot be read.

    Values: a choice's id or a list of them, True or False, a number, "YYYY-MM-DD", a place
    ({"name", "lat", "lon", …}; "outside" when it is not in Ontario), or text.
    """
    match question.kind:
        case "choice":
            return _choice(question, door, said_)
        case "yes_no":
            return _yes_no(said_)
        case "number":
            return _number(question, said_.text)
        case "date":
            return _date(question, said_, world)
        case "place":
            return _place(said_)
    return _text(question, said_.text)


def western(text: str) -> str:
    """Digits of every script as 0 to 9."""
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in text)


# -- choices


def _choice(question: Question, door: Door, said_: Said) -> Any:
    options = question.choices
    if question.several:
        numbers = [int(found) for found in re.findall(r"\d+", western(said_.text))]
        if numbers and all(1 <= number <= len(options) for number in numbers):
            return [options[number - 1].id for number in dict.fromkeys(numbers)]
    number = chosen_number(said_.text) or number_in(said_.text)
    if number is not None and 1 <= number <= len(options):
        one = options[number - 1].id
        return [one] if question.several else one
    found = _named(options, door, said_)
    return ([found] if question.several else found) if found else None


def _named(options: tuple[Option, ...], door: Door, said_: Said) -> str | None:
    """The choice whose label was written, whole or as the only one that the text has in it."""
    plain = folded(said_.text)
    if not plain:
        return None
    labels = {one.id: [folded(label) for label in said(door, one.label, said_.language)] for one in options}
    for id_, words in labels.items():
        if plain in words:
            return id_
    held = [id_ for id_, words in labels.items() if any(f" {word} " in f" {plain} " for word in words if word)]
    begun = [id_ for id_, words in labels.items() if any(word.startswith(f"{plain} ") for word in words)]
    return held[0] if len(held) == 1 else begun[0] if len(begun) == 1 and not held else None


def _yes_no(said_: Said) -> bool | None:
    number = chosen_number(said_.text)
    if number in (1, 2):
        return number == 1
    return yes_no(said_.text, said_.language)


# -- numbers, dates


def _number(question: Question, text: str) -> Any:
    found = _NUMBER.findall(western(text))
    if len(found) != 1:
        return None
    value = float(found[0].replace(",", "."))
    if question.whole and not value.is_integer():
        return None
    least, most = question.least, question.most
    if (isinstance(least, int | float) and value < least) or (isinstance(most, int | float) and value > most):
        return _outside(_plain(least), _plain(most), "number")
    return int(value) if value.is_integer() else value


def _plain(bound: object) -> str:
    return f"{bound:g}" if isinstance(bound, int | float) else ""


def _outside(least: str, most: str, kind: str) -> Refusal:
    if least and most:
        return Refusal(f"common/{kind}_between", {"least": least, "most": most})
    return (
        Refusal(f"common/{kind}_least", {"least": least}) if least else Refusal(f"common/{kind}_most", {"most": most})
    )


def _date(question: Question, said_: Said, world: World) -> Any:
    today = world.now.astimezone(TORONTO).date()
    day = _day(western(said_.text), said_.language, question.precision, today)
    if day is None:
        return None
    least, most = bound(question.least, today), bound(question.most, today)
    if (least and day < least) or (most and day > most):
        return _outside(least.isoformat() if least else "", most.isoformat() if most else "", "date")
    return day.isoformat()


def bound(value: object, today: date) -> date | None:
    """A bound of a date: a day, or so many days, months or years from today."""
    if not isinstance(value, str):
        return None
    match = _SPAN.fullmatch(value)
    if not match:
        return date.fromisoformat(value)
    count = int(match[1] or 0)
    unit = {"d": "days", "m": "months", "y": "years"}[match[2] or "d"]
    return today + relativedelta(**{unit: count})  # type: ignore[arg-type]


def _day(text: str, language: str, precision: str, today: date) -> date | None:
    plain = folded(text)
    for code in dict.fromkeys((language, "en", "fr")):
        for word, days in _NEAR.get(code, {}).items():
            if plain == word:
                return today + timedelta(days=days)
    if match := _ISO.search(text):
        return _made(int(match[1]), int(match[2]), int(match[3]) if match[3] else None, precision)
    if match := _OTHER.search(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        if first > 12 or first == second:
            return _made(year, second, first, precision)
        return _made(year, first, second, precision) if second > 12 else None  # 3/4 may be either: ask again
    numbers = [int(found) for found in re.findall(r"\d+", text)]
    years = [number for number in numbers if _EARLIEST <= number <= today.year + 20]
    if len(years) != 1:
        return None
    month = _month(plain, language)
    if month is None:
        return date(years[0], 1, 1) if precision == "year" else None
    small = [number for number in numbers if number <= 31]
    return _made(years[0], month, small[0] if len(small) == 1 else None, precision)


def _made(year: int, month: int, day: int | None, precision: str) -> date | None:
    if day is None and precision == "day":
        return None
    if not (_EARLIEST <= year <= 2100 and 1 <= month <= 12 and 1 <= (day or 1) <= monthrange(year, month)[1]):
        return None
    return date(year, month, day or 1)


def _month(plain: str, language: str) -> int | None:
    words = set(plain.split())
    for code in dict.fromkeys((language, "en", "fr")):
        for name, month in _months(code).items():
            if name in words or (" " in name and name in plain):
                return month
    return None


@cache
def _months(language: str) -> dict[str, int]:
    try:
        locale = Locale.parse({"tl": "fil"}.get(language, language))
    except (UnknownLocaleError, ValueError):
        return {}
    found: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for month, name in get_month_names(width, context, locale).items():
                if not folded(name).isdigit():
                    found.setdefault(folded(name), month)
    return found


_NEAR = {
    "en": {"today": 0, "yesterday": -1, "tomorrow": 1},
    "fr": {"aujourd hui": 0, "hier": -1, "demain": 1},
}


# -- places, texts


def _place(said_: Said) -> dict[str, Any] | None:
    if said_.place is not None:
        return dict(said_.place)
    if said_.outside is not None:
        return {**said_.outside, "outside": True}
    return None


def _text(question: Question, text: str) -> Any:
    clean = " ".join(text.split())
    most = int(question.most) if isinstance(question.most, int | float) else LONGEST
    least = int(question.least) if isinstance(question.least, int | float) else 1
    if not clean:
        return None
    if len(clean) > most:
        return Refusal("common/text_most", {"most": str(most)})
    return clean if len(clean) >= least else Refusal("common/text_least", {"least": str(least)})
