"""Two clock times as one opening, where they have one sensible reading.

What is taken without "am" and "pm", and what is not:

* 9-5, 8:30-4:30, 10-2, 9-8, 7-6: morning to afternoon or evening, when it opens from 7 to 11:59, closes by 9 and
  lasts 11 hours at most. Not 8-8 or 7-7: day or night?
* 9-12, 9-12:30: until noon. 12-4: from noon, until 6 at most.
* 1-4, 2-6, 4-8: afternoon; from 1 to 4:59 nothing of the kind opens in the morning. Not 5-9, 7-9 or 9-11: morning
  or evening?
* 9-5pm, 11-1pm: the morning of the same day. 1-4pm, 7-9pm: the "pm" is for both. Not 8-10pm: two or fourteen hours?
* 9-11am, 9-noon: morning. 9am-5, 10am-2, noon-4, 1pm-4: afternoon. Not 9am-11.
* 9:00-17:00, 9 à 17 h: one time of the 24-hour clock makes it the clock of both.

What is not taken although it says all: an opening from 00:01 to 04:59 (nearly always a slip for the afternoon), 12 am
where noon was as likely meant (9am-12am), and nights that do not go from the afternoon to the morning (9am-5am).
"""

from __future__ import annotations

from dataclasses import dataclass

DAY = 24 * 60
NOON = 12 * 60
MORNING = 5 * 60
"""Nothing opens between midnight and this."""
NIGHT_ENDS = 10 * 60
LONGEST_NIGHT = 16 * 60
LONGEST_PLAIN_DAY = 11 * 60

Range = tuple[int, int]
"""Minutes after midnight: (540, 1020). The end lies in 1 to 1440, or is below the start: on the next day."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as it was written. `mark` is "am", "pm", "24" (24-hour clock), "noon", "midnight" or "" (9, 9:30)."""

    hour: int
    minute: int = 0
    mark: str = ""

    @property
    def twelfth(self) -> int:
        """Minutes on a dial of twelve hours: 12:30 is 30."""
        return self.hour % 12 * 60 + self.minute

    @property
    def minutes(self) -> int | None:
        """Minutes after midnight, when the mark says them; None for what no clock shows."""
        match self.mark:
            case "noon":
                return NOON
            case "midnight":
                return 0
            case "24":
                return self.hour * 60 + self.minute
            case "am" | "pm" if 1 <= self.hour <= 12:
                return self.twelfth + (NOON if self.mark == "pm" else 0)
        return None


def clock(hour: str, minute: str | None = None, mark: str = "") -> Clock | None:
    """A time from its digits; hours above 12, and those with a leading zero, are of the 24-hour clock by themselves."""
    hours, minutes = int(hour), int(minute or 0)
    if minutes > 59 or hours > 24 or (hours == 24 and minutes):
        return None
    if mark in ("am", "pm"):
        return Clock(hours, minutes, mark) if 1 <= hours <= 12 else None
    by_itself = hours > 12 or hours == 0 or (len(hour) == 2 and hour[0] == "0")
    return Clock(hours, minutes, "24" if by_itself else mark)


def opening(start: Clock, end: Clock) -> Range | None:
    """The opening between two times as they were written; None when there are two readings, or none."""
    if start.mark and end.mark:
        return _said(start, end)
    if end.mark == "24" and not start.mark:
        return _said(Clock(start.hour, start.minute, "24"), end)
    if start.mark == "24" and end.hour >= 10:  # 08:00-12:00
        return _said(start, Clock(end.hour, end.minute, "24"))
    if start.mark == "24" or "midnight" in (start.mark, end.mark):
        return None
    if end.mark in ("pm", "am", "noon"):
        mark = _first_half(start, end)
        return _said(Clock(start.hour, start.minute, mark), end) if mark else None
    if start.mark:
        return _second_half(start, end)
    return _plain(start, end)


def _said(start: Clock, end: Clock) -> Range | None:
    opens, closes = start.minutes, end.minutes
    if opens is None or closes is None:
        return None
    opens, closes = opens % DAY, closes or DAY
    if closes == DAY - 1:  # 23:59 is how forms without 24:00 write midnight
        closes = DAY
    if 0 < opens < MORNING:
        return None
    if start.mark == "am" and opens == 0 and 8 * 60 < closes < DAY:
        return None  # 12 am for noon
    if end.mark == "am" and end.hour == 12 and 0 < opens < NOON:
        return None
    if closes > opens:
        return opens, closes
    night = opens >= NOON and closes <= NIGHT_ENDS and closes + DAY - opens <= LONGEST_NIGHT
    return (opens, closes) if night else None


def _first_half(start: Clock, end: Clock) -> str:
    """The mark of an opening time before one that is marked: "9" of 9-5pm; empty when it is not certain."""
    if end.mark == "am":
        return "am" if MORNING <= start.twelfth < end.twelfth else ""
    if end.mark == "noon" or end.twelfth <= start.twelfth:
        longest = DAY if end.mark == "noon" else LONGEST_PLAIN_DAY + 60
        long = end.twelfth + NOON - start.twelfth
        return "am" if start.twelfth >= 6 * 60 and 0 < long <= longest and start.twelfth != end.twelfth else ""
    return "pm" if start.twelfth < 8 * 60 else ""


def _second_half(start: Clock, end: Clock) -> Range | None:
    """The closing time without a mark after an opening time with one: "5" of 9am-5."""
    if start.mark == "am":
        fits = end.hour == 12 or end.twelfth < start.twelfth
    else:
        fits = end.hour != 12 and start.minutes is not None and start.minutes - NOON < end.twelfth <= 9 * 60
    return _said(start, Clock(end.hour, end.minute, "pm")) if fits else None


def _plain(start: Clock, end: Clock) -> Range | None:
    """Both without a mark: 9-5."""
    opens, closes = start.twelfth, end.twelfth
    if start.hour == 12:
        fits, mark = opens < closes <= 6 * 60, "pm"
    elif opens < MORNING:
        fits, mark = end.hour != 12 and 60 <= opens < closes <= 9 * 60, "pm"
    elif opens >= 7 * 60:
        until = closes + NOON
        evening = closes < opens and closes <= 9 * 60 and until - opens <= LONGEST_PLAIN_DAY
        fits, mark = evening, "am"
    else:
        fits, mark = False, ""
    return _said(Clock(start.hour, start.minute, mark), Clock(end.hour, end.minute, "pm")) if fits else None
