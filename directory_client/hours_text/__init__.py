"""Opening hours in free text as HSDS schedules, when they are certain.

Directories of 211 keep hours as people type them: "Mon-Fri 8:30 am-4:30 pm * Sat 10 am-2 pm; closed holidays",
"Lun. au ven. : 9 h à midi". A wrong schedule sends a person to a closed door, so a text is taken whole or not at
all: one word that is not in `words`, one time with two readings (`clock`), hours that contradict each other
(`rows`), and it stays text.

No library does this: parse-opening-hours, the one of PyPI for such texts, knows English only and passes over what
it does not know ("Mon, Wed 9am-noon and 1pm-4pm" loses its afternoon), and those for the `opening_hours` of
OpenStreetMap read a formal notation.

The way of a text: `text` (plain characters) -> `tokens` -> `groups` (days, times, dates) -> `statements` (what
belongs to what) -> `rows`.
"""

from __future__ import annotations

from collections.abc import Mapping

from directory_client.hours_text.groups import groups
from directory_client.hours_text.reader import Unsure
from directory_client.hours_text.rows import Row, rows
from directory_client.hours_text.statements import said
from directory_client.hours_text.text import plain
from directory_client.hours_text.tokens import tokens
from directory_client.hours_text.week import week


def schedules_of(text: str) -> list[Row] | None:
    """Schedule rows of a free text, English or French.

    Each row has keys of `tables.details.Schedule`, only those that say something: freq, byday or bymonthday,
    opens_at and closes_at ("HH:MM", midnight is "00:00"), valid_from and valid_to ("YYYY-MM-DD"), on_holidays.
    None, never an empty list, when any part of the text is not understood with certainty. Never raises.
    """
    written = plain(text)
    found = tokens(written) if written else None
    if not found:
        return None
    try:
        return rows(said(groups(found)))
    except Unsure:
        return None


def schedules_of_week(cells: Mapping[str, str | None]) -> list[Row] | None:
    """Schedule rows of a week in cells: {"MO": "09:00-13:00&14:00-17:00", "SA": "closed", "SU": ""}.

    An empty cell and "closed" open on no row; a cell may also be free text of times ("9-5", "9 h à midi"). None
    when a cell is not certain or none opens. Raises ValueError when a key is none of MO, TU, WE, TH, FR, SA, SU.
    """
    try:
        return week(cells)
    except Unsure:
        return None


__all__ = ["Row", "schedules_of", "schedules_of_week"]
