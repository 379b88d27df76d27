"""When a table meets next: the operator's setting, read as a weekly timetable. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.clock import TORONTO
from directory_client.rules import is_public_holiday, week

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def next_meeting(spec: object, now: datetime) -> datetime | None:
    """The beginning of the next meeting after `now`, not on a public holiday.

    Args:
        spec: "TU 09:30-11:00; TH 09:30-11:00", Toronto time, as the operator has set it.

    Returns:
        None when nothing is set, or what is set cannot be read: no day is made up.
    """
    text = str(spec or "").strip()
    if not text:
        return None
    try:
        rows = week(text)
    except ValueError:
        return None
    local = now.astimezone(TORONTO)
    begins = [(row["byday"] or "", time.fromisoformat(str(row["opens_at"]))) for row in rows]
    for ahead in range(29):  # four weeks, for a weekly day that is a holiday twice
        day = local.date() + timedelta(days=ahead)
        if is_public_holiday(day):
            continue
        found = sorted(
            moment
            for days, at in begins
            if DAYS[day.weekday()] in days.split(",") and (moment := datetime.combine(day, at, TORONTO)) > local
        )
        if found:
            return found[0]
    return None
