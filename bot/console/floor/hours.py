"""Hours of a door as staff write them: read, checked, and asked whether they are open at a moment.

The value of the setting "hours" has the fields of a door file's hours:

    {"open": "MO,TU 09:00-17:00; SA 10:00-14:00", "holidays": "closed", "except": {"2026-12-24": "closed"}}

The form has a field for each weekday instead, because that is how people think of hours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from bot.clock import TORONTO
from directory_client.rules import DAYS as CODES
from directory_client.rules import is_public_holiday, week

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "24/7"
_SPAN = re.compile(r"(\d{1,2})(?:[:h.](\d{2})?)?\s*(?:-|–|—|to|à)\s*(\d{1,2})(?:[:h.](\d{2})?)?", re.IGNORECASE)
_DAY_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})[\s:]*(.*)")
MOST_SPANS = 4
LONGEST_AHEAD = timedelta(days=3 * 366)
MOST_DAYS = 60
Spans = list[tuple[str, str]]


class BadSetting(ValueError):
    """A setting that cannot be read. `field` names the field of the form, `code` the reason."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


def spans(text: str, field: str) -> Spans:
    """The spans of one day, as in "9:00-12:00, 13h-17h30"; nothing for a closed day.

    Raises:
        BadSetting: when the text is not hours, a time does not exist, or spans of a day run into each other.
    """
    found: Spans = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;]", text))):
        read = _SPAN.fullmatch(part.rstrip("hH "))
        if not read:
            raise BadSetting(field, "hours_unread")
        begin, end = _time(read[1], read[2]), _time(read[3], read[4])
        if begin is None or end is None or begin == "24:00" or begin == end:
            raise BadSetting(field, "hours_impossible")
        found.append((begin, end))
    found.sort()
    if len(found) > MOST_SPANS:
        raise BadSetting(field, "hours_many")
    for (begin, end), (following, _) in pairwise(found):
        if end < begin or following < end:
            raise BadSetting(field, "hours_overlap")
    if len(found) > 1 and found[-1][1] < found[-1][0] and found[-1][1] > found[0][0]:
        raise BadSetting(field, "hours_overlap")
    return found


def _time(hour: str, minute: str | None) -> str | None:
    at = f"{int(hour):02}:{minute or '00'}"
    return at if at == "24:00" or (int(hour) < 24 and int(minute or 0) < 60) else None


def read_hours(form: Mapping[str, str], today: date) -> dict[str, Any]:
    """The value from a form: `always`, `mon` … `sun`, `holidays`, `except` (a day a line, and its hours if any).

    Raises:
        BadSetting: for a field that cannot be used.
    """
    if form.get("always"):
        return {"open": ALWAYS, "holidays": "open", "except": days_in(form.get("except", ""), "except", today)}
    days = {day: read for day in DAYS if (read := spans(form.get(day, "")[:120], day))}
    if not days:
        raise BadSetting("mon", "hours_none")
    holidays = "open" if form.get("holidays") == "open" else "closed"
    return {
        "open": timetable(days),
        "holidays": holidays,
        "except": days_in(form.get("except", ""), "except", today),
    }


def timetable(days: Mapping[str, Spans]) -> str:
    """A week in the writing of the door files; days with the same span stand together."""
    together: dict[tuple[str, str], list[str]] = {}
    for code, day in zip(CODES, DAYS, strict=True):
        for span in days.get(day, ()):
            together.setdefault(span, []).append(code)
    return "; ".join(f"{','.join(codes)} {begin}-{end}" for (begin, end), codes in together.items())


def weekly(spec: str) -> dict[str, Spans]:
    """The spans of each weekday in a timetable of the door files; a day that is closed is missing."""
    found: dict[str, Spans] = {}
    for part in week(spec):
        for code in str(part["byday"]).split(","):
            span = (str(part["opens_at"]), str(part["closes_at"]))
            found.setdefault(DAYS[CODES.index(code)], []).append(span)
    return {day: sorted(found[day]) for day in DAYS if day in found}


def grouped(spec: str) -> list[tuple[str, str, str]]:
    """A timetable as people read it: (first day, last day, hours) of days in a row with the same hours."""
    found: list[tuple[str, str, str]] = []
    days = weekly(spec)
    for number, day in enumerate(DAYS):
        if day not in days:
            continue
        text = ", ".join(f"{begin}–{end}" for begin, end in days[day])
        if found and found[-1][2] == text and found[-1][1] == DAYS[number - 1]:
            found[-1] = (found[-1][0], day, text)
        else:
            found.append((day, day, text))
    return found


def days_in(text: str, field: str, today: date) -> dict[str, str]:
    """Single days, one a line: "2026-12-24" for closed, or "2026-12-31 10:00-14:00".

    Raises:
        BadSetting: for a line that is no day, a day long past or more than three years away, or too many.
    """
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text[:4000].splitlines())):
        read = _DAY_LINE.fullmatch(line)
        try:
            day = date.fromisoformat(read[1] if read else "")
        except ValueError:
            raise BadSetting(field, "day_unread") from None
        if not today - timedelta(days=366) <= day <= today + LONGEST_AHEAD:
            raise BadSetting(field, "day_far")
        rest = read[2].strip() if read else ""
        if not rest or rest.casefold() in ("closed", "fermé", "ferme"):
            found[day.isoformat()] = "closed"
            continue
        [*several] = spans(rest, field)
        if len(several) != 1:
            raise BadSetting(field, "hours_unread")
        found[day.isoformat()] = "-".join(several[0])
    if len(found) > MOST_DAYS:
        raise BadSetting(field, "hours_many")
    return dict(sorted(found.items()))


def is_open(value: Mapping[str, Any], moment: datetime) -> bool:
    """Whether a door with these hours is open at the moment, in Toronto's time and with Ontario's holidays."""
    local = moment.astimezone(TORONTO)
    now = f"{local:%H:%M}"
    today = spans_on(value, local.date())
    yesterday = spans_on(value, local.date() - timedelta(days=1))
    return any(begin <= now and (now < end or end <= begin) for begin, end in today) or any(
        end <= begin and now < end for begin, end in yesterday
    )


def spans_on(value: Mapping[str, Any], day: date) -> Sequence[tuple[str, str]]:
    """The spans that begin on a day. A span that ends before it begins runs past midnight."""
    single = value.get("except", {}).get(day.isoformat())
    if single is not None:
        begin, _, end = str(single).partition("-")
        return [] if single == "closed" else [(begin, end)]
    if value.get("holidays", "closed") != "open" and is_public_holiday(day):
        return []
    return weekly(value["open"]).get(DAYS[day.weekday()], [])


def next_opening(value: Mapping[str, Any], moment: datetime) -> datetime | None:
    """The next moment at which it opens; None when it is open now or stays closed for the coming weeks."""
    if is_open(value, moment):
        return None
    local = moment.astimezone(TORONTO)
    for ahead in range(60):
        day = local.date() + timedelta(days=ahead)
        for begin, _ in spans_on(value, day):
            at = datetime.fromisoformat(f"{day.isoformat()}T{begin}").replace(tzinfo=TORONTO)
            if at > local:
                return at
    return None


def fields_of(value: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the form that give this value."""
    fields = {"holidays": str(value.get("holidays", "closed")), "always": ""}
    if value["open"] == ALWAYS:
        fields["always"] = "1"
    else:
        days = weekly(value["open"])
        fields |= {day: ", ".join(f"{begin}-{end}" for begin, end in days.get(day, ())) for day in DAYS}
    single = value.get("except", {})
    fields["except"] = "\n".join(day if hours == "closed" else f"{day} {hours}" for day, hours in single.items())
    return fields
