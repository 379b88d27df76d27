"""What the queue did: counted from rows, without a database.

A *contact* is a conversation in which the person said something. An *ask* is one request for a person: a
conversation may ask more than once. The *wait* of an ask is the time until a specialist claimed it; who left,
was never answered or is called back has no wait and is counted apart, so that a queue that loses people does
not look fast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Literal

from bot.clock import TORONTO
from bot.console.floor.protection import hidden, protected

End = Literal["answered", "left", "unanswered", "callback", "open"]
ENDS: tuple[End, ...] = ("answered", "left", "unanswered", "callback", "open")
WITHIN = 60
"""Seconds of "answered within", unless the reader chooses others."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A conversation that began."""

    door: str
    channel: str
    language: str
    began: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for a person, and how it ended. `claimed_at` is None when nobody took it."""

    door: str
    channel: str
    language: str
    asked_at: datetime
    claimed_at: datetime | None
    end: End
    danger: bool = False

    @property
    def waited(self) -> float | None:
        """Seconds until somebody took it; None when nobody did."""
        return None if self.claimed_at is None else max(0.0, (self.claimed_at - self.asked_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts of some asks. Shares are None where there is nothing to take a share of."""

    asked: int
    answered: int
    left: int
    unanswered: int
    callback: int
    open: int
    within: int
    p50: float | None
    p90: float | None

    @property
    def ended(self) -> int:
        return self.asked - self.open

    @property
    def within_share(self) -> float | None:
        """Of the asks that have ended, those that somebody took within the limit."""
        return self.within / self.ended if self.ended else None

    @property
    def left_share(self) -> float | None:
        return self.left / self.ended if self.ended else None

    @property
    def unanswered_share(self) -> float | None:
        return self.unanswered / self.ended if self.ended else None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: the figures of one door, language, channel, hour or day. None stands for "<5"."""

    key: str
    contacts: int | None
    asked: int | None
    answered: int | None
    left: int | None
    unanswered: int | None
    callback: int | None
    open: int | None
    within_share: float | None
    p50: float | None
    p90: float | None


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that at least `share` of all values do not exceed (nearest rank); None of nothing."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def figures_of(asks: Sequence[Ask], within: int = WITHIN) -> Figures:
    """Counts the asks; `within` is the limit in seconds of "answered within"."""
    ends = Counter(ask.end for ask in asks)
    waits = [ask.waited for ask in asks if ask.waited is not None and ask.end == "answered"]
    return Figures(
        asked=len(asks),
        answered=ends["answered"],
        left=ends["left"],
        unanswered=ends["unanswered"],
        callback=ends["callback"],
        open=ends["open"],
        within=sum(wait <= within for wait in waits),
        p50=percentile(waits, 0.5),
        p90=percentile(waits, 0.9),
    )


def hour_of(moment: datetime) -> str:
    """The hour of the day in Toronto, "00" to "23"."""
    return f"{moment.astimezone(TORONTO):%H}"


def day_of(moment: datetime) -> str:
    """The day in Toronto, as 2026-11-23."""
    return moment.astimezone(TORONTO).date().isoformat()


HOURS = tuple(f"{hour:02}" for hour in range(24))


def days_between(first: date, last: date) -> list[str]:
    """Every day from the first to the last."""
    return [(first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]


def table(
    contacts: Sequence[Contact],
    asks: Sequence[Ask],
    *,
    contact_key: Callable[[Contact], str],
    ask_key: Callable[[Ask], str],
    keys: Sequence[str] | None = None,
    within: int = WITHIN,
    protect: bool = True,
) -> list[Row]:
    """One row for each key.

    Args:
        contacts: conversations that began.
        asks: requests for a person.
        contact_key: the key of a conversation, such as its door.
        ask_key: the same of a request.
        keys: the keys in their order; without them those that occur, the largest first.
        within: limit in seconds of "answered within".
        protect: hide small counts, where a cell could be one recognisable person.
    """
    begun = Counter(map(contact_key, contacts))
    grouped: dict[str, list[Ask]] = {}
    for ask in asks:
        grouped.setdefault(ask_key(ask), []).append(ask)
    if keys is None:
        keys = sorted(begun.keys() | grouped.keys(), key=lambda key: (-begun[key] - len(grouped.get(key, ())), key))
    counted = [figures_of(grouped.get(key, []), within) for key in keys]
    if not protect:
        return [_open_row(key, begun[key], one) for key, one in zip(keys, counted, strict=True)]
    shown_contacts = protected([begun[key] for key in keys])
    shown_asked = protected([one.asked for one in counted])
    return [
        _protected_row(key, had, asked, one)
        for key, had, asked, one in zip(keys, shown_contacts, shown_asked, counted, strict=True)
    ]


def _open_row(key: str, contacts: int, one: Figures) -> Row:
    return Row(
        key, contacts, one.asked, one.answered, one.left, one.unanswered, one.callback, one.open,
        one.within_share, one.p50, one.p90,
    )  # fmt: skip


def _protected_row(key: str, contacts: int | None, asked: int | None, one: Figures) -> Row:
    if asked is None:
        return Row(key, contacts, None, None, None, None, None, None, None, None, None)
    parts = protected([one.answered, one.left, one.unanswered, one.callback, one.open])
    answered, left, unanswered, callback, still = parts
    few = hidden(one.within) or hidden(one.ended - one.within) or answered is None
    share = None if few else one.within_share
    timed = answered is not None
    return Row(
        key, contacts, asked, answered, left, unanswered, callback, still, share,
        one.p50 if timed else None, one.p90 if timed else None,
    )  # fmt: skip
