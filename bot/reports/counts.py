"""What is counted, and by what. Pure: no database.

A `Count` is one of something: a contact, a need that somebody named, a request for a person. It knows a door, a day and
a key for each way of counting, and nothing that tells two of them to belong together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from bot.clock import TORONTO

NONE = "none"
"""The key where nothing is known: no place was named, no need was found."""
MEASURES: dict[str, tuple[str, ...]] = {
    "contacts": ("area", "language", "channel", "risk", "outcome"),
    "needs": ("need", "area", "language", "channel"),
    "unmet": ("need", "area", "language", "reason", "source"),
    "gaps": ("language", "channel"),
    "shown": ("need", "language", "channel"),
    "referrals": ("state", "need"),
    "transfers": ("line", "state"),
    "followed": ("state", "need", "area", "language", "reason", "income"),
    "asks": ("end", "why", "mark", "language", "channel"),
    "entered": ("mark", "language", "channel"),
    "verdicts": ("verdict", "rule", "language", "channel"),
    "ended": ("door_outcome", "language", "channel"),
    "consents": ("consent", "language", "channel"),
    "cases": ("case", "language", "channel"),
    "closing": ("field", "language", "channel"),
}
"""Measure → by what it is counted, besides time and door."""
UNITS = ("day", "week", "month")
DAYS_AT_MOST = 92
"""Longer spans are counted by month alone: single days of a year are too many and too small."""
LONGEST = 731


@dataclass(frozen=True, slots=True)
class Count:
    """One of something."""

    measure: str
    door: str
    day: date
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wait:
    """One request for a person: seconds until somebody took it, and until they first wrote. None: it never came."""

    door: str
    language: str
    channel: str
    waited: float | None
    answered: float | None


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days in Toronto, the first and the last included."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), TORONTO)

    @property
    def ends(self) -> datetime:
        """The moment after the last day."""
        return datetime.combine(self.last + timedelta(days=1), time(), TORONTO)

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.length)]


def units_of(span: Span) -> tuple[str, ...]:
    """The units of time in which a span is counted."""
    return UNITS if span.length <= DAYS_AT_MOST else ("month",)


def period_of(day: date, unit: str) -> str:
    """The day, the Monday of the week, or the month that a day belongs to: 2026-11-23, 2026-11-23, 2026-11."""
    if unit == "month":
        return f"{day:%Y-%m}"
    return (day - timedelta(days=day.weekday()) if unit == "week" else day).isoformat()


def day_of(moment: datetime) -> date:
    """The day of a moment in Toronto."""
    return moment.astimezone(TORONTO).date()
