"""What the parts of a text of hours say together: who opens when, and what is closed.

Either days come before their times in the whole text, or after them; a text that mixes both is not certain, since
"Mon 9-5, Tue" and "9-5 Mon, Tue" part at different commas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from directory_client.hours_text.clock import Range
from directory_client.hours_text.dates import Dates
from directory_client.hours_text.days import Days
from directory_client.hours_text.groups import END, STRONG, Group
from directory_client.hours_text.reader import Unsure
from directory_client.hours_text.times import ALL_DAY
from directory_client.hours_text.words import WEEK


@dataclass(frozen=True, slots=True)
class Statement:
    """Days, and the times at which they open."""

    days: Days
    ranges: tuple[Range, ...]
    dates: Dates | None = None


@dataclass(slots=True)
class Said:
    """Everything that a text says."""

    statements: list[Statement] = field(default_factory=list)
    closed_days: set[int] = field(default_factory=set)
    breaks: list[Range] = field(default_factory=list)
    """Closed between, on every day: lunch."""
    on_holidays: set[str] = field(default_factory=set)


def said(groups: Sequence[Group]) -> Said:
    """The parts put together. Raises Unsure when they do not fit, or fit in two ways."""
    return _Reading(groups).read()


@dataclass(slots=True)
class _Reading:
    groups: Sequence[Group]
    at: int = 0
    order: str = ""
    """The kind that comes first in a statement of this text: "days" or "times"."""
    dates: Dates | None = None
    dates_of_all: bool = False
    """The dates stand over the whole rest of the text, not only over one sentence."""
    introduced: bool = False
    """A colon may stand before the next part: "Open: Mon-Fri"."""
    closed_in: set[Dates | None] = field(default_factory=set)
    """The dates within which the text says that something is closed."""
    beside: bool = False
    """A remark (open on holidays, closed for lunch) that belongs to one statement, perhaps not to the others."""
    found: Said = field(default_factory=Said)

    def read(self) -> Said:
        while self.at < len(self.groups):
            group = self._peek()
            if group.after in STRONG and not self.dates_of_all:
                self.dates = None
            self._part(group.kind)
        statements = self.found.statements
        if self.beside and len(statements) > 1:
            raise Unsure
        if len({one.dates is None for one in statements}) > 1:
            raise Unsure  # are the hours without dates those of the other seasons, or of all?
        if any(closed and closed != one.dates for closed in self.closed_in for one in statements):
            raise Unsure
        return self.found

    def _part(self, kind: str) -> None:
        match kind:
            case "days":
                self._days()
            case "times":
                self._times()
            case "closed" | "except":
                self._closed(kind)
            case "including":
                self._including()
            case "open":
                self._open()
            case "all year":
                self._all_year()
            case "always":
                self._always()
            case _:
                self._dates()

    def _peek(self, ahead: int = 0) -> Group:
        place = self.at + ahead
        return self.groups[place] if place < len(self.groups) else END

    def _take(self, kind: str, *after: str) -> Group:
        group = self._peek()
        if group.kind != kind or group.after not in after:
            raise Unsure
        self.at += 1
        return group

    def _begin(self, kind: str) -> Group:
        """The first part of a statement, after what may stand between two statements."""
        after = self._peek().after
        if after == "colon" and not self.introduced:
            raise Unsure
        if after == "dash" and kind in ("days", "times") and self._peek(-1).kind != "dates":
            raise Unsure  # "Mon 9-5 - Fri 9-5"
        self.introduced = False
        return self._take(kind, after)

    def _ordered(self, first: str) -> None:
        if self.order not in ("", first):
            raise Unsure
        self.order = first

    def _state(self, days: Days, ranges: tuple[Range, ...]) -> None:
        if days.on_holidays:
            self.found.on_holidays.add(days.on_holidays)
            self.beside |= days.on_holidays == "open"
        self.found.statements.append(Statement(days, ranges, self.dates))

    def _days(self) -> None:
        group = self._begin("days")
        days = cast(Days, group.value)
        following = self._peek()
        if following.kind == "closed":
            self._take("closed", "", "colon", "dash", "comma", "line")
            self._shut(days)
            self._apart()
            return
        if following.kind == "open":
            self._take("open", "", "colon", "dash")
            if days.only_holidays and self._peek().kind != "times":
                self._open_on_holidays(group)
                self._apart()
                return
        self._ordered("days")
        ranges = cast("tuple[Range, ...]", self._take("times", "", "colon", "dash", "comma", "line").value)
        self._state(days, ranges)

    def _times(self) -> None:
        self._ordered("times")
        ranges = cast("tuple[Range, ...]", self._begin("times").value)
        if ranges == (ALL_DAY,) and self._peek().kind == "all year":
            self._state(Days(weekly=set(WEEK)), ranges)
            return
        signs = ("", "comma", "line", "and", "slash", "dash") if ranges == (ALL_DAY,) else ("", "comma", "line")
        self._state(cast(Days, self._take("days", *signs).value), ranges)

    def _closed(self, kind: str) -> None:
        if kind == "except" and not self.found.statements:
            raise Unsure
        mark = self._begin(kind)
        if self._peek().kind == "times":
            self.beside |= mark.after not in STRONG
            self.found.breaks.extend(cast("tuple[Range, ...]", self._take("times", "", "colon").value))
            self.closed_in.add(self.dates)
        else:
            self._shut(cast(Days, self._take("days", "", "colon", "dash").value))
        self._apart()

    def _including(self) -> None:
        if not self.found.statements:
            raise Unsure
        mark = self._begin("including")
        days = cast(Days, self._take("days", "").value)
        if days.monthly or days.month_days or not days.weekly <= self.found.statements[-1].days.weekly:
            raise Unsure
        if days.holidays:
            self._open_on_holidays(mark)
        self._apart()

    def _open(self) -> None:
        mark = self._begin("open")
        following = self._peek()
        if following.kind not in ("days", "times", "always") or following.after not in ("", "colon"):
            raise Unsure
        alone = self._peek(1).kind not in ("times", "closed", "open")
        if following.kind == "days" and cast(Days, following.value).only_holidays and alone:
            self.at += 1
            self._open_on_holidays(mark)
            self._apart()
            return
        self.introduced = True

    def _open_on_holidays(self, mark: Group) -> None:
        self.found.on_holidays.add("open")
        self.beside |= mark.after not in STRONG

    def _all_year(self) -> None:
        if not self.found.statements or self.found.statements[-1].days.weekly != set(WEEK):
            raise Unsure
        self._open_on_holidays(self._begin("all year"))

    def _always(self) -> None:
        mark = self._begin("always")
        if mark.value:
            self.found.on_holidays.add("open")
        self._state(Days(weekly=set(WEEK)), (ALL_DAY,))

    def _dates(self) -> None:
        group = self._begin("dates")
        following = self._peek()
        self.dates = cast(Dates, group.value)
        self.dates_of_all = following.after in ("colon", *STRONG) and following is not END
        self.introduced = following.after == "colon"
        closes = following is END and len(self.found.statements) == 1 and self.found.statements[0].dates is None
        if closes:
            self.found.statements[0] = replace(self.found.statements[0], dates=self.dates)
        elif following is END:
            raise Unsure

    def _shut(self, days: Days) -> None:
        if days.monthly or days.month_days or days.on_holidays:
            raise Unsure
        self.closed_in.add(self.dates)
        self.found.closed_days |= days.weekly
        if days.holidays:
            self.found.on_holidays.add("closed")

    def _apart(self) -> None:
        """What closes stands by itself: "closed Sat, Sun 10-2" could close one day or two."""
        following = self._peek()
        if following is not END and following.after in ("", "colon", "dash"):
            raise Unsure
