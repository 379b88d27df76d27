"""Weekly hours that stand in a column for each day: "09:00-12:00&13:00-17:00", "closed" or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from directory_client.feeds.feed import Refusal
from directory_client.feeds.plain import plain_line
from directory_client.words import fold

DAYS = {
    "monday": "MO",
    "tuesday": "TU",
    "wednesday": "WE",
    "thursday": "TH",
    "friday": "FR",
    "saturday": "SA",
    "sunday": "SU",
}
_OPENING = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def hours(cells: Mapping[str, str], id_: str) -> Iterator[tuple[str, dict[str, Any]] | Refusal]:
    """Schedules of a service, days with the same hours in one; a day that cannot be read is refused by itself."""
    days: dict[tuple[str, str], list[str]] = {}
    for column, day in DAYS.items():
        text = plain_line(cells.get(column, ""))
        if not text or fold(text) in ("closed", "ferme", "na", "n/a"):
            continue
        openings = [_OPENING.fullmatch(part.strip()) for part in text.split("&")]
        if not all(openings):
            yield Refusal("", 0, f'The hours "{text[:60]}" cannot be read; write 09:00-17:00.', column)
            continue
        for match in openings:
            if match:
                opens, closes = f"{match[1]}:{match[2]}", f"{match[3]}:{match[4]}"
                times = days.setdefault((opens, "00:00" if closes.startswith("24") else closes), [])
                times += [day] if day not in times else []
    for (opens, closes), names in days.items():
        row_id = f"{id_}/hours/{opens}-{closes}".replace(":", "")
        rule = {"freq": "WEEKLY", "byday": ",".join(names), "opens_at": opens, "closes_at": closes}
        yield "schedule", {"id": row_id, "service_id": id_, **rule}
